package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

// tellSteps tells what a promotion would do now, step by step, and ends the story.
func (r *run) tellSteps(context.Context) error {
	p := r.task.Promotion
	moved := false
	for _, p := range r.parts {
		p.report.Revisions.From, p.report.Revisions.To = p.scene.result.Before, p.scene.result.Graph.Heads
		moved = moved || p.movedSince()
	}
	r.gather()
	if r.scene.reviewed != nil {
		r.report.Plan = r.report.Promotion.Reviewed
		r.report.Promotion.Comparison = "production is as it was reviewed"
		if moved {
			r.report.Promotion.Comparison = "production moved since the review"
			r.report.Reason = string(plan.SchemaChanged)
		}
	}
	say := func(format string, args ...any) {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
	}
	task := r.task
	task.Copy = true
	say("Nothing was changed. A promotion would now:")
	say("rehearse %s on %s, a copy of production, and compare with the reviewed plan;", list(r.pending()), task.branchName())
	for _, words := range r.tellRoom() {
		say("%s", words)
	}
	if p.RestoreFor > 0 {
		say("keep production as %s for %s;", r.restoreName(), period(p.RestoreFor))
	}
	say("upgrade %s of %s with lock_timeout %s and statement_timeout %s, and try again for up to %s if it gets no lock;",
		r.report.Database, r.scene.production.Name, orNone(p.LockTimeout), orNone(p.StatementTimeout), period(p.RetryFor))
	say("verify from a fresh connection, tell the pull request, and remove %s.", r.task.branchName())
	return errDone
}

// movedSince tells that a target's schema is not what the reviewed plan began with.
func (r *run) movedSince() bool {
	reviewed := r.top().scene.reviewed
	return reviewed != nil && r.firstOn() && slices.ContainsFunc(reviewed.Plan.Every(), func(one plan.Plan) bool {
		return one.Target == r.name && one.Before != r.report.Fingerprint.Before
	})
}

func orNone(d time.Duration) string {
	if d == 0 {
		return "none"
	}
	return period(d)
}
