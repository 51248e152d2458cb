package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var (
	rebuilding = pattern(`(?:CLUSTER|VACUUM (?:\(.*\bFULL\b.*\)|FULL)|REINDEX)\b`)
	moving     = pattern(`SET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)\b`)
)

// h024 are the commands that write a table or its indexes anew as their very purpose.
func h024(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		if !rebuilding.MatchString(s.Text) && !(ok && moving.MatchString(a.action)) {
			return Finding{}, false
		}
		f, told := v.closes("H024", s)
		f.Why = "The table or its indexes are written anew while nobody can use them. This is work for a quiet hour and not for a deployment."
		f.Advice = "use REINDEX ... CONCURRENTLY for indexes and pg_repack for tables, outside of migrations"
		return f, told
	})
}
