package story

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// Cleanup removes the branch of one pull request or, without a number, every branch of ours
// whose pull request is closed. A branch that is gone already is a success.
func (s *Stage) Cleanup(ctx context.Context, t Task) (Outcome, error) {
	r := s.begin(report.Cleanup, t)
	r.task.Comment = false // a closed pull request has been told enough
	remove := step{"remove the branch", r.removeOne}
	if t.Number == 0 {
		remove = step{"sweep", r.sweep}
	}
	err := r.inOrder(ctx, step{"find production", r.rememberProduction}, remove)
	return r.finish(ctx, err)
}

func (r *run) rememberProduction(ctx context.Context) (err error) {
	r.scene.production, err = r.findProduction(ctx)
	return err
}

func (r *run) removeOne(ctx context.Context) error {
	if err := r.removeRehearsal(ctx); err != nil {
		return err
	}
	if len(r.report.Swept) == 0 {
		r.report.Swept = []report.Swept{{Branch: r.task.branchName(), Number: r.task.Number, Outcome: "kept", Why: "there is no such branch"}}
	}
	return nil
}

// sweep looks at every branch under the prefix. One that cannot be removed does not keep the
// others from being removed; the failures are told together at the end.
func (r *run) sweep(ctx context.Context) error {
	if r.GitHub == nil {
		return fault.Usage("sweeping branches", "without a token GitHub cannot be asked which pull requests are closed",
			"give github-token, or the number of one pull request")
	}
	var ours []neonapi.Branch
	for b, err := range r.Neon.Branches(ctx, r.task.Project, r.task.Prefix+"/") {
		if err != nil {
			return err
		}
		// A restore point outlives its pull request: it goes when it expires.
		if r.task.notOurs(b, r.scene.production) == "" && b.Annotation[annotationKind] != kindRestorePoint {
			ours = append(ours, b)
		}
	}
	var failures []error
	for _, b := range ours {
		failures = append(failures, r.sweepOne(ctx, b))
	}
	return errors.Join(failures...)
}

func (r *run) sweepOne(ctx context.Context, b neonapi.Branch) error {
	swept := report.Swept{Branch: b.Name, Outcome: "kept"}
	swept.Number, _ = strconv.Atoi(b.Annotation[annotationNumber]) // none: 0
	over, why, err := r.isOver(ctx, swept.Number)
	swept.Why = why
	if err == nil && over {
		r.Progress.Say("removing " + b.Name)
		err = r.removeBranch(ctx, b)
		swept.Outcome = "removed"
	}
	if err != nil {
		swept.Outcome, swept.Why = "failed", err.Error()
		err = fmt.Errorf("sweeping %s: %w", b.Name, err)
	}
	r.report.Swept = append(r.report.Swept, swept)
	return err
}

// isOver tells whether a branch has done its work. Those made by hand go by their expiry. A
// merged pull request's branch goes too: if its promotion failed, production keeps the
// revisions that it has, and the branch is made anew in a second.
func (r *run) isOver(ctx context.Context, number int) (over bool, why string, err error) {
	if number == 0 {
		return false, "made by hand: it goes when it expires", nil
	}
	pr, err := r.GitHub.PullRequest(ctx, number)
	switch {
	case err != nil:
		return false, "", err
	case pr.State == "closed":
		return true, "the pull request is closed", nil
	}
	return false, "the pull request is open", nil
}
