package hazard

import (
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h047 says once what no quiet branch can show: how long the upgrade waits behind production's own
// statements, and everybody behind the upgrade; with the limits that keep it short (H004 among them). It speaks
// of tables that were there before and have rows.
func h047(v *view) []Finding {
	var first *recorder.Statement
	var tables []string
	var longest time.Duration
	limited := true
	for _, s := range v.statements {
		longest = max(longest, s.Took)
		for _, c := range v.closings(s) {
			if first == nil {
				first = s
			}
			limited = limited && s.LockTimeout > 0
			if t := shown(c.table); !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
	}
	if first == nil {
		return nil
	}
	const most = 3
	if more := len(tables) - most; more > 0 {
		tables = append(tables[:most], count(int64(more), "other table"))
	}
	f := finding("H047", Info, first, "")
	f.Title = "how long the upgrade waits for " + and(tables) + ", and everybody behind it, is not measured: a branch has no traffic"
	f.Known = recorder.Measured
	f.Evidence = fmt.Sprintf("lock_timeout %s, statement_timeout %s", limit(first.LockTimeout), limit(first.StatementTimeout))
	f.Why = "What was measured is how long the locks were held, not how long they were waited for. " +
		"lock_timeout ends that wait, and statement_timeout a statement that takes longer than it did here."
	f.Advice = "run the promotion again if the lock_timeout was reached"
	if !limited {
		f.Advice = "set lock_timeout at the beginning of the revision (H003), and " + f.Advice
	}
	if first.StatementTimeout == 0 {
		f.Advice += fmt.Sprintf("; set statement_timeout in env.py well above %s, the longest statement's time: connect_args={\"options\": \"-c statement_timeout=15min\"}", duration(longest))
	}
	return []Finding{f}
}

// limit is a timeout as people say it.
func limit(d time.Duration) string {
	if d == 0 {
		return "was not set"
	}
	return "was " + duration(d)
}
