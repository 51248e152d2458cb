package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var (
	attach      = pattern(`ATTACH PARTITION NAME (.*)$`)
	detach      = pattern(`DETACH PARTITION NAME$`)
	partitionOf = pattern(`CREATE TABLE (?:IF NOT EXISTS )?NAME PARTITION OF NAME`)
)

// h038 are partitions that come and go while their table is closed.
func h038(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, _ := alters(s)
		coming, going := attach.FindStringSubmatch(a.action), detach.FindStringSubmatch(a.action)
		if coming == nil && going == nil && !partitionOf.MatchString(s.Text) {
			return Finding{}, false
		}
		f, told := v.closes("H038", s)
		switch {
		case coming != nil:
			f.Why = "All rows of the new partition are read to see that they fit, and nobody can use it meanwhile. A valid check that says the same spares the reading."
			f.Advice = "add a check with the partition's bounds as not valid, validate it, attach, then drop the check"
		case going != nil:
			f.Why = "The whole partitioned table is closed to everybody."
			f.Advice = "detach it concurrently, outside of the revision's transaction"
			f.Fix = code(autocommit(execute("ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY", a.table, going[1])))
		default:
			f.Why = "The whole partitioned table is closed to everybody, and its default partition is read."
			f.Advice = "create the table by itself (LIKE parent INCLUDING ALL), and attach it"
		}
		return f, told
	})
}
