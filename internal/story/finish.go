package story

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

const (
	// lastWords is the time that remains after a signal, once the migration tool is gone: the
	// whole program must end within five seconds, of which the tool may take three.
	lastWords = 1500 * time.Millisecond
	// postLimit is the time for telling about a run that nobody stops.
	postLimit = 2 * time.Minute
	// commentMarker names the sticky comment of a rehearsal; a promotion has its own.
	commentMarker = "neon-migrations"
)

// finish judges how the story ended, completes the report and posts it.
func (r *run) finish(ctx context.Context, err error) (Outcome, error) {
	if errors.Is(err, errDone) {
		err = nil
	}
	r.conclude(ctx, err)
	r.gather()
	r.report.Took = r.Now().Sub(r.report.StartedAt)
	posting, cancel := afterwards(ctx, postLimit)
	defer cancel()
	r.post(posting)
	r.review(posting)
	r.openGate(posting)
	r.outcome.Report = r.report
	if r.report.Kind == report.Rehearsal && r.parts[0].scene.address.Host != "" {
		r.outcome.Address = r.parts[0].scene.address.URL()
	}
	if r.report.Verdict == report.Block {
		return r.outcome, nil
	}
	return r.outcome, err
}

// afterwards is the context for what must still be done when a story is over: at most limit,
// and only lastWords from the moment that a signal stops the run. A run that merely took too
// long is in nobody's way.
func afterwards(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	hurry := context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			time.AfterFunc(lastWords, cancel)
		}
	})
	return after, func() { hurry(); cancel() }
}

// conclude sets the verdict and, for a run that did not come to its end, the failure.
func (r *run) conclude(ctx context.Context, err error) {
	switch {
	case err == nil && r.report.Verdict == "":
		r.report.Verdict = r.verdict()
	case err == nil:
	case r.scene.refused:
		r.report.Verdict = report.Block
		r.report.Failure = failure(err)
	case ctx.Err() != nil:
		r.report.Verdict = report.Cancelled
		r.report.Failure = cancelled(ctx)
	default:
		r.report.Verdict = report.Failed
		r.report.Failure = failure(err)
		r.blame(err)
	}
	failed := r.report.Failure != nil
	r.report.Branch.Kept = failed && r.report.Kind == report.Rehearsal && r.report.Branch.ID != ""
}

// blame makes a migration that fails on real data what it is: a finding against the pull
// request and no trouble of the machine that found it.
func (r *run) blame(err error) {
	var failed *migrate.Error
	if !errors.As(err, &failed) {
		return
	}
	r.under.report.Revisions.Failed = failed.Revision
	r.report.Failure.Output = strings.Join(failed.Output, "\n")
	if failed.Revision != "" && r.report.Kind == report.Rehearsal && !ofTheMachine(failed.SQLState) {
		r.report.Verdict = report.Block
	}
}

// ofTheMachine tells failures that say nothing about the revision: a lost connection, too few
// resources, a server that is shut down (PostgreSQL's appendix A, classes 08, 53, 57P and 58).
func ofTheMachine(sqlstate string) bool {
	for _, class := range []string{"08", "53", "57P", "58"} {
		if strings.HasPrefix(sqlstate, class) {
			return true
		}
	}
	return false
}

func failure(err error) *report.Failure {
	f := &report.Failure{What: err.Error()}
	if explanation, ok := fault.Explain(err); ok {
		f.Why, f.Do = explanation.Why, explanation.Do
	}
	return f
}

func cancelled(ctx context.Context) *report.Failure {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return &report.Failure{
			What: "the run took longer than it may", Why: "the time given by the input timeout is over",
			Do: "raise the input timeout, or look which step took long",
		}
	}
	return &report.Failure{
		What: "the run was cancelled", Why: "somebody or a newer run stopped it",
		Do: "run it again if no newer run does",
	}
}

// post keeps the sticky comment; the merge queue has its own page for results. That it could not be posted never changes the verdict: the
// report then stands in the job summary, with the reason.
func (r *run) post(ctx context.Context) {
	if r.GitHub == nil || !r.task.Comment || r.task.Number == 0 || r.task.Queue || r.task.Promotion.DryRun {
		return
	}
	if r.scene.nothingPending && !r.untold(ctx) {
		return
	}
	sealed, err := r.sealedPlan()
	if err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("This rehearsal leaves no plan for the promotion: %v", err))
	}
	remembered := r.remembered() + sealed
	body := r.Mask(report.Markdown(r.report, report.CommentLimit-len(remembered))) + remembered
	url, err := r.GitHub.UpsertComment(ctx, r.task.Number, r.marker(), body)
	r.outcome.CommentURL = url
	if err == nil {
		return
	}
	note := fmt.Sprintf("the comment could not be posted: %v", err)
	if explanation, ok := fault.Explain(err); ok {
		note += "\n" + explanation.Do
	}
	r.report.Notes = append(r.report.Notes, note)
	r.Progress.Say(note)
}
