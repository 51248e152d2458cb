package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h001 is a table that was closed for long, for whatever other reason.
func h001(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		f, told := v.closes("H001", s)
		f.Why = "Users wait until the statement ends, and whoever comes after them waits too."
		f.Advice = "give it a revision of its own, and run it when few people work"
		return f, told
	})
}
