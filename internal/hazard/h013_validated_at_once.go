package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var validate = pattern(`VALIDATE CONSTRAINT NAME$`)

// h013 is a constraint that is validated while its own transaction still closes the table.
func h013(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		if !ok || !validate.MatchString(a.action) {
			return Finding{}, false
		}
		f, told := v.closes("H013", s)
		f.Why = "Validating disturbs nobody by itself; here the same transaction still holds the lock with which the constraint was added."
		f.Advice = "validate it in a later revision, with transaction_per_migration=True in env.py"
		f.Fix = code(laterRevision, execute("%s", one(s.Text)))
		return f, told
	})
}
