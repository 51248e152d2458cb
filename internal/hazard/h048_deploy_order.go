package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// The verdicts of what must be deployed first.
const (
	MigrateFirst  = "migrate first"
	DeployFirst   = "deploy first"
	EitherFirst   = "either"
	NeedsTwoSteps = "needs two steps"
)

// Verdict is what must come first: the migration, where the new code fails on the old schema; the new
// code, where the old one fails on the new schema; either where neither does; and two steps where both do,
// for no order serves the users all the time.
func (d Deploy) Verdict() string {
	switch {
	case len(d.OldCodeNewSchema) > 0 && len(d.NewCodeOldSchema) > 0:
		return NeedsTwoSteps
	case len(d.OldCodeNewSchema) > 0:
		return DeployFirst
	case len(d.NewCodeOldSchema) > 0:
		return MigrateFirst
	}
	return EitherFirst
}

// h048 says in which order to deploy, where the order matters.
func h048(v *view) []Finding {
	if v.Deploy == nil || v.Deploy.Verdict() == EitherFirst {
		return nil
	}
	f := finding("H048", Info, nil, "")
	f.Title = "order of deployment: " + v.Deploy.Verdict()
	f.Known = recorder.Measured
	f.Evidence = fmt.Sprintf("%s of both versions were tried on both schemas: %d of the old code fail after the upgrade, %d of the new code before it",
		count(int64(v.Deploy.Tried), "use"), len(v.Deploy.OldCodeNewSchema), len(v.Deploy.NewCodeOldSchema))
	for i, u := range v.Deploy.NewCodeOldSchema {
		if i < 3 {
			f.Evidence += "; before it: " + u.said()
		}
	}
	switch v.Deploy.Verdict() {
	case MigrateFirst:
		f.Why = "The new code needs the new schema. The old code works with both."
	case DeployFirst:
		f.Severity = Warn
		f.Why = "The old code fails once the schema is new. The new code works with both, so it must run everywhere before the promotion."
	default:
		f.Severity = Warn
		f.Why = "The old code fails with the new schema and the new code with the old one: whatever comes first, something fails until the other is there."
		f.Advice = "part the change: a step that both versions live with, the new code, then the rest"
	}
	return []Finding{f}
}
