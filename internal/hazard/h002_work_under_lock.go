package hazard

import (
	"fmt"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h002 are other statements that run while a table is closed. Work on rows is another rule's.
func h002(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		worst := v.outlasting(s)
		if worst == nil {
			return Finding{}, false
		}
		longest, sum := longestOf(v.meanwhile(s, worst.table))
		if longest == nil {
			return Finding{}, false
		}
		severity, told := v.severity(sum)
		f := finding("H002", severity, s, worst.object())
		f.Title = worst.sentence(v.alike(s, *worst), sum) + ", while other statements run"
		f.Known = worst.known
		f.Evidence = fmt.Sprintf("%s on %s was held for %s; the longest statement meanwhile is number %d (%s) with %s",
			worst.mode, shown(worst.table), duration(worst.total), longest.Number, strings.Join(longest.Tags, ", "), duration(longest.Took))
		f.Why = "The lock was needed for a moment only, and is kept until the transaction ends: users wait for all of it."
		f.Advice = "part the revision in two, with transaction_per_migration=True in env.py, so that each lock is given back at once"
		return f, told
	})
}

// outlasting is the closing of a table that outlasts its own statement; nil if there is none. An explicit
// lock is meant to.
func (v *view) outlasting(s *recorder.Statement) *closing {
	worst := v.worst(s)
	if worst == nil || worst.total <= worst.own || tagged(s, "LOCK TABLE") {
		return nil
	}
	return worst
}

// meanwhile are the statements that ran while the lock of an earlier one was held, and that no rule has
// spoken of.
func (v *view) meanwhile(s *recorder.Statement, table recorder.Relation) []*recorder.Statement {
	until := 0
	for _, h := range v.Recording.Holds {
		if h.Since == s.Number && h.Relation.OID == table.OID {
			until = max(until, h.Until)
		}
	}
	var all []*recorder.Statement
	for _, other := range v.statements {
		if other.Session == s.Session && other.Number > s.Number && other.Number <= until && !v.explained[other.Number] {
			all = append(all, other)
		}
	}
	return all
}

// longestOf finds the longest statement, and how long all of them took.
func longestOf(all []*recorder.Statement) (longest *recorder.Statement, sum time.Duration) {
	for _, s := range all {
		sum += s.Took
		if longest == nil || s.Took > longest.Took {
			longest = s
		}
	}
	return longest, sum
}
