package hazard

import (
	"fmt"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h046 is an upgrade that takes long, whether or not it keeps anybody out: whoever deploys waits for it.
func h046(v *view) []Finding {
	var sum time.Duration
	var longest *recorder.Statement
	for _, s := range v.statements {
		sum += s.Took
		if longest == nil || s.Took > longest.Took {
			longest = s
		}
	}
	if longest == nil || sum <= v.Limits.StopBlocked {
		return nil
	}
	f := finding("H046", Info, longest, "")
	f.Title = fmt.Sprintf("the upgrade takes %s for its %s, the longest %s", duration(sum), count(int64(len(v.statements)), "statement"), duration(longest.Took))
	f.Known = recorder.Measured
	f.Evidence = "the time of the statements without the network's share, on all of the data"
	f.Why = "The promotion takes about as long. A branch begins with a cold cache, so production may be faster; it has other work to do, so it may be slower."
	f.Advice = "let the deployment wait for at least that long, and its timeouts be longer"
	return []Finding{f}
}
