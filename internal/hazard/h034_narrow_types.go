package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// keyLimits are how many rows a key of a type can number.
var keyLimits = map[string]int64{"smallint": 1<<15 - 1, "integer": 1<<31 - 1}

// h034 are types that turn out too narrow: keys that come to their end, references that are narrower than
// what they refer to, times without a zone, and blank-padded text. The length of a varchar is left to linters.
func h034(v *view) []Finding {
	if v.After == nil {
		return nil
	}
	var all []Finding
	for _, o := range v.After.Objects {
		if o.Kind == catalog.Constraint && o.Get("type") == "primary key" && len(o.List("column")) == 1 {
			all = v.shortKey(all, o)
		}
		if o.Kind == catalog.Constraint && o.Get("type") == "foreign key" && !v.there(o.Identity) {
			all = v.narrowReference(all, o)
		}
	}
	for _, o := range v.newColumns() {
		kind, name := o.Get("type"), plainName(o.Schema, o.Parent+"."+o.Name)
		f := finding("H034", Info, v.about(o.Parent, o.Name), o.Identity.String())
		f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
		switch {
		case bare(kind) == "timestamp without time zone":
			f.Title = "`" + name + "` is a time without a zone"
			f.Why = "What it means depends on who wrote it: the same text is another moment for a client in another zone."
			f.Advice = "take DateTime(timezone=True)"
		case strings.HasPrefix(kind, "character("):
			f.Title = "`" + name + "` is " + kind + ": shorter values are padded with blanks"
			f.Why = "The blanks take room, and comparisons ignore them in some places and not in others."
			f.Advice = "take Text, with a check constraint if the length matters"
		default:
			continue
		}
		all = append(all, f)
	}
	return all
}

// shortKey is a new key of a narrow type, or one of which half of the numbers are used up by rows.
func (v *view) shortKey(all []Finding, key catalog.Object) []Finding {
	table := catalog.Identity{Kind: catalog.Table, Schema: key.Schema, Name: key.Parent}
	kind := v.typeOf(table, key.List("column")[0])
	limit, narrow := keyLimits[kind]
	rows := max(v.rowsBefore(table), 0)
	fresh := v.added(table) && !v.partition(table)
	if !narrow || !fresh && rows < limit/2 {
		return all
	}
	id := catalog.Identity{Kind: catalog.Column, Schema: key.Schema, Parent: key.Parent, Name: key.List("column")[0]}
	f := finding("H034", Info, v.about(key.Parent, id.Name), id.String())
	f.Title = fmt.Sprintf("the key `%s` is %s: the numbers end at %s", plainName(key.Schema, key.Parent+"."+id.Name), kind, thousands(limit))
	if !fresh {
		f.Severity = Warn
		f.Title += fmt.Sprintf(", and %s are there", count(rows, "row"))
	}
	f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
	f.Why = "When they end, no row can be added. A change of the type then writes the whole table anew while nobody can use it."
	f.Advice = "take BigInteger from the beginning: it costs 4 bytes a row"
	return append(all, f)
}

// narrowReference is a foreign key whose column holds fewer numbers than the key it refers to.
func (v *view) narrowReference(all []Finding, key catalog.Object) []Finding {
	target := nameOf(key.Get("references"))
	to := key.List("references_column")
	for i, column := range key.List("column") {
		if i >= len(to) {
			break
		}
		from := v.typeOf(catalog.Identity{Kind: catalog.Table, Schema: key.Schema, Name: key.Parent}, column)
		of := v.typeOf(catalog.Identity{Kind: catalog.Table, Schema: target.schema, Name: target.table}, to[i])
		widths := []string{"smallint", "integer", "bigint"}
		a, b := slices.Index(widths, from), slices.Index(widths, of)
		if a < 0 || b <= a {
			continue
		}
		f := finding("H034", Warn, v.about(key.Parent, column), key.Identity.String())
		f.Title = fmt.Sprintf("`%s` is %s and refers to `%s`, which is %s", plainName(key.Schema, key.Parent+"."+column), from,
			plainName(target.schema, target.table+"."+to[i]), of)
		f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
		f.Why = "Rows with numbers above " + thousands(keyLimits[from]) + " cannot be referred to. Comparing the two types needs a cast each time."
		f.Advice = "give both the same type"
		all = append(all, f)
	}
	return all
}

func (v *view) typeOf(table catalog.Identity, column string) string {
	o, _ := find(v.After, func(o catalog.Object) bool {
		return o.Kind == catalog.Column && o.Schema == table.Schema && o.Parent == table.Name && o.Name == column
	})
	return o.Get("type")
}
