package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h019 is an exclusion constraint: its index cannot be built beside the users.
func h019(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		c, adds := a.adds()
		if !ok || !adds || c.kind != "EXCLUDE" {
			return Finding{}, false
		}
		f, told := v.closes("H019", s)
		f.Why = "Its index is built while nobody can use the table, and PostgreSQL has no way to build it otherwise."
		f.Advice = "do it when nobody works, or make a new table that has the constraint, and move the rows there"
		return f, told
	})
}
