package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// deploymentPayload is what a deployment on GitHub keeps of a promotion.
type deploymentPayload struct {
	Tool     string `json:"made-by"`
	Project  string `json:"project"`
	Database string `json:"database"`
	Key      string `json:"key,omitempty"`
	Number   int    `json:"number,omitempty"`
	Plan     string `json:"plan,omitempty"`
	// Predicted is how long the revisions took on the copy, PredictedLock the longest lock there. What they took on
	// production stands in the description of the status that ends the deployment: its payload never changes.
	Predicted     time.Duration `json:"predicted_ns"`
	PredictedLock time.Duration `json:"predicted_lock_ns"`
}

func (r *run) deploys() bool {
	return r.GitHub != nil && r.task.Promotion.Environment != "" && r.task.HeadSHA != ""
}

// ours tells a deployment that a promotion to this very database made.
func (r *run) ours(payload json.RawMessage) bool {
	var p deploymentPayload
	return json.Unmarshal(payload, &p) == nil && p.Tool == toolName && p.Project == r.task.Project && p.Database == r.report.Database && p.Key == r.task.Key
}

// lastPromotion refuses as long as the last promotion failed and nobody with write access said since that others
// may go on. The same commit may: somebody runs it again.
func (r *run) lastPromotion(ctx context.Context) error {
	if !r.deploys() {
		return nil
	}
	last, found, err := r.GitHub.LastDeployment(ctx, r.task.Promotion.Environment, r.ours)
	if err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("How the last promotion ended is not known: %v", err))
		return nil
	}
	if found && r.unfinished(last) {
		r.scene.deployment = last.ID // of a run that was killed
	}
	if found && (last.State == "success" || last.State == "inactive") && last.SHA != r.task.HeadSHA {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The promotion before this one, of %.7s: %s.", last.SHA, last.Told))
	}
	if !found || last.State != "failure" && last.State != "error" || last.SHA == r.task.HeadSHA || r.task.Promotion.Cleared {
		return nil
	}
	var of deploymentPayload
	_ = json.Unmarshal(last.Payload, &of) // ours has read it
	label := r.task.Promotion.ClearLabel
	if of.Number != 0 && label != "" {
		by, at, cleared, err := r.GitHub.LabelledBy(ctx, of.Number, label, last.StateAt)
		if err == nil && cleared {
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("The promotion of %.7s failed; %s cleared it with the label %s at %s.", last.SHA, by, label, at.UTC().Format("2006-01-02 15:04 UTC")))
			return nil
		}
	}
	return r.refuse(plan.Uncleared, fmt.Sprintf("the promotion of commit %.7s (pull request #%d) failed at %s: %s", last.SHA, of.Number, last.StateAt.UTC().Format("2006-01-02 15:04 UTC"), last.Told),
		fmt.Sprintf("look at its comment; once production is in order, set the label %s on #%d, or run this once with go-on-after-failure: true", label, of.Number))
}

// findUnfinished finds the deployment of a run that upgraded production and was killed before it told.
func (r *run) findUnfinished(ctx context.Context) {
	if !r.deploys() {
		return
	}
	last, found, err := r.GitHub.LastDeployment(ctx, r.task.Promotion.Environment, r.ours)
	if err == nil && found && r.unfinished(last) {
		r.scene.deployment = last.ID
	}
}

// unfinished tells a deployment of this very commit that nobody ended, or that nobody came to begin.
func (r *run) unfinished(d github.Deployment) bool {
	return (d.State == "in_progress" || d.State == "") && d.SHA == r.task.HeadSHA
}

// beginDeployment tells GitHub that a promotion is under way. That it cannot be told stops nothing.
func (r *run) beginDeployment(ctx context.Context) error {
	if !r.deploys() {
		return nil
	}
	payload, err := json.Marshal(deploymentPayload{
		Tool: toolName, Project: r.task.Project, Database: r.report.Database, Key: r.task.Key, Number: r.task.Number,
		Plan: r.report.Promotion.Reviewed, Predicted: r.report.Promotion.Rehearsed, PredictedLock: longestHold(r.scene.copy.recordings()),
	})
	if err != nil {
		return err
	}
	if r.scene.deployment == 0 {
		r.scene.deployment, err = r.GitHub.CreateDeployment(ctx, github.Deployment{
			SHA: r.task.HeadSHA, Ref: r.task.HeadSHA, Environment: r.task.Promotion.Environment,
			Description: fmt.Sprintf("%s of %s", count(len(r.pending()), "revision"), r.report.Database), Payload: payload,
		})
	}
	if err == nil {
		err = r.GitHub.SetDeployment(ctx, r.scene.deployment, github.DeploymentStatus{State: "in_progress", LogURL: r.task.RunURL})
	}
	if err != nil && ctx.Err() == nil {
		r.tellUnannounced(err)
		return nil
	}
	return err
}

func (r *run) tellUnannounced(err error) {
	if github.Forbidden(err) {
		r.Logger.Debug("deployments are not allowed", "error", err)
		return
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("GitHub was not told of this deployment: %v", err))
}

// endDeployment tells GitHub how the promotion ended.
func (r *run) endDeployment(ctx context.Context, err error) {
	if r.scene.nothingPending && !r.task.Promotion.DryRun {
		r.findUnfinished(ctx)
	}
	if r.scene.deployment == 0 {
		return
	}
	told := r.report.Promotion
	if told.Took == 0 && (err == nil || errors.Is(err, errDone)) {
		told.Took = told.Rehearsed // another run upgraded, and was killed before it told
	}
	status := github.DeploymentStatus{
		State: "success", LogURL: r.task.RunURL,
		Description: r.fared(),
	}
	if err != nil && !errors.Is(err, errDone) {
		status.State, status.Description = "failure", "production is as it was before"
		if !r.scene.untouched {
			status.Description = "production was left half-way, or nobody knows: see the pull request"
		}
		if r.scene.refused && told.Stand == nil {
			status.State = "inactive"
		}
	}
	after, cancel := afterwards(ctx, postLimit)
	defer cancel()
	if err := r.GitHub.SetDeployment(after, r.scene.deployment, status); err != nil {
		r.tellUnannounced(err)
	}
}

// recordings are those of all targets.
func (r *run) recordings() []*recorder.Recording {
	var all []*recorder.Recording
	if r == nil {
		return nil
	}
	for _, p := range r.parts {
		if p.report.Recording != nil {
			all = append(all, p.report.Recording)
		}
	}
	return all
}

// longestHold is how long readers or writers of one table were kept out at most.
func longestHold(recordings []*recorder.Recording) time.Duration {
	var longest time.Duration
	for _, r := range recordings {
		for _, h := range r.Holds {
			if slices.Contains(closing, h.Mode) {
				longest = max(longest, h.End-h.Sure)
			}
		}
	}
	return longest
}
