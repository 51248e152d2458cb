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
	copied.task.Copy, copied.scene.project = true, r.scene.project
	copied.scene.sessionLimits = r.task.Promotion.limits(leg{})
	r.scene.copy = copied
	defer copied.leave(ctx)
	err := copied.inOrder(ctx,
		step{"copy production", copied.prepareBranch},
		step{"connect to the copy", copied.enter},
		step{"snapshot of the copy", copied.snapshotBefore},
		step{"upgrade the copy", func(ctx context.Context) error { return copied.runAlembic(ctx, migrate.Run{Upgrade: allHeads}) }},
		step{"snapshot of the copy after", copied.snapshotAfter},
	)
	if problem := copied.removeCopy(ctx); problem != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The branch %s, on which this was rehearsed, stays until it expires: %v", copied.scene.branch.Name, problem))
	}
	if err != nil {
		return r.failedOnCopy(ctx, err)
	}
	for _, a := range copied.report.Revisions.Applied {
		r.report.Promotion.Rehearsed += a.Took
	}
	return nil
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
	r.report.Revisions.Failed = failed.Revision
	why := failed.What + ": " + failed.Why
	return r.refuse(plan.FailedAt, "on a copy of production as it is now, "+why, failed.Do)
}

// snapshotUnmoved reads production's schema, which must be the copy's: what was rehearsed would otherwise be
// something else.
func (r *run) snapshotUnmoved(ctx context.Context) error {
	if err := r.snapshotBefore(ctx); err != nil {
		return err
	}
	if r.report.Fingerprint.Before != r.scene.copy.report.Fingerprint.Before {
		return r.refuse(plan.SchemaChanged, "somebody changed production's schema while this was rehearsed on a copy", "run this again")
	}
	return nil
}
