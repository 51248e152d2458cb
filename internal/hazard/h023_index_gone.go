package hazard

import (
	"fmt"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h023 is an index that is gone while its table stays, and that no other index replaces. Whether queries used it,
// only production's statistics tell: a branch begins with none.
func h023(v *view) []Finding {
	if v.After == nil {
		return nil
	}
	var all []Finding
	for _, c := range v.Changes {
		rows := v.rowsBefore(was(c.Object, c.Was))
		if c.Action == catalog.Removed || rows >= 0 && rows < manyReferrers {
			continue
		}
		for _, d := range c.Details {
			old, found := find(v.Before, func(o catalog.Object) bool { return o.Identity == d.Object })
			if d.Object.Kind != catalog.Index || d.Action != catalog.Removed || d.Follows || !found || old.Has("invalid") || v.replaced(old, c.Object) {
				continue
			}
			f := finding("H023", Info, v.saying(anyStatement, d.Object.Name), d.Object.String())
			f.Title = fmt.Sprintf("%s of `%s` lose the index `%s`", rowsOf(rows), plainName(c.Object.Schema, c.Object.Name), d.Object.Name)
			f.Known, f.Evidence = recorder.Measured, "the catalog before and after the upgrade: no other index begins with its columns"
			f.Why = "A query that used it reads the whole table from then on. Whether there is one, a branch cannot tell: it does not have production's statistics."
			f.Advice = fmt.Sprintf("ask production first: SELECT idx_scan, last_idx_scan FROM pg_stat_user_indexes WHERE indexrelname = '%s' (last_idx_scan since PostgreSQL 16)", d.Object.Name)
			all = append(all, f)
		}
	}
	return all
}

// replaced tells whether an index of after begins with the columns of one that is gone. One with
// expressions or a condition is replaced by one with the same definition only.
func (v *view) replaced(old catalog.Object, table catalog.Identity) bool {
	columns := noted(old, "column")
	_, found := find(v.After, func(o catalog.Object) bool {
		switch {
		case o.Schema != table.Schema || o.Parent != table.Name:
			return false
		case o.Kind == catalog.Index && o.Get("definition") == old.Get("definition"):
			return true
		case noted(old, "partial") != nil || noted(o, "partial") != nil || slices.Contains(columns, ""):
			return false
		}
		leading := noted(o, "column")
		if o.Kind == catalog.Constraint && (o.Get("type") == "primary key" || o.Get("type") == "unique") {
			leading = o.List("column")
		}
		return len(leading) >= len(columns) && slices.Equal(leading[:len(columns)], columns)
	})
	return found
}
