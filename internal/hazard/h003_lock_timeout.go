package hazard

import (
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h003 are statements that would wait for ever for a lock which keeps users out. What waiting means, H047 says.
func h003(v *view) []Finding {
	var first *recorder.Statement
	var tables []string
	for _, s := range v.statements {
		for _, c := range v.closings(s) {
			if s.LockTimeout > 0 || slices.Contains(tables, shown(c.table)) {
				continue
			}
			if first == nil {
				first = s
			}
			tables = append(tables, shown(c.table))
		}
	}
	if first == nil {
		return nil
	}
	f := finding("H003", Info, first, "")
	f.Title = "waits for " + and(tables) + " without a limit"
	f.Known = recorder.Measured
	f.Evidence = "lock_timeout was 0 when the locks were asked for"
	f.Why = "Behind one long query of production the upgrade waits for its lock, and everybody who comes later waits behind the upgrade."
	f.Advice = "set a limit at the beginning of the revision, and run the promotion again if it was reached"
	f.Fix = code(execute("SET LOCAL lock_timeout = '3s'"))
	return []Finding{f}
}
