package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h036 is a constraint of a domain, which is proven in every table that uses it.
func h036(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		if !tagged(s, "ALTER DOMAIN") {
			return Finding{}, false
		}
		f, told := v.closes("H036", s)
		f.Why = "Every table with a column of the domain is read, and nobody can write to any of them meanwhile."
		f.Advice = "add the constraint as not valid: it holds for new values at once; validating it closes the tables again before PostgreSQL 18, so leave that for a quiet hour"
		f.Fix = code(execute("%s NOT VALID", one(s.Text)))
		return f, told
	})
}
