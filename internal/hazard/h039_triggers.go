package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var switching = pattern(`(?:(?:DIS|EN)ABLE (?:ALWAYS |REPLICA )?(?:TRIGGER|RULE|ROW)|(?:NO )?FORCE ROW|OWNER TO)\b`)

// h039 are triggers, policies, rules and owners: cheap by themselves, long in a long transaction.
func h039(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		known := tagged(s, "CREATE TRIGGER", "DROP TRIGGER", "CREATE POLICY", "ALTER POLICY", "DROP POLICY", "CREATE RULE", "DROP RULE")
		if !known && !(ok && switching.MatchString(a.action)) {
			return Finding{}, false
		}
		f, told := v.closes("H039", s)
		f.Why = "The statement needs the table for itself."
		f.Advice = "give it a revision of its own with a lock_timeout"
		f.Fix = code(execute("SET LOCAL lock_timeout = '3s'"))
		return f, told
	})
}
