package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// manyReferrers is where a foreign key without an index begins to cost.
const manyReferrers = 1000

// h015 is a new foreign key whose columns have no index: each delete and each change of a key on the
// other side reads the whole table.
func h015(v *view) []Finding {
	if v.After == nil {
		return nil
	}
	var all []Finding
	for _, o := range v.After.Objects {
		if o.Kind != catalog.Constraint || o.Get("type") != "foreign key" || v.there(o.Identity) {
			continue
		}
		rows := v.rowsBefore(o.Identity)
		if rows < manyReferrers || v.indexed(o) {
			continue
		}
		f := finding("H015", Info, v.saying(anyStatement, o.Name), o.Identity.String())
		f.Title = fmt.Sprintf("each delete in `%s` reads %s of `%s`: `%s` has no index",
			strings.TrimPrefix(o.Get("references"), "public."), rowsOf(rows), plainName(o.Schema, o.Parent), strings.Join(o.List("column"), ", "))
		f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
		f.Why = "PostgreSQL makes no index for the referring side of a foreign key."
		f.Advice = "build one concurrently before the key"
		f.Fix = code(autocommit(fmt.Sprintf("op.create_index(%s, %s, %s%s, postgresql_concurrently=True)",
			python(shortName("ix_"+o.Parent+"_"+strings.Join(o.List("column"), "_"), "")), python(o.Parent), list(o.List("column")), schemaArgument(o.Schema))))
		all = append(all, f)
	}
	return all
}

func (v *view) there(id catalog.Identity) bool {
	_, found := find(v.Before, func(o catalog.Object) bool { return o.Identity == id })
	return found
}

// indexed tells whether an index begins with the columns of a key, in any order.
func (v *view) indexed(key catalog.Object) bool {
	columns := key.List("column")
	_, found := find(v.After, func(o catalog.Object) bool {
		if o.Schema != key.Schema || o.Parent != key.Parent {
			return false
		}
		var leading []string
		switch {
		case o.Kind == catalog.Index && noted(o, "partial") == nil:
			leading = noted(o, "column")
		case o.Kind == catalog.Constraint && (o.Get("type") == "primary key" || o.Get("type") == "unique"):
			leading = o.List("column")
		}
		if len(leading) < len(columns) {
			return false
		}
		return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(leading[:len(columns)], c) })
	})
	return found
}

// noted are the values of an object's notes of that name.
func noted(o catalog.Object, name string) []string {
	var all []string
	for _, n := range o.Notes {
		if n.Name == name {
			all = append(all, n.Value)
		}
	}
	return all
}
