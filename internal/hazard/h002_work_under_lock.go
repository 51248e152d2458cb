package hazard

import (
	"fmt"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h002 are other statements that run while a table is closed: H028 where the longest of them works on
// rows.
func h002(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		worst := v.worst(s)
		if worst == nil || worst.total <= worst.own || tagged(s, "LOCK TABLE") {
			return Finding{}, false
		}
		longest, sum := v.under(s, worst.table)
		if longest == nil || longest.Number == s.Number {
			return Finding{}, false
		}
		severity, told := v.severity(sum)
		code, why := "H002", "The lock was needed for a moment only, and is kept until the transaction ends: users wait for all of it."
		if longest.Rows > 0 || tagged(longest, dataTags...) {
			code, why = "H028", "Rows are written by the same transaction that changed the table, and users wait for both."
		}
		f := finding(code, severity, s, worst.object())
		f.Title = worst.sentence(v.alike(s, *worst), sum) + ", while other statements run"
		f.Known = worst.known
		f.Evidence = fmt.Sprintf("%s on %s was held for %s; the longest statement meanwhile is number %d (%s) with %s",
			worst.mode, shown(worst.table), duration(worst.total), longest.Number, strings.Join(longest.Tags, ", "), duration(longest.Took))
		f.Why = why
		f.Advice = "part the revision in two, with transaction_per_migration=True in env.py: first the work on rows, then the change of the table"
		return f, told
	})
}

// under finds the longest statement that ran while the lock of an earlier one was held, and how long all
// of them took that no rule has spoken of.
func (v *view) under(s *recorder.Statement, table recorder.Relation) (longest *recorder.Statement, sum time.Duration) {
	until := 0
	for _, h := range v.Recording.Holds {
		if h.Since == s.Number && h.Relation.OID == table.OID {
			until = max(until, h.Until)
		}
	}
	for _, other := range v.statements {
		if other.Session != s.Session || other.Number <= s.Number || other.Number > until || v.explained[other.Number] {
			continue
		}
		sum += other.Took
		if longest == nil || other.Took > longest.Took {
			longest = other
		}
	}
	return longest, sum
}
