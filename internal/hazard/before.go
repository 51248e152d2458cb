package hazard

import (
	"regexp"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// rowsBefore is how many rows a table had before the upgrade: 0 for an empty one and for what is no
// table, -1 where it has some and nobody counted.
func (v *view) rowsBefore(id catalog.Identity) int64 {
	o, found := v.tableBefore(id)
	if !found || o.Facts.Rows < 0 && o.Facts.Bytes == 0 {
		return 0
	}
	return o.Facts.Rows
}

// bytesBefore is how large it was, without indexes and TOAST.
func (v *view) bytesBefore(id catalog.Identity) int64 {
	o, _ := v.tableBefore(id)
	return max(o.Facts.Bytes, 0)
}

// tableBefore is the table itself, or the one that something belongs to.
func (v *view) tableBefore(id catalog.Identity) (catalog.Object, bool) {
	if id.Parent != "" {
		id = catalog.Identity{Kind: catalog.Table, Schema: id.Schema, Name: id.Parent}
	}
	return find(v.Before, func(o catalog.Object) bool { return o.Identity == id })
}

// added tells whether a table came with the upgrade, under whatever name.
func (v *view) added(table catalog.Identity) bool {
	return slices.ContainsFunc(v.Changes, func(c catalog.Change) bool { return c.Object == table && c.Action == catalog.Added })
}

// was is what something was called before.
func was(now catalog.Identity, before *catalog.Identity) catalog.Identity {
	if before != nil {
		return *before
	}
	return now
}

// rowsOf says how many rows, also where that is not known.
func rowsOf(n int64) string {
	if n < 0 {
		return "all rows"
	}
	return count(n, "row")
}

// saying finds the statement of a kind that names these things; nil if there is none.
func (v *view) saying(kind *regexp.Regexp, names ...string) *recorder.Statement {
	for _, s := range v.statements {
		words := v.named(s)
		all := !slices.ContainsFunc(names, func(n string) bool { return !words[n] })
		if !all {
			continue
		}
		if a, _ := alters(s); kind.MatchString(s.Text) || kind.MatchString(a.action) {
			return s
		}
	}
	return nil
}
