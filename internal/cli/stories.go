package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// theatre is all that a story needs, put up from the flags and the environment, and how to
// take it down again.
type theatre struct {
	in      *invocation
	config  config.Config
	event   actions.Event // zero where no workflow runs this
	runner  *actions.Runner
	masker  *secret.Masker
	stage   *story.Stage
	screen  *screen
	child   io.Writer // see childOutput
	silence func()    // ends the child's output; nil before it began
	closers []func()
}

func (t *theatre) close() {
	t.hush()
	for i := len(t.closers) - 1; i >= 0; i-- {
		t.closers[i]()
	}
}

// open reads the configuration and masks its secrets before anything else is printed.
func (in *invocation) open() (*theatre, error) {
	set := config.Register(in.flags, in.command.name)
	if err := in.parseOnlyFlags(); err != nil {
		return nil, err
	}
	c, err := set.Load(in.Getenv)
	if err != nil {
		return nil, err
	}
	out := in.Stderr
	if hosted(in.Getenv) {
		out = in.Stdout // one stream, so that masks and fences stand where they were put
	}
	t := &theatre{in: in, config: c, runner: actions.New(in.Getenv, out), masker: &secret.Masker{}}
	t.hide(c.Secrets()...)
	t.screen = newScreen(in.World, t.runner, t.masker, c.Output)
	t.closers = append(t.closers, t.screen.close)
	return t, nil
}

func (t *theatre) hide(secrets ...secret.Text) {
	t.masker.Add(secrets...)
	t.runner.Mask(secrets...)
}

// setStage opens the ways to Neon and GitHub. With --local a Neon is started first.
func (t *theatre) setStage(ctx context.Context) error {
	if t.config.Local.Enabled {
		if err := t.startLocal(ctx); err != nil {
			return err
		}
	}
	if err := t.config.RequireNeon(); err != nil {
		return err
	}
	logger := t.logger()
	neon, err := neonapi.New(neonapi.Config{
		BaseURL: t.config.Neon.API, Key: t.config.Neon.Key, UserAgent: userAgent,
		Poll: t.poll(), Logger: logger, Notice: t.screen.Say,
	})
	if err != nil {
		return err
	}
	t.stage = t.bareStage(logger)
	t.stage.Neon, t.stage.PlanKey = neon, cmp.Or(t.config.Promotion.PlanKey, t.config.Neon.Key)
	if console, found := strings.CutSuffix(t.config.Neon.API, "/api/v2"); found && console == neonConsole {
		t.stage.Console = console
	}
	t.stage.GitHub, err = t.github(logger)
	return err
}

// poll is how often Neon is asked whether it is done: one on this machine often, Neon's own at
// the client's pace.
func (t *theatre) poll() time.Duration {
	address, err := url.Parse(t.config.Neon.API)
	if err == nil && net.ParseIP(address.Hostname()).IsLoopback() {
		return 50 * time.Millisecond
	}
	return 0
}

const (
	userAgent   = "neon-migrations"
	neonConsole = "https://console.neon.tech"
)

// bareStage is a stage without Neon and GitHub: enough for what needs no secret.
func (t *theatre) bareStage(logger *slog.Logger) *story.Stage {
	return &story.Stage{Hide: t.hide, Mask: t.masker.Mask, Progress: t.screen, Output: t.childOutput(), Logger: logger, Now: t.in.Now}
}

// childOutput is where the project's own code prints to: masked line by line, and fenced off
// from the runner's commands until hush.
func (t *theatre) childOutput() io.Writer {
	if t.child == nil {
		fenced, unfence := t.runner.Fence()
		masked := t.masker.Writer(t.screen.beside(fenced))
		t.silence = sync.OnceFunc(func() { masked.Close(); unfence() })
		t.child = masked
	}
	return t.child
}

// hush prints what the project's code left without an end of line, and takes the fence away:
// what follows is ours.
func (t *theatre) hush() {
	if t.silence != nil {
		t.silence()
	}
}

func (t *theatre) logger() *slog.Logger {
	if !t.config.Output.Verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(t.masker.Writer(t.screen), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// github is nil where there is no token or no repository to speak of.
func (t *theatre) github(logger *slog.Logger) (*github.Client, error) {
	owner, repo := t.repository()
	if t.config.GitHub.Token == "" || repo == "" {
		return nil, nil
	}
	return github.New(github.Config{
		BaseURL: t.in.Getenv("GITHUB_API_URL"), Token: t.config.GitHub.Token,
		Owner: owner, Repo: repo, UserAgent: userAgent, Logger: logger,
	})
}

func (t *theatre) repository() (owner, repo string) {
	if t.event.Repo != "" {
		return t.event.Owner, t.event.Repo
	}
	owner, repo, _ = strings.Cut(t.in.Getenv("GITHUB_REPOSITORY"), "/")
	return owner, repo
}

// task says in the story's words what flags and event ask for.
func (t *theatre) task() story.Task {
	c := t.config
	task := story.Task{
		Number: t.event.Number, URL: t.event.URL, HeadSHA: t.event.HeadSHA, RunURL: t.event.RunURL,
		Queue:   t.event.Name == "merge_group",
		Project: c.Neon.Project, Production: c.Neon.Production, Prefix: c.Neon.Prefix, ExpiresIn: c.Neon.ExpiresIn,
		Database: c.Neon.Database, Role: c.Neon.Role, Targets: targets(c), Databases: c.Neon.Databases, EveryDatabase: c.Neon.EveryDatabase,
		Alembic: migrate.Locate{
			Dir: t.in.path(c.Alembic.Directory), Config: c.Alembic.Config, Section: c.Alembic.Section,
			Python: c.Alembic.Python, Getenv: t.in.Getenv,
		},
		Prepare:         t.preparation(),
		Environment:     migrate.Env{URLVariable: c.Alembic.URLVariable, Pass: c.Alembic.Env, X: c.Alembic.Args},
		ModelDrift:      story.Policy(c.ModelDrift),
		ProductionDrift: story.Policy(c.ProductionDrift),
		Stairway:        story.Policy(c.Stairway),
		WriteRevision:   c.WriteRevision,
		Risk:            t.risk(),
		Promotion:       t.promotion(),
		Comment:         c.GitHub.Comment, Key: c.GitHub.CommentKey, Status: c.GitHub.Status,
		StalePlans: map[config.Stale]story.Policy{config.Fail: story.Block, config.Again: story.Again, config.Leave: story.Ignore}[c.Promotion.StalePlans],
	}
	if owner, repo := t.repository(); repo != "" {
		task.Repository = owner + "/" + repo
	}
	if c.GitHub.PullRequest != 0 {
		task.Number = c.GitHub.PullRequest
	}
	if c.GitHub.Commit != "" {
		task.HeadSHA = c.GitHub.Commit
	}
	return task
}

func targets(c config.Config) []story.Target {
	var all []story.Target
	for _, one := range c.Targets {
		all = append(all, story.Target{Database: one.Database, Section: one.Section, X: one.Args})
	}
	return all
}

func (t *theatre) risk() story.Risk {
	c := t.config.Risk
	limits := hazard.DefaultLimits()
	limits.WarnBlocked, limits.StopBlocked = c.WarnBlocked, c.StopBlocked
	base := c.Base
	if base == "" {
		base = t.event.BaseSHA
	}
	return story.Risk{
		Limits: limits, FailOn: c.FailOn, Probe: c.Probe, Deploy: c.Deploy, Review: c.Review, Base: base, Override: c.Override,
	}
}

func (t *theatre) promotion() story.Promotion {
	c := t.config.Promotion
	p := story.Promotion{
		RequirePlan: story.Demand(c.RequirePlan), PlanAge: c.PlanAge,
		RestoreFor: c.RestoreExpiresIn, RestoreRequired: c.RestorePoint == config.Required, RestoreOnFailure: c.RestoreOnFailure,
		LockTimeout: c.LockTimeout, ConcurrentTimeout: c.ConcurrentTimeout, StatementTimeout: c.StatementTimeout, RetryFor: c.RetryFor, QueueFor: c.QueueFor,
		Environment: c.Environment, ClearLabel: c.ClearLabel, Cleared: c.Cleared, DryRun: c.DryRun,
	}
	if c.Moved == config.Stop {
		p.Moved = story.Block
	}
	if c.RestorePoint == config.None {
		p.RestoreFor = 0
	}
	return p
}

func runRehearse(ctx context.Context, in *invocation) error {
	return in.tell(ctx, (*story.Stage).Rehearse)
}

func runPromote(ctx context.Context, in *invocation) error {
	return in.tell(ctx, (*story.Stage).Promote)
}

func runCleanup(ctx context.Context, in *invocation) error {
	return in.tell(ctx, (*story.Stage).Cleanup)
}

func runDrift(ctx context.Context, in *invocation) error {
	return in.tell(ctx, (*story.Stage).Drift)
}

// tale is one of the stories.
type tale func(*story.Stage, context.Context, story.Task) (story.Outcome, error)

// tell runs one story by hand and prints its report.
func (in *invocation) tell(ctx context.Context, tale tale) error {
	t, err := in.open()
	if err != nil {
		return err
	}
	defer t.close()
	ctx, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	if err := t.setStage(ctx); err != nil {
		return err
	}
	outcome, err := tale(t.stage, ctx, t.task())
	return t.settle(outcome, err)
}

// preparation is how the project's dependencies are installed; nil if that was not asked for.
func (t *theatre) preparation() func(context.Context) (migrate.Prepared, error) {
	words := t.config.Alembic.Prepare
	if len(words) == 0 || words[0] == "none" {
		return nil
	}
	return func(ctx context.Context) (migrate.Prepared, error) {
		home, err := os.MkdirTemp("", "neon-migrations-python-")
		if err != nil {
			return migrate.Prepared{}, fmt.Errorf("making a directory for the project's Python: %w", err)
		}
		t.closers = append(t.closers, func() { os.RemoveAll(home) })
		return migrate.Preparation{
			Words: words, Packages: t.config.Alembic.Packages, Dir: t.in.path(t.config.Alembic.Directory), Home: home,
			Getenv: t.in.Getenv, Output: t.childOutput(),
		}.Prepare(ctx, t.in.Environ)
	}
}
