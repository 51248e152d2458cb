package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// annotationKind tells branches of ours that are kept for a purpose of their own.
const (
	annotationKind   = "neon-migrations-kind"
	kindRestorePoint = "restore-point"
)

// restoreName names the restore point after the commit that is promoted, or where it is not known after the first
// revision that is applied, so that no promotion takes another's name.
func (r *run) restoreName() string {
	name := r.task.shortCommit()
	if pending := r.pending(); r.task.HeadSHA == "" && len(pending) > 0 {
		name = pending[0]
	}
	return fmt.Sprintf("%s/restore-%s", r.task.Prefix, name)
}

func (t Task) shortCommit() string {
	if t.HeadSHA == "" {
		return "by-hand"
	}
	return t.HeadSHA[:min(7, len(t.HeadSHA))]
}

// keepRestorePoint makes a branch of production as it is now. One that an earlier try of the same promotion
// made stays if production has some of the revisions since; otherwise nothing happened, and it is made anew.
func (r *run) keepRestorePoint(ctx context.Context) error {
	if err := r.noteMoment(ctx); err != nil {
		return err
	}
	if err := r.noteKept(ctx); err != nil {
		return err
	}
	life := r.task.Promotion.RestoreFor
	if life == 0 {
		return nil
	}
	b, err := r.restorePoint(ctx, r.Now().Add(life).UTC().Truncate(time.Second))
	if err == nil {
		r.report.Promotion.Restore = report.RestorePoint{ID: b.ID, Name: b.Name}
		if b.ExpiresAt != nil {
			r.report.Promotion.Restore.ExpiresAt = b.ExpiresAt.UTC()
		}
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	if r.task.Promotion.RestoreRequired || !atLimit(err) {
		return r.refuse(plan.NoRestorePoint, fmt.Sprintf("production could not be kept as it was: %v", err), noRoomDo)
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("There is no restore point: %v. Neon's history of production is the way back%s.", err, r.reach()))
	return nil
}

func (r *run) restorePoint(ctx context.Context, expires time.Time) (neonapi.Branch, error) {
	name := r.restoreName()
	existing, found, err := r.Neon.BranchByName(ctx, r.task.Project, name)
	if err != nil {
		return existing, err
	}
	if found && !existing.Deleting() {
		if r.begun() {
			r.scene.kept = nil // it is older than this run
			return existing, nil
		}
		if err := r.removeBranch(ctx, existing); err != nil {
			return existing, err
		}
	}
	annotation := r.task.annotation()
	annotation[annotationKind] = kindRestorePoint
	b, operations, err := r.Neon.CreateBranch(ctx, r.task.Project, neonapi.BranchSpec{
		Name: name, ParentID: r.scene.production.ID, ExpiresAt: expires, Annotation: annotation, NoCompute: true,
	})
	if err != nil {
		return b, r.takeBack(ctx, b, operations, err)
	}
	return b, r.Neon.Wait(ctx, r.task.Project, operations)
}

// reach is how long the history is a way back; nothing where that is not known.
func (r *run) reach() string {
	if r.report.Promotion.History == 0 {
		return ""
	}
	return ": for " + r.report.Promotion.Reach()
}

// begun tells that production has some of the plan's revisions already.
func (r *run) begun() bool {
	if r.scene.reviewed == nil {
		return false
	}
	_, begun := r.scene.reviewed.Plan.Rest(r.scene.copy.plan())
	return begun
}

// atLimit tells Neon's refusals of one branch more.
func atLimit(err error) bool {
	var api *neonapi.Error
	return errors.As(err, &api) && (api.Status == http.StatusUnprocessableEntity || api.Status == http.StatusForbidden || api.Status == http.StatusPaymentRequired)
}

// restoreCommand takes production back to the restore point, or by Neon's history where there is none.
func (r *run) restoreCommand() string {
	if r.report.Promotion.Restore.Name == "" {
		return r.historyCommand()
	}
	return r.backCommand(r.report.Promotion.Restore.Name)
}
