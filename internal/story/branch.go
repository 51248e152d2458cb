package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"golang.org/x/sync/errgroup"
)

// findProduction resolves the branch that is rehearsed against and promoted to.
func (r *run) findProduction(ctx context.Context) (neonapi.Branch, error) {
	if r.task.Production == "" {
		return r.Neon.DefaultBranch(ctx, r.task.Project)
	}
	b, found, err := r.Neon.BranchByName(ctx, r.task.Project, r.task.Production)
	if err != nil || found {
		return b, err
	}
	return b, fault.Usage(fmt.Sprintf("finding the production branch %q", r.task.Production),
		"the Neon project has no branch of that name",
		"correct the input production-branch, or leave it out to use the project's default branch")
}

// prepareBranch makes the pull request's branch a fresh copy of production: it creates it,
// or resets the one of an earlier rehearsal. Its expiry is armed before anything else is
// done with it, so that a run which dies here leaves nothing for long.
func (r *run) prepareBranch(ctx context.Context) error {
	existing, found, err := r.findBranches(ctx)
	if err != nil {
		return err
	}
	name := r.task.branchName()
	r.report.Branch = report.Branch{Name: name, Parent: r.scene.production.Name}
	if !found {
		r.Progress.Say(fmt.Sprintf("creating branch %s from %s", name, r.scene.production.Name))
		return r.createBranch(ctx)
	}
	if err := r.task.mayChange(existing, r.scene.production); err != nil {
		return err
	}
	if existing.ParentID != r.scene.production.ID {
		r.Progress.Say(fmt.Sprintf("branch %s is of another parent: making it anew", name))
		return r.replaceBranch(ctx, existing)
	}
	r.Progress.Say(fmt.Sprintf("resetting branch %s to %s", name, r.scene.production.Name))
	return r.resetBranch(ctx, existing)
}

// findBranches finds production and the branch of an earlier rehearsal at the same time.
func (r *run) findBranches(ctx context.Context) (existing neonapi.Branch, found bool, err error) {
	both, inner := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		r.scene.production, err = r.findProduction(inner)
		return err
	})
	both.Go(func() (err error) {
		existing, found, err = r.Neon.BranchByName(inner, r.task.Project, r.task.branchName())
		found = found && !existing.Deleting() // creating it anew waits until the name is free
		return err
	})
	err = both.Wait()
	return existing, found, err
}

func (r *run) expiry() time.Time { return r.Now().Add(r.task.ExpiresIn).UTC().Truncate(time.Second) }

func (r *run) createBranch(ctx context.Context) error {
	spec := neonapi.BranchSpec{
		Name: r.task.branchName(), ParentID: r.scene.production.ID,
		ExpiresAt: r.expiry(), Annotation: r.task.annotation(),
	}
	b, operations, err := r.Neon.CreateBranch(ctx, r.task.Project, spec)
	if err != nil {
		return r.takeBack(ctx, b, operations, err)
	}
	if b.Adopted {
		// Another run made it a moment ago, or our own request that got no answer did: either
		// way it is looked at like one that was found, and only then reset.
		if err := r.task.mayChange(b, r.scene.production); err != nil {
			return err
		}
		return r.resetBranch(ctx, b)
	}
	r.adopt(b)
	return r.Neon.Wait(ctx, r.task.Project, operations)
}

// takeBack removes a branch that was made and cannot be used, such as one whose expiry Neon
// did not arm: nobody would ever remove it.
func (r *run) takeBack(ctx context.Context, b neonapi.Branch, operations []neonapi.Operation, cause error) error {
	if b.ID == "" || b.Adopted { // an adopted one may be in use by the run that made it
		return cause
	}
	ctx, cancel := afterwards(ctx, postLimit)
	defer cancel()
	err := r.Neon.Wait(ctx, r.task.Project, operations)
	if err == nil {
		err = r.removeBranch(ctx, b)
	}
	if err != nil {
		return errors.Join(cause, fmt.Errorf("the branch %s stays, remove it by hand: %w", b.Name, err))
	}
	return cause
}

func (r *run) resetBranch(ctx context.Context, b neonapi.Branch) error {
	r.adopt(b)
	_, operations, err := r.Neon.RestoreFromParent(ctx, r.task.Project, b)
	if cannotReset(err) {
		r.Progress.Say("Neon does not reset this branch: making it anew")
		return r.replaceBranch(ctx, b)
	}
	if err != nil {
		return err
	}
	if err := r.Neon.Wait(ctx, r.task.Project, operations); err != nil {
		return err
	}
	armed, err := r.Neon.SetExpiry(ctx, r.task.Project, b.ID, r.expiry())
	if err != nil {
		return err
	}
	r.adopt(armed)
	r.report.Branch.Reset = true
	return nil
}

// cannotReset tells Neon's refusals to reset, which making the branch anew cures: it has
// children, or its parent was restored less than a day ago.
func cannotReset(err error) bool {
	var api *neonapi.Error
	return errors.As(err, &api) && (api.Status == http.StatusUnprocessableEntity || api.Status == http.StatusConflict ||
		api.Status == http.StatusPreconditionFailed || api.Status == http.StatusBadRequest)
}

func (r *run) replaceBranch(ctx context.Context, b neonapi.Branch) error {
	if err := r.removeBranch(ctx, b); err != nil {
		return err
	}
	return r.createBranch(ctx)
}

// removeBranch deletes a branch of ours and waits until it is gone.
func (r *run) removeBranch(ctx context.Context, b neonapi.Branch) error {
	if err := r.task.mayChange(b, r.scene.production); err != nil {
		return err
	}
	operations, err := r.Neon.DeleteBranch(ctx, r.task.Project, b.ID)
	if err != nil {
		return err
	}
	return r.Neon.Wait(ctx, r.task.Project, operations)
}

// adopt remembers the branch for the steps to come and for the report.
func (r *run) adopt(b neonapi.Branch) {
	if b.ID == "" {
		return
	}
	r.scene.branch = b
	r.report.Branch.ID = b.ID
	if b.ExpiresAt != nil {
		r.report.Branch.ExpiresAt = b.ExpiresAt.UTC()
	}
	if r.Console != "" {
		r.report.Branch.ConsoleURL = fmt.Sprintf("%s/app/projects/%s/branches/%s/tables", r.Console, r.task.Project, b.ID)
	}
}
