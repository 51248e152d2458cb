package story

import (
	"errors"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// tellWhere says what is where after a promotion of several targets was stopped among them.
func (r *run) tellWhere(err error) {
	stopped := r.under
	if err == nil || errors.Is(err, errDone) || stopped == r {
		return
	}
	standing := stopped.report.Promotion.Stand
	upgraded := false
	for _, p := range r.parts {
		upgraded = upgraded || p.upgraded()
	}
	if standing == nil && !upgraded {
		return
	}
	whole := report.Stand{GoOn: r.goOnCommand(), GoBack: r.restoreCommand(), Safe: standing == nil || standing.Safe}
	if standing != nil {
		whole.Since, whole.Missing = standing.Since, standing.Missing
	}
	var words []string
	for _, p := range r.parts {
		applied, pending := p.standing()
		whole.Applied, whole.Pending = append(whole.Applied, within(p.name, applied)...), append(whole.Pending, within(p.name, pending)...)
		words = append(words, p.whereabouts())
	}
	whole.What = strings.Join(words, " ")
	r.report.Promotion.Stand = &whole
	r.scene.untouched = !upgraded && stopped.scene.untouched
}

// upgraded tells that this run brought the target to its end.
func (r *run) upgraded() bool { return r.done && !r.scene.nothingPending }

// standing are the revisions that the target has of those that were pending, and those that it does not have.
func (r *run) standing() (applied, pending []string) {
	switch told := r.report.Promotion.Stand; {
	case r.done:
		return r.scene.pending, nil
	case told != nil:
		return told.Applied, told.Pending
	}
	return nil, r.scene.pending
}

// whereabouts says in a sentence what became of a target.
func (r *run) whereabouts() string {
	switch told := r.report.Promotion.Stand; {
	case told != nil:
		return told.What
	case r.upgraded():
		return r.name + " is upgraded."
	case r.done:
		return r.name + " had all revisions before."
	}
	return r.name + " was not begun."
}

func within(target string, words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, target+": "+w)
	}
	return all
}
