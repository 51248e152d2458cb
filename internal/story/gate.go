package story

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// gates tells whether this run speaks on the commit: a rehearsal does, of a pull request or of the queue.
func (r *run) gates() bool {
	return r.GitHub != nil && r.task.Status != "" && r.task.HeadSHA != "" &&
		(r.report.Kind == report.Rehearsal || r.report.Kind == report.Checking) && !r.task.Copy
}

// closeGate holds the merge until this rehearsal has ended. The status stands on the pull request's own commit,
// also where the workflow ran on GitHub's merge of it.
func (r *run) closeGate(ctx context.Context) {
	if r.gates() {
		r.setStatus(ctx, r.task.HeadSHA, "pending", "the migrations are being rehearsed")
	}
}

// openGate tells how the rehearsal ended.
func (r *run) openGate(ctx context.Context) {
	if !r.gates() {
		return
	}
	state := map[report.Verdict]string{
		report.Pass: "success", report.Warn: "success", report.Neutral: "success", report.Block: "failure",
		report.Failed: "error", report.Cancelled: "error",
	}[r.report.Verdict]
	said := r.report.Headline()
	if r.report.Plan != "" {
		said += " · " + planWord(r.report.Plan)
	}
	r.setStatus(ctx, r.task.HeadSHA, state, said)
}

// planWord is how a status names a plan: "plan " and enough of its digest to compare.
func planWord(digest string) string {
	_, hash, _ := strings.Cut(digest, ":")
	return fmt.Sprintf("plan %.12s", hash)
}

// planNamed finds that in a status.
var planNamed = regexp.MustCompile(`plan [0-9a-f]{12}\b`)

// gateDisagrees refuses a plan that the status of the rehearsed commit does not name: a comment can be put back to
// what it was before, with its seal. A status that names no plan, or cannot be read, says nothing.
func (r *run) gateDisagrees(ctx context.Context, reviewed plan.Reviewed) error {
	if r.task.Status == "" || reviewed.HeadSHA == "" {
		return nil
	}
	status, _, err := r.GitHub.StatusOf(ctx, reviewed.HeadSHA, r.task.statusContext())
	if err != nil {
		r.Logger.Debug("the rehearsed commit's status could not be read", "error", err)
		return nil
	}
	named, has := planNamed.FindString(status.Description), planWord(reviewed.Plan.Digest())
	if named == "" || named == has {
		return nil
	}
	return fmt.Errorf("the comment of pull request #%d has %s, and the status of commit %.7s names %s", reviewed.Number, has, reviewed.HeadSHA, named)
}

// setStatus never changes the verdict: a workflow without the permission has its own job as the gate.
func (r *run) setStatus(ctx context.Context, sha, state, description string) {
	err := r.GitHub.SetStatus(ctx, sha, github.Status{Context: r.task.statusContext(), State: state, Description: r.Mask(description), URL: r.task.RunURL})
	if err != nil && !github.Forbidden(err) && !errors.Is(err, context.Canceled) {
		r.Logger.Warn("the commit's status could not be set", "error", err)
	}
}

// statusContext is the name that branch protection knows the gate by; several projects have one each.
func (t Task) statusContext() string {
	if t.Key == "" {
		return t.Status
	}
	return t.Status + "/" + t.Key
}

// tellStale tells the open pull requests whose plan begins where production no longer is. What keeps it from
// telling one keeps it from none of the others, and fails nothing: the promotion compares again.
func (r *run) tellStale(ctx context.Context) {
	if r.GitHub == nil || r.task.StalePlans == Ignore || r.task.Promotion.DryRun || r.scene.nothingPending && !r.catchesUp(ctx) {
		return
	}
	for pr, err := range r.GitHub.PullRequests(ctx, "open") {
		if err != nil {
			r.Logger.Warn("open pull requests could not be listed", "error", err)
			return
		}
		reviewed, err := r.planOf(ctx, pr.Number)
		if err != nil || reviewed.Plan.Empty() || r.stillAt(reviewed.Plan) {
			continue
		}
		r.staleOne(ctx, pr, reviewed.Run)
	}
}

// catchesUp tells that an earlier run moved production and did not come to tell. Where production is now, it read.
func (r *run) catchesUp(ctx context.Context) bool {
	if !r.untold(ctx) {
		return false
	}
	err := r.all((*run).snapshotBefore)(ctx)
	if err != nil {
		r.Logger.Warn("production could not be read again", "error", err)
	}
	return err == nil
}

// stillAt tells that a plan begins where production is now. Of several targets on one database only the first plan
// begins there, and the last promotion ended there.
func (r *run) stillAt(p plan.Plan) bool {
	now, seen := map[string]string{}, map[string]bool{}
	for _, part := range r.parts {
		now[part.report.Database] = cmp.Or(part.report.Fingerprint.After, part.report.Fingerprint.Before)
	}
	for _, one := range p.Every() {
		if at, known := now[one.Database]; !seen[one.Database] && known && at != one.Before {
			return false
		}
		seen[one.Database] = true
	}
	return true
}

func (r *run) staleOne(ctx context.Context, pr github.PullRequest, workflow int64) {
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("The plan of pull request #%d is stale: production moved.", pr.Number))
	if r.task.StalePlans == Again && workflow != 0 {
		err := r.GitHub.Rerun(ctx, workflow)
		if err == nil {
			return // the rehearsal closes the gate itself
		}
		r.Logger.Warn("a rehearsal could not be started again", "pull request", pr.Number, "error", err)
	}
	if r.task.Status != "" {
		r.setStatus(ctx, pr.HeadSHA, "failure", fmt.Sprintf("production moved (#%d was promoted): run the rehearsal again", r.task.Number))
	}
}
