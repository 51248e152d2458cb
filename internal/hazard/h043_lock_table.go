package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var lockTable = pattern(`LOCK (?:TABLE )?(?:ONLY )?NAME`)

// h043 is an explicit lock, which counts until its transaction ends.
func h043(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		if !lockTable.MatchString(s.Text) {
			return Finding{}, false
		}
		worst := v.worst(s)
		if worst == nil {
			return Finding{}, false
		}
		severity, told := v.severity(worst.total)
		f := finding("H043", severity, s, worst.object())
		f.Title, f.Known, f.Evidence = worst.sentence(v.alike(s, *worst), worst.total), worst.known, worst.evidence()
		f.Why = "LOCK TABLE keeps users out until the revision's transaction ends, whatever it does meanwhile."
		f.Advice = "leave it out: each statement takes the lock that it needs by itself"
		v.explained[s.Number] = v.explained[s.Number] || told
		return f, told
	})
}
