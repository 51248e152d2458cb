package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h029 is a lock that is taken within a block of code, where no linter looks.
func h029(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		if !tagged(s, "DO", "CALL", "SELECT") {
			return Finding{}, false
		}
		f, told := v.closes("H029", s)
		f.Why = "A block of code or a function changes the table, and holds its lock until it ends, together with all else that it does."
		f.Advice = "make the change by an op call of its own, and leave the work on rows to another revision"
		return f, told
	})
}
