package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h040 is a new table without a primary key.
func h040(v *view) []Finding {
	var all []Finding
	for _, c := range v.Changes {
		o, found := find(v.After, func(o catalog.Object) bool { return o.Identity == c.Object })
		if !found || c.Object.Kind != catalog.Table || c.Action != catalog.Added || o.Tool != "" || o.Has("partition_of") || v.keyed(o.Identity) {
			continue
		}
		f := finding("H040", Info, v.saying(anyStatement, o.Name), o.Identity.String())
		f.Title = fmt.Sprintf("the new table `%s` has no primary key", plainName(o.Schema, o.Name))
		f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
		f.Why = "No row of it can be named for certain: logical replication refuses to update and delete rows, and the same row can come twice."
		f.Advice = "give it one while it is empty"
		all = append(all, f)
	}
	return all
}

// keyed tells whether a table of after has a primary key.
func (v *view) keyed(table catalog.Identity) bool {
	_, found := find(v.After, func(o catalog.Object) bool {
		return o.Kind == catalog.Constraint && o.Schema == table.Schema && o.Parent == table.Name && o.Get("type") == "primary key"
	})
	return found
}
