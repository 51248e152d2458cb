package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h032 are rules that the database does not keep any longer.
func h032(v *view) []Finding {
	var all []Finding
	for _, c := range v.Changes {
		if c.Action == catalog.Added || c.Action == catalog.Removed || v.rowsBefore(c.Object) == 0 {
			continue
		}
		for _, d := range c.Details {
			var what string
			switch {
			case d.Object.Kind == catalog.Constraint && d.Action == catalog.Removed && !d.Follows:
				what = fmt.Sprintf("the constraint `%s` of `%s` is gone", d.Object.Name, plainName(c.Object.Schema, c.Object.Name))
			case d.Object.Kind == catalog.Column && d.Attribute == "not_null" && d.After == "":
				what = fmt.Sprintf("`%s` may be null now", plainName(d.Object.Schema, d.Object.Parent+"."+d.Object.Name))
			default:
				continue
			}
			f := finding("H032", Info, v.saying(anyStatement, c.Object.Name, d.Object.Name), d.Object.String())
			f.Title, f.Known, f.Evidence = what, recorder.Measured, "the catalog before and after the upgrade"
			f.Why = "Rows that break the rule may come from now on, and stand in the way if it is to return."
			all = append(all, f)
		}
	}
	return all
}
