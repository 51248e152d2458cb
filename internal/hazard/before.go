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
	if id.Parent != "" {
		id = catalog.Identity{Kind: catalog.Table, Schema: id.Schema, Name: id.Parent}
	}
	o, found := find(v.Before, func(o catalog.Object) bool { return o.Identity == id })
	switch {
	case !found:
		return 0
	case o.Facts.Rows < 0 && o.Facts.Bytes == 0:
		return 0
	}
	return o.Facts.Rows
}

// bytesBefore is how large it was.
func (v *view) bytesBefore(id catalog.Identity) int64 {
	o, _ := find(v.Before, func(o catalog.Object) bool { return o.Identity == id })
	return o.Facts.Bytes
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
		words := wordsOf(s.Text)
		all := !slices.ContainsFunc(names, func(n string) bool { return !words[n] })
		a, _ := alters(s)
		if all && (kind.MatchString(s.Text) || kind.MatchString(a.action)) {
			return s
		}
	}
	return nil
}
