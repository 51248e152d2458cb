package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h007 is a change of type or collation that keeps the table and builds its indexes anew.
func h007(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		if !ok || !changeType.MatchString(a.action) || len(s.Rewrites) == 0 {
			return Finding{}, false
		}
		f, told := v.closes("H007", s)
		var names []string
		for _, r := range s.Rewrites {
			names = append(names, "`"+r.Relation.Name+"`")
		}
		f.Evidence += "; built anew: " + and(names)
		f.Why = "The order of the values is another one now, so the indexes are built again while nobody can use the table."
		f.Advice = "drop the index concurrently before, change the column, and build the index concurrently after"
		return f, told
	})
}
