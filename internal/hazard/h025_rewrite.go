package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h025 is a table that was written anew, for whatever other reason.
func h025(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		worst := v.worst(s)
		if worst == nil || tagged(s, "TRUNCATE TABLE") {
			return Finding{}, false
		}
		known, anew := rewritten(s, worst.table)
		if !anew {
			return Finding{}, false
		}
		f, told := v.closes("H025", s)
		f.Known = known
		f.Evidence += "; the table was written anew"
		f.Why = "Every row is written again while nobody can use the table. For that time, the disk holds the table twice."
		f.Advice = "make a second column or table, fill it in batches, and swap"
		return f, told
	})
}
