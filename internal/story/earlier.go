package story

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// tellEarlierTry says where an earlier run of this promotion left production, where that is why this one is refused: it
// was cut off, or could not mend what it left. Its restore point is the sign of it. What production has and lacks
// of the plan is read off the pull request's branch, which has all of it.
func (r *run) tellEarlierTry(ctx context.Context, err error) {
	p := r.stoppedPart()
	if err == nil || !r.scene.refused || r.scene.reviewed == nil || p == nil || p.scene.copy == nil || r.report.Promotion.Stand != nil {
		return
	}
	planned := p.reviewedPart()
	inTheWay := r.report.Reason == string(plan.FailedAt) || r.report.Promotion.Comparison == different
	if !inTheWay || planned.Before == p.scene.copy.report.Fingerprint.Before {
		return // nothing is half-way
	}
	kept, found, err := r.Neon.BranchByName(ctx, r.task.Project, r.restoreName())
	if err != nil || !found || kept.Annotation[annotationKind] != kindRestorePoint {
		return
	}
	r.report.Promotion.Restore = report.RestorePoint{ID: kept.ID, Name: kept.Name}
	if kept.ExpiresAt != nil {
		r.report.Promotion.Restore.ExpiresAt = kept.ExpiresAt.UTC()
	}
	r.report.Promotion.Stand = p.standOfEarlier(ctx, planned)
}

// stoppedPart is the part in which the rehearsal on the copy stopped, or the only one.
func (r *run) stoppedPart() *run {
	if !r.divided() {
		return r
	}
	if r.scene.copy == nil {
		return nil
	}
	if p := r.onProduction(r.scene.copy.under); p != r {
		return p
	}
	return nil
}

// reviewedPart is what the reviewed plan has for this part.
func (r *run) reviewedPart() plan.Plan {
	for _, one := range r.top().scene.reviewed.Plan.Every() {
		if one.Target == r.name {
			return one
		}
	}
	return plan.Plan{}
}

func (r *run) standOfEarlier(ctx context.Context, planned plan.Plan) *report.Stand {
	standing := &report.Stand{Pending: r.scene.pending, GoBack: r.top().restoreCommand()}
	for _, one := range planned.Revisions {
		if !slices.Contains(standing.Pending, one.ID) {
			standing.Applied = append(standing.Applied, one.ID)
		}
	}
	standing.What = "An earlier run of this promotion, or somebody since, left " + r.subject("production") + " half-way: "
	if len(standing.Applied) > 0 {
		standing.What += fmt.Sprintf("it has %s, and not %s.", strings.Join(standing.Applied, ", "), list(standing.Pending))
	} else {
		standing.What += "no revision is complete, and its schema is not what it was before."
	}
	if len(standing.Pending) > 0 {
		next := standing.Pending[0]
		standing.What += fmt.Sprintf(" To run %s from its start fails, as it did on the copy: do by hand what it lacks, or go back.", next)
		standing.GoOn = fmt.Sprintf("alembic stamp %s   # on production, once its statements are done by hand\n%s", next, r.top().goOnCommand())
	}
	lacks, err := r.lacking(ctx)
	if err != nil {
		standing.What += " What it has of the plan could not be found out: " + whyNot(err) + "."
		return standing
	}
	standing.Missing = objects(lacks)
	for _, c := range planned.Changes {
		if !slices.ContainsFunc(lacks, func(l catalog.Change) bool { return strings.HasSuffix(c.What, " "+l.Object.String()) }) {
			standing.Since = append(standing.Since, c.What)
		}
	}
	return standing
}

// lacking are the changes that would make of production what the pull request's branch is.
func (r *run) lacking(ctx context.Context) ([]catalog.Change, error) {
	b, err := r.top().rehearsedBranch(ctx)
	if err != nil {
		return nil, err
	}
	whole, err := r.onBranch(ctx, b)
	if err != nil {
		return nil, err
	}
	now, err := r.snapshotLike(ctx, r)
	if err != nil {
		return nil, err
	}
	return catalog.Compare(now, whole), nil
}

// onBranch reads this part's schema on a branch that saw the whole plan.
func (r *run) onBranch(ctx context.Context, b neonapi.Branch) (*catalog.Snapshot, error) {
	there := r.begin(report.Rehearsal, r.task)
	there.task.Database, there.scene.branch = r.report.Database, b
	defer there.leave(ctx)
	if err := there.enter(ctx); err != nil {
		return nil, err
	}
	return there.snapshotLike(ctx, r)
}
