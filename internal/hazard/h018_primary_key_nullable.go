package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h018 is a primary key of an index whose columns may be null: they are made NOT NULL, which reads
// the whole table.
func h018(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		c, adds := a.adds()
		if !ok || !adds || c.kind != "PRIMARY KEY" || !usingIndex.MatchString(c.rest) {
			return Finding{}, false
		}
		f, told := v.closes("H018", s)
		f.Why = "A primary key makes its columns NOT NULL, and all rows are read for it while nobody can use the table."
		f.Advice = "make the columns NOT NULL before, by way of a check constraint that is valid (H009)"
		return f, told
	})
}
