package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var addValue = pattern(`ALTER TYPE NAME ADD VALUE (.*)$`)

// h035 is a value of an enum that is used in the transaction that adds it, or one that running code uses and
// that has another name now.
func h035(v *view) []Finding {
	all := v.unsafeValue()
	for _, c := range v.Changes {
		if c.Object.Kind != catalog.Enum || c.Action == catalog.Added || c.Action == catalog.Removed {
			continue
		}
		for _, d := range c.Details {
			if d.Attribute != "label" || d.Before == "" {
				continue
			}
			what := "is gone"
			if d.After != "" {
				what = "is called '" + d.After + "' now"
			}
			f := finding("H035", Warn, v.saying(anyStatement, c.Object.Name), c.Object.String())
			f.Title = fmt.Sprintf("the value '%s' of `%s` %s: code that runs now and uses it fails", d.Before, plainName(c.Object.Schema, c.Object.Name), what)
			f.Known, f.Evidence = recorder.Measured, "the catalog before and after the upgrade"
			f.Why = "The old code runs until the deployment is over, and again after it was taken back."
			f.Advice = "add the new value first, move code and rows to it, and leave the old one where it is"
			all = append(all, f)
		}
	}
	return all
}

// unsafeValue is the failure of a statement that uses a new value too early.
func (v *view) unsafeValue() []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] || s.Error.SQLState != "55P04" {
		return nil
	}
	f := v.refused("H035", s)
	f.Title = "fails: " + s.Error.Message
	f.Why = "PostgreSQL lets nobody use a new value of an enum before the transaction that adds it has ended."
	f.Advice = "add the value in an autocommit block, or in a revision before with transaction_per_migration=True"
	if adds := v.saying(addValue); adds != nil {
		f.Fix = code(autocommit(execute("%s", one(adds.Text))))
	}
	return []Finding{f}
}
