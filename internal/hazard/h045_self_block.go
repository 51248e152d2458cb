package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h045 is a migration of two connections of which one waits for the other: it would never end.
func h045(v *view) []Finding {
	if v.Recording == nil || v.Recording.Blocked == nil {
		return nil
	}
	b := v.Recording.Blocked
	s := v.number(b.Waiting)
	f := finding("H045", Block, s, "")
	f.Title = "waits for itself: two connections of the migration block each other"
	f.Known = recorder.Measured
	f.Evidence = fmt.Sprintf("statement %d waited for %s behind the session of statement %d", b.Waiting, duration(b.After), b.Holding)
	if b.Lock != nil {
		f.Object = closing{table: b.Lock.Relation}.object()
		f.Title += " on " + described(b.Lock.Relation, 0)
		f.Evidence += ", which holds or asks for " + string(b.Lock.Mode)
	}
	f.Why = "It never ends, and in production it would hold its locks for as long."
	f.Advice = "let everything in the revision use op.get_bind(), and env.py one engine and one connection"
	if s != nil {
		v.explained[s.Number] = true
	}
	return []Finding{f}
}

// number finds a statement by its number; nil if there is none.
func (v *view) number(n int) *recorder.Statement {
	for _, s := range v.statements {
		if s.Number == n {
			return s
		}
	}
	return nil
}
