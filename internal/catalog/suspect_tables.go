package catalog

import (
	"slices"
	"strings"
)

// matchTables pairs a table that went with one that came if no other went or came with the same columns. What belongs
// to them is paired by its names afterwards.
func (c *comparer) matchTables(gone, come []*Object) (left, new []*Object) {
	was, is := tablesByColumns(c.before, gone), tablesByColumns(c.after, come)
	paired := map[*Object]bool{}
	for columns, before := range was {
		if after := is[columns]; len(before) == 1 && len(after) == 1 {
			c.pairs = append(c.pairs, pair{before: before[0], after: after[0], suspected: true})
			paired[before[0]], paired[after[0]] = true, true
		}
	}
	known := func(o *Object) bool { return paired[o] }
	return slices.DeleteFunc(slices.Clone(gone), known), slices.DeleteFunc(slices.Clone(come), known)
}

func tablesByColumns(s *side, objects []*Object) map[string][]*Object {
	tables := map[string][]*Object{}
	for _, o := range objects {
		if o.Kind != Table || o.Has(parentTable) {
			continue
		}
		var columns []string
		for _, column := range s.snapshot.parts(Column, o.Identity) {
			columns = append(columns, words(quote(column.Name), column.Get("type"), column.Get("not_null")))
		}
		const telling = 2 // two tables of one column are alike and not the same
		if len(columns) >= telling {
			key := o.Schema + "\x00" + strings.Join(columns, "\x00")
			tables[key] = append(tables[key], o)
		}
	}
	return tables
}
