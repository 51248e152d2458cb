package hazard

import (
	"fmt"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h028 is work on rows while an earlier statement of the same transaction has a table closed: a
// column is added and filled in one go.
func h028(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		worst := v.outlasting(s)
		if worst == nil {
			return Finding{}, false
		}
		rows, took, numbers := v.filled(s, worst.table)
		severity, told := v.severity(took)
		if !told || len(numbers) == 0 {
			return Finding{}, false
		}
		for _, n := range numbers {
			v.explained[n] = true
		}
		f := finding("H028", severity, s, worst.object())
		f.Title = worst.sentence(v.alike(s, *worst), took) + fmt.Sprintf(", while %s are written", count(rows, "row"))
		f.Known = worst.known
		f.Evidence = fmt.Sprintf("%s on %s was held for %s; meanwhile statement %s", worst.mode, shown(worst.table), duration(worst.total), listed(numbers))
		f.Why = "Rows are written by the same transaction that changed the table, and users wait for both. The change alone needs its lock for a moment."
		f.Advice = "part the revision in two, with transaction_per_migration=True in env.py: the change of the table first, and the rows in batches after it"
		return f, true
	})
}

// filled are the statements that wrote rows while the lock of an earlier one was held: how many rows, and how
// long that took. One row is no backfill: it is the version.
func (v *view) filled(s *recorder.Statement, table recorder.Relation) (rows int64, took time.Duration, numbers []int) {
	for _, other := range v.meanwhile(s, table) {
		if other.Rows > 1 && tagged(other, dataTags...) {
			rows += other.Rows
			took += other.Took
			numbers = append(numbers, other.Number)
		}
	}
	return rows, took, numbers
}

// listed are the first of some numbers.
func listed(numbers []int) string {
	const most = 5
	var words []string
	for _, n := range numbers[:min(len(numbers), most)] {
		words = append(words, fmt.Sprint(n))
	}
	if more := len(numbers) - most; more > 0 {
		words = append(words, count(int64(more), "other"))
	}
	return and(words)
}
