package story

import (
	"context"
	"errors"
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// rehearseNow runs what is pending on a throw-away copy of production as it is at this moment, with the
// limits that production's upgrade will have. What guards data is looked at, what is for comfort is not.
func (r *run) rehearseNow(ctx context.Context) error {
	copied := r.begin(report.Rehearsal, r.task)
	copied.task.Copy, copied.scene.project, copied.scene.projects = true, r.scene.project, r.scene.projects
	copied.scene.sessionLimits = r.task.Promotion.limits(leg{})
	r.scene.copy = copied
	defer copied.leave(ctx)
	defer r.keepAwake(ctx)()
	err := copied.take(ctx, step{"copy production", copied.prepareBranch})
	if err == nil {
		r.pairWith(copied)
		err = copied.each(ctx, (*run).trying)
	}
	if problem := copied.removeCopy(ctx); problem != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The branch %s, on which this was rehearsed, stays until it expires: %v", copied.scene.branch.Name, problem))
	}
	if err != nil {
		return r.failedOnCopy(ctx, err)
	}
	for _, p := range copied.parts {
		for _, a := range p.report.Revisions.Applied {
			r.report.Promotion.Rehearsed += a.Took
		}
	}
	return nil
}

// pairWith gives every target its part on the copy.
func (r *run) pairWith(copied *run) {
	if !r.divided() {
		return
	}
	copied.parts = nil
	for _, p := range r.parts {
		p.scene.copy = copied.part(p.target, p.name)
		copied.parts = append(copied.parts, p.scene.copy)
	}
}

// trying is what is done with a target on the copy.
func (r *run) trying() []step {
	return []step{
		{"connect to the copy", r.enter},
		{"snapshot of the copy", r.snapshotBefore},
		{"upgrade the copy", func(ctx context.Context) error { return r.runAlembic(ctx, migrate.Run{Upgrade: allHeads}) }},
		{"snapshot of the copy after", r.snapshotAfter},
	}
}

// removeCopy removes the copy, however its rehearsal went.
func (r *run) removeCopy(ctx context.Context) error {
	if r.scene.branch.ID == "" {
		return nil
	}
	r.leave(ctx)
	r.scene.conn = nil
	after, cancel := afterwards(ctx, postLimit)
	defer cancel()
	return r.removeBranch(after, r.scene.branch)
}

// failedOnCopy tells a revision that fails on production's rows of today from a machine in trouble.
func (r *run) failedOnCopy(ctx context.Context, err error) error {
	var failed *migrate.Error
	if ctx.Err() != nil || !errors.As(err, &failed) || failed.Revision == "" || ofTheMachine(failed.SQLState) {
		return fmt.Errorf("rehearsing on a copy of production: %w", err)
	}
	r.onProduction(r.scene.copy.under).report.Revisions.Failed = failed.Revision
	why := r.scene.copy.under.named(fmt.Errorf("%w: %s", failed, failed.Why)).Error()
	return r.refuse(plan.FailedAt, "on a copy of production as it is now, "+why, failed.Do)
}

// onProduction is the part that one on the copy was made for.
func (r *run) onProduction(copied *run) *run {
	for _, p := range r.parts {
		if p.scene.copy == copied {
			return p
		}
	}
	return r
}

// snapshotAgain reads the schema that another target of the same database left, which must be what it left on the
// copy.
func (r *run) snapshotAgain(ctx context.Context) error {
	if err := r.reconnect(ctx); err != nil {
		return err
	}
	if err := r.snapshotBefore(ctx); err != nil {
		return err
	}
	if r.report.Fingerprint.Before != r.scene.copy.report.Fingerprint.Before {
		s, err := r.whereItStands(ctx)
		r.tellStand(ctx, s, err)
		return r.unlike("before its turn its schema is not what it was on the copy", "look who else changed production's schema in these seconds")
	}
	return r.noteSeen(ctx)
}

// snapshotUnmoved reads production's schema, which must be the copy's: what was rehearsed would otherwise be
// something else.
func (r *run) snapshotUnmoved(ctx context.Context) error {
	if !r.firstOn() {
		return nil // the one before changes it
	}
	if err := r.keepLock(ctx); err != nil {
		return err
	}
	if err := r.snapshotBefore(ctx); err != nil {
		return err
	}
	if r.report.Fingerprint.Before != r.scene.copy.report.Fingerprint.Before {
		return r.refuse(plan.SchemaChanged, "somebody changed production's schema while this was rehearsed on a copy", "run this again")
	}
	return r.noteSeen(ctx)
}
