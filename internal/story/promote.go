package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// Promote upgrades production to the head of the merged code, and to nothing but what was reviewed: it
// rehearses once more on a copy of production as it is now, compares with the reviewed plan, keeps
// production as it was, upgrades, and verifies. Running it twice upgrades once. The pull request is found by
// its number, or by the commit that landed.
func (s *Stage) Promote(ctx context.Context, t Task) (Outcome, error) {
	r := s.begin(report.Promotion, t)
	r.report.Promotion = &report.Promoted{DryRun: t.Promotion.DryRun}
	defer r.leave(ctx)
	err := r.promote(ctx)
	r.tellEarlierTry(ctx, err)
	r.besideCopy()
	r.gather()
	r.tellWhere(err)
	r.takeBackByItself(ctx, err)
	r.endDeployment(ctx, err)
	if err == nil || errors.Is(err, errDone) {
		r.leaveBranch(ctx)
		r.tellStale(ctx)
		err = nil
	}
	return r.finish(ctx, err)
}

// promote is what is done for production as a whole, in order.
func (r *run) promote(ctx context.Context) error {
	err := r.inOrder(ctx,
		step{"find the pull request", r.findPullRequest},
		step{"install dependencies", r.installation()},
		step{"find the Alembic project", r.findProjects},
		step{"connect to production", r.enterProduction},
		step{"wait for other promotions", only(!r.task.Promotion.DryRun, r.lockProductions)},
		step{"look where production is", r.lookAround},
		step{"find the reviewed plan", r.findPlan},
		step{"look at the ways back", r.lookAtWaysBack},
	)
	if err != nil {
		return err
	}
	if r.task.Promotion.DryRun {
		return r.inOrder(ctx, step{"snapshot production", r.all((*run).snapshotBefore)}, step{"tell what would be done", r.tellSteps})
	}
	err = r.inOrder(ctx,
		step{"look how the last promotion ended", r.lastPromotion},
		step{"rehearse on a copy of production", r.rehearseNow},
		step{"compare with the reviewed plan", r.comparePlans},
		step{"snapshot before", r.all((*run).snapshotUnmoved)},
		step{"announce", r.beginDeployment},
		step{"keep a restore point", r.keepRestorePoint},
	)
	if err != nil {
		return err
	}
	return r.each(ctx, (*run).upgrading)
}

// upgrading is what is done for one target in production; nothing where it has all revisions.
func (r *run) upgrading() []step {
	if r.scene.nothingPending {
		return nil
	}
	return []step{
		{"snapshot before", only(!r.firstOn(), r.snapshotAgain)},
		{"warm up", r.warm},
		{"upgrade production", r.upgradeProduction},
		{"verify", r.verify},
	}
}

// leaveBranch removes the pull request's branch. Production has what was promised: that the
// branch stays is worth a warning and no failure.
func (r *run) leaveBranch(ctx context.Context) {
	if r.task.Promotion.DryRun {
		return
	}
	err := r.take(ctx, step{"remove the branch", func(ctx context.Context) error {
		return errors.Join(r.removeLeftover(ctx), r.removeRehearsal(ctx))
	}})
	r.report.Verdict = r.verdict()
	if err != nil {
		r.report.Verdict = report.Warn
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("Production is upgraded. The branch %s stays until it expires: %v", r.task.branchName(), err))
	}
}

// removeLeftover removes the copy of a promotion that was killed.
func (r *run) removeLeftover(ctx context.Context) error {
	copied := r.task
	copied.Copy = true
	b, found, err := r.Neon.BranchByName(ctx, r.task.Project, copied.branchName())
	if err != nil || !found {
		return err
	}
	return r.removeBranch(ctx, b)
}

// untold tells that an earlier run brought production there, and did not come to tell the pull request.
func (r *run) untold(ctx context.Context) bool {
	if !r.needsPlan() {
		return false
	}
	told, err := r.GitHub.OwnComment(ctx, r.task.Number, r.marker())
	if err != nil || told != "" {
		return false
	}
	reviewed, err := r.planOf(ctx, r.task.Number)
	return err == nil && !reviewed.Plan.Empty()
}

// findPullRequest learns which pull request the commit landed with. Without GitHub, or for
// a commit that came without one, the promotion goes on and has nobody to tell.
func (r *run) findPullRequest(ctx context.Context) error {
	if r.task.Number != 0 || r.task.HeadSHA == "" || r.GitHub == nil {
		return nil
	}
	found, err := r.GitHub.PullRequestsForCommit(ctx, r.task.HeadSHA)
	if err != nil && !errors.Is(err, github.ErrNoCommit) {
		return fmt.Errorf("finding the pull request of commit %.7s: %w", r.task.HeadSHA, err)
	}
	for _, pr := range found {
		if pr.Merged {
			r.task.Number, r.task.URL = pr.Number, pr.URL
			r.report.PullRequest.Number, r.report.PullRequest.URL = pr.Number, pr.URL
			r.Progress.Say(fmt.Sprintf("commit %.7s landed with pull request %d", r.task.HeadSHA, pr.Number))
			return nil
		}
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("Commit %.7s came without a pull request.", r.task.HeadSHA))
	return nil
}

func (r *run) enterProduction(ctx context.Context) (err error) {
	if r.scene.production, err = r.findProduction(ctx); err != nil {
		return err
	}
	r.scene.branch = r.scene.production
	r.report.Branch = report.Branch{ID: r.scene.production.ID, Name: r.scene.production.Name}
	if choose := r.choose(); choose != nil {
		if err := choose(ctx); err != nil {
			return err
		}
	}
	return r.all((*run).enter)(ctx)
}

// lookAround looks at every target, and ends the story where none has anything to do.
func (r *run) lookAround(ctx context.Context) error {
	if err := r.all((*run).lookAtProduction)(ctx); err != nil {
		return err
	}
	if slices.ContainsFunc(r.parts, func(p *run) bool { return !p.scene.nothingPending }) {
		return nil
	}
	r.report.Notes = append(r.report.Notes, "Nothing was pending: production is at the head already.")
	r.scene.nothingPending = true
	for _, p := range r.parts {
		p.done = true
	}
	return errDone
}

// lookAtProduction refuses where an upgrade would not be what was reviewed, before anything
// is changed.
func (r *run) lookAtProduction(ctx context.Context) error {
	if err := r.runAlembic(ctx, migrate.Run{}); err != nil {
		return err
	}
	at, graph := r.scene.result.Before, r.scene.result.Graph
	r.report.Revisions.To = graph.Heads
	if len(graph.Heads) > 1 {
		return r.refuse(plan.ChainChanged, fmt.Sprintf("the merged code has %d heads: %s", len(graph.Heads), strings.Join(graph.Heads, ", ")),
			`run alembic merge -m "merge heads" heads in a pull request`)
	}
	for _, id := range at {
		if !slices.ContainsFunc(graph.Revisions, func(known migrate.Revision) bool { return known.ID == id }) {
			return r.refuse(plan.RevisionChanged, fmt.Sprintf("production is at revision %q, which the merged code does not have", id),
				"find the commit that has this revision, and merge it, or put its file back")
		}
	}
	r.scene.pending = graph.Pending(at)
	r.scene.nothingPending = slices.Equal(at, graph.Heads)
	return nil
}

// pending are the revisions that any target lacks, in their order.
func (r *run) pending() []string {
	var all []string
	for _, p := range r.parts {
		for _, id := range p.scene.pending {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// removeRehearsal removes the pull request's branch, once production has what it was for.
func (r *run) removeRehearsal(ctx context.Context) error {
	if r.task.Number == 0 {
		return nil
	}
	b, found, err := r.Neon.BranchByName(ctx, r.task.Project, r.task.branchName())
	if err != nil || !found {
		return err
	}
	if err := r.removeBranch(ctx, b); err != nil {
		return err
	}
	r.report.Swept = append(r.report.Swept, report.Swept{Branch: b.Name, Number: r.task.Number, Outcome: "removed"})
	return nil
}
