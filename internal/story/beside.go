package story

import "time"

// besideCopy puts what the rehearsal on the copy took beside what production took.
func (r *run) besideCopy() {
	if r.scene.copy == nil {
		return
	}
	for i, p := range r.parts {
		if i < len(r.scene.copy.parts) {
			p.besidePart(r.scene.copy.parts[i])
		}
	}
	r.report.Promotion.Blocked, r.report.Promotion.BlockedOnCopy = longestHold(r.recordings()), longestHold(r.scene.copy.recordings())
}

func (r *run) besidePart(copied *run) {
	took := map[string]time.Duration{}
	for _, a := range copied.report.Revisions.Applied {
		took[a.ID] = a.Took
	}
	for i, a := range r.report.Revisions.Applied {
		r.report.Revisions.Applied[i].Rehearsed = took[a.ID]
	}
}
