package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// Promote upgrades production to the head of the merged code, verifies that it is there, and
// removes the pull request's branch. Running it twice upgrades once. The pull request is
// found by its number, or by the commit that landed.
func (s *Stage) Promote(ctx context.Context, t Task) (Outcome, error) {
	r := s.begin(report.Promotion, t)
	defer r.leave(ctx)
	err := r.inOrder(ctx,
		step{"find the pull request", r.findPullRequest},
		step{"install dependencies", r.installation()},
		step{"find the Alembic project", r.findProject},
		step{"connect to production", r.enterProduction},
		step{"wait for other promotions", r.lockProduction},
		step{"look where production is", r.lookAtProduction},
		step{"snapshot before", r.snapshotBefore},
		step{"upgrade production", r.upgradeProduction},
		step{"verify", r.verify},
	)
	if err == nil || errors.Is(err, errDone) {
		r.leaveBranch(ctx)
		err = nil
	}
	return r.finish(ctx, err)
}

// leaveBranch removes the pull request's branch. Production has what was promised: that the
// branch stays is worth a warning and no failure.
func (r *run) leaveBranch(ctx context.Context) {
	err := r.take(ctx, step{"remove the branch", r.removeRehearsal})
	r.report.Verdict = r.verdict()
	if err != nil {
		r.report.Verdict = report.Warn
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("Production is upgraded. The branch %s stays until it expires: %v", r.task.branchName(), err))
	}
}

// lockPause lies between two tries to get the lock.
const lockPause = time.Second

// lockProduction lets one promotion at a time work on the database: an advisory lock on the
// story's own session, so that it goes with it. It polls, because a session that waits in
// pg_advisory_lock holds a snapshot, on which the other's CREATE INDEX CONCURRENTLY would wait.
func (r *run) lockProduction(ctx context.Context) error {
	for told := false; ; told = true {
		var got bool
		err := r.scene.conn.QueryRow(ctx, "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('neon-migrations'), pg_catalog.hashtext(pg_catalog.current_database()))").Scan(&got)
		if err != nil {
			return fmt.Errorf("asking for the lock of promotions: %w", err)
		}
		if got {
			return nil
		}
		if !told {
			r.Progress.Say("another promotion is at work on this database; waiting for it")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
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
	return r.enter(ctx)
}

// lookAtProduction refuses where an upgrade would not be what was reviewed, before anything
// is changed, and ends the story where there is nothing to do.
func (r *run) lookAtProduction(ctx context.Context) error {
	if err := r.runAlembic(ctx, migrate.Run{}); err != nil {
		return err
	}
	at, graph := r.scene.result.Before, r.scene.result.Graph
	r.scene.refused = true // until it is known that nothing stands against it
	if len(graph.Heads) > 1 {
		return fault.New("promoting to production", fmt.Sprintf("the merged code has %d heads: %s", len(graph.Heads), strings.Join(graph.Heads, ", ")),
			`nothing was changed; run alembic merge -m "merge heads" heads in a pull request`)
	}
	for _, id := range at {
		if !slices.ContainsFunc(graph.Revisions, func(known migrate.Revision) bool { return known.ID == id }) {
			return fault.New("promoting to production", fmt.Sprintf("production is at revision %q, which the merged code does not have", id),
				"nothing was changed; find the commit that has this revision, and merge it, or put its file back")
		}
	}
	if slices.Equal(at, graph.Heads) {
		r.report.Notes = append(r.report.Notes, "Nothing was pending: production is at the head already.")
		r.scene.nothingPending = true
		return errDone
	}
	r.scene.refused = false
	return nil
}

func (r *run) upgradeProduction(ctx context.Context) error {
	err := r.runAlembic(ctx, migrate.Run{Upgrade: allHeads})
	if err == nil {
		return nil
	}
	// Whoever is called at night must know what state production is in before anything else.
	r.report.Notes = append(r.report.Notes, r.whereProductionStands(ctx))
	return err
}

// standLimit is the time to find out what a failed upgrade left: a snapshot waits for locks.
const standLimit = 30 * time.Second

// whereProductionStands asks the database itself: the failed process may not have been able to tell.
func (r *run) whereProductionStands(ctx context.Context) string {
	ctx, cancel := afterwards(ctx, standLimit)
	defer cancel()
	if err := r.snapshotAfter(ctx); err != nil {
		return "What state production is in could not be found out: " + err.Error()
	}
	if r.report.Fingerprint.After == r.report.Fingerprint.Before {
		return "Production's schema is what it was before: the upgrade left nothing behind."
	}
	return fmt.Sprintf("Production was left half-way: its schema differs from before in %s, listed here.",
		count(len(r.report.Changes), "object"))
}

// verify looks at production from fresh connections: an env.py can make Alembic end well and
// commit nothing.
func (r *run) verify(ctx context.Context) error {
	upgraded := r.report.Revisions
	err := r.runAlembic(ctx, migrate.Run{})
	r.report.Revisions = upgraded
	if err != nil {
		return err
	}
	at, heads := r.scene.result.Before, r.scene.result.Graph.Heads
	r.report.Revisions.To = at
	if err := r.snapshotAfter(ctx); err != nil {
		return err
	}
	r.report.Checks = []report.Check{r.checkHistory()}
	if !slices.Equal(at, heads) {
		return fault.New("verifying production", fmt.Sprintf("Alembic reported success, yet production is at %s and not at %s", names(at), names(heads)),
			"look whether env.py commits: statements before context.begin_transaction() make Alembic run and commit nothing")
	}
	return nil
}

func names(revisions []string) string {
	if len(revisions) == 0 {
		return "no revision"
	}
	return strings.Join(revisions, ", ")
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
