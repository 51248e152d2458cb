// Package story tells what the program does, in order: rehearse a pull request's revisions
// on a Neon branch, promote them to production after the merge, clean up. Each story reads
// like its paragraph in the README; the rooms below know how each step is done.
package story

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Stage is the world that a story plays in. All fields but Console and GitHub must be set.
type Stage struct {
	Neon *neonapi.Client
	// Console is the address of Neon's console, for links; "" for a Neon that has none.
	Console string
	// GitHub is nil where there is no token; then nothing is posted.
	GitHub *github.Client
	// Hide is told of every secret as soon as it is known, before anything is printed.
	Hide func(...secret.Text)
	// Mask replaces the secrets that Hide was told of. What is posted passes it: the runner's
	// own masks do not reach GitHub's API.
	Mask func(string) string
	// Progress is shown to whoever waits.
	Progress Progress
	// Output takes what the user's migrations print; it masks and fences.
	Output io.Writer
	Logger *slog.Logger
	Now    func() time.Time
	// PlanKey signs what a rehearsal promises, for the promotion to trust: the Neon API key, which can change
	// production anyway. Without it no plan is left, and none is found.
	PlanKey secret.Text
}

// Progress hears of each step as it begins and ends. Its methods are called from one
// goroutine at a time.
type Progress interface {
	Begin(step string)
	Say(text string)
	End(step string, took time.Duration, err error)
}

// Policy says what a kind of drift does to the verdict.
type Policy string

// The policies. Ignored drift is not even looked for.
const (
	Block  Policy = "block"
	Warn   Policy = "warn"
	Ignore Policy = "ignore"
	// Again is for stale plans alone: their rehearsal is run again.
	Again Policy = "again"
)

// Demand says when a plan must have been reviewed.
type Demand string

// The demands. Asked is whenever a pull request or a commit is named.
const (
	Asked  Demand = "auto"
	Always Demand = "always"
	Never  Demand = "never"
)

// Promotion says how production is upgraded.
type Promotion struct {
	RequirePlan Demand
	// PlanAge is how old a reviewed plan may be; 0 is any age.
	PlanAge time.Duration
	// Moved is what happens where production moved since the review and the changes are the same; Block stops.
	Moved Policy
	// RestoreFor is the life of the branch that keeps production as it was; 0 is none. RestoreRequired stops where
	// it cannot be had.
	RestoreFor      time.Duration
	RestoreRequired bool
	// RestoreOnFailure takes production back by itself where it was left half-way and nobody wrote since.
	RestoreOnFailure bool
	// LockTimeout and StatementTimeout are what the upgrade's sessions begin with; 0 is none. ConcurrentTimeout
	// stands in for LockTimeout where revisions build indexes CONCURRENTLY.
	LockTimeout, StatementTimeout, ConcurrentTimeout time.Duration
	// RetryFor is how long an upgrade that gets no lock is tried again, QueueFor how long another promotion
	// is waited for; 0 is without end.
	RetryFor, QueueFor time.Duration
	// Environment is GitHub's name of where this goes; "" tells GitHub of no deployment.
	Environment string
	// ClearLabel is what somebody with write access sets on the pull request of a promotion that failed, so that
	// others may go on; Cleared says the same for this run.
	ClearLabel string
	Cleared    bool
	// DryRun looks and tells, and changes nothing.
	DryRun bool
}

// Task is what a story is asked to do.
type Task struct {
	// Repository is OWNER/NAME, Number the pull request; both may be missing by hand.
	Repository string
	Number     int
	URL        string
	HeadSHA    string
	RunURL     string
	// Queue tells that the pull request stands in the merge queue: its branch is another one.
	Queue bool
	// Watch tells that nobody's pull request is looked at, but production itself.
	Watch bool
	// WriteRevision asks for the missing operations as a file in the project.
	WriteRevision bool

	// Project is the Neon project's id.
	Project string
	// Production is the name of the branch that is rehearsed against; "" is the project's default.
	Production string
	// Prefix begins the name of every branch of ours.
	Prefix string
	// ExpiresIn is the life of a branch after its last rehearsal.
	ExpiresIn time.Duration
	// Database and Role may be empty: the only database, and its owner.
	Database, Role string
	// Targets are several configurations, Databases several databases, worked on in this order as one; both are nil for
	// the usual one. EveryDatabase stands for all databases of the branch.
	Targets       []Target
	Databases     []string
	EveryDatabase bool

	// Prepare installs what the project needs. nil where nothing is to be installed. It is a step of the story, so
	// that its failure is told like every other, in the comment too.
	Prepare     func(context.Context) (migrate.Prepared, error)
	Alembic     migrate.Locate
	Environment migrate.Env
	ModelDrift  Policy
	// ProductionDrift and Stairway are policies for what a rehearsal looks at besides; "" is Ignore.
	ProductionDrift, Stairway Policy

	// Risk says what of a migration is measured.
	Risk Risk
	// Promotion says how production is upgraded.
	Promotion Promotion
	// Copy tells that the branch is a promotion's throw-away copy of production.
	Copy bool

	// Status is the name of the commit status that gates the merge; "" for none.
	Status string
	// StalePlans is what happens to the open pull requests when production moved: their status fails, the rehearsal
	// is run Again, or nothing (Ignore).
	StalePlans Policy

	// Comment asks for the sticky comment; Key tells several of them apart.
	Comment bool
	Key     string
}

// Outcome is how a story ended.
type Outcome struct {
	Report     report.Report
	CommentURL string
	// Annotations are what could not be said beside the lines on GitHub, gravest first.
	Annotations []github.Annotation
	// RevisionFile is the path of the revision that was written; "" without one.
	RevisionFile string
	// Address is the rehearsed branch's database; "" if there is none.
	Address secret.Text
}

// run is one telling of a story: what is known so far. Steps fill it in their order.
type run struct {
	*Stage
	task    Task
	report  report.Report
	outcome Outcome
	scene   scene
	detail  string // of the step under way, for the report

	// parts are the runs of the targets; where there is but one target, or none is chosen yet, the run itself. under
	// is the one that is worked on.
	parts []*run
	under *run
	// whole is the run that this one is a part of, nil for one that is none; name, target and done are the part's.
	whole  *run
	name   string
	target Target
	done   bool
}

func (s *Stage) begin(kind report.Kind, t Task) *run {
	r := &run{Stage: s, task: t, report: report.Report{
		Kind: kind, Project: t.Project, Database: t.Database, Key: t.Key, RunURL: t.RunURL, StartedAt: s.Now(),
		PullRequest: report.PullRequest{Repository: t.Repository, Number: t.Number, URL: t.URL, HeadSHA: t.HeadSHA},
	}}
	r.parts, r.under = []*run{r}, r
	return r
}

// step is one stage of a story, with its name in the report. One with nothing to do is left out.
type step struct {
	name string
	do   func(context.Context) error
}

// errDone ends a story early and well: there is nothing left to do.
var errDone = errors.New("nothing left to do")

// inOrder takes the steps one after the other until one fails.
func (r *run) inOrder(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		if err := r.take(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) take(ctx context.Context, s step) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s.do == nil {
		return nil
	}
	name := s.name
	if r.whole != nil {
		name = r.name + ": " + name
	}
	r.Progress.Begin(name)
	from := r.Now()
	err := s.do(ctx)
	taken := report.Step{Name: name + r.detail, Took: r.Now().Sub(from)}
	r.detail = ""
	shown := err
	switch {
	case errors.Is(err, errDone):
		shown = nil
	case err != nil:
		taken.Outcome = "failed"
	}
	whole := r.top()
	whole.report.Steps = append(whole.report.Steps, taken)
	r.Progress.End(name, taken.Took, shown)
	return err
}
