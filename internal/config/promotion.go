package config

import (
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Promotion says how production is upgraded.
type Promotion struct {
	// RequirePlan says when what is pending must have been rehearsed and reviewed.
	RequirePlan Demand
	// PlanKey signs plans; empty is the Neon API key.
	PlanKey secret.Text
	// PlanAge is how old a reviewed plan may be.
	PlanAge time.Duration
	// Moved is what happens where production moved since the review, and the changes are the same.
	Moved Way
	// RestorePoint says whether production is kept as it was, RestoreExpiresIn for how long.
	RestorePoint     Wish
	RestoreExpiresIn time.Duration
	// RestoreOnFailure takes production back by itself where the upgrade ended half-way and nobody wrote since.
	RestoreOnFailure bool
	// LockTimeout and StatementTimeout are what the upgrade's sessions begin with.
	LockTimeout, StatementTimeout time.Duration
	// ConcurrentTimeout is the lock timeout of revisions that work CONCURRENTLY.
	ConcurrentTimeout time.Duration
	// RetryFor is how long an upgrade that gets no lock is tried again, QueueFor how long another promotion
	// is waited for.
	RetryFor, QueueFor time.Duration
	// Environment is GitHub's name of where this goes; empty tells of no deployment.
	Environment string
	// ClearLabel lets others go on after a promotion that failed, Cleared is the same for this run.
	ClearLabel string
	Cleared    bool
	// DryRun looks and tells, and changes nothing.
	DryRun bool
	// StalePlans is what happens to open pull requests whose plan production left behind.
	StalePlans Stale
}

// Stale says what happens to stale plans.
type Stale string

// Fail sets their status, Again runs their rehearsal again, Leave does nothing.
const (
	Fail  Stale = "fail"
	Again Stale = "again"
	Leave Stale = "ignore"
)

// Demand says when something must be there.
type Demand string

// The demands.
const (
	Asked  Demand = "auto"
	Always Demand = "always"
	Never  Demand = "never"
)

// Way says whether to go on.
type Way string

// The ways.
const (
	Continue Way = "continue"
	Stop     Way = "stop"
)

// Wish says how much something is wanted.
type Wish string

// The wishes.
const (
	Required  Wish = "required"
	Preferred Wish = "preferred"
	None      Wish = "none"
)

// maxPlanAge is as good as any age.
const maxPlanAge = 365 * day

func promotionInputs() []Input {
	promotes := []string{"action", "promote"}
	return []Input{{
		Name: "require-plan", Default: "auto", Value: "auto|always|never", Commands: promotes,
		Doc:  "When only what a rehearsal left as a signed plan on its pull request may be promoted. `auto` is whenever a pull request or a commit is named, as it is in every workflow; `never` promotes what nobody reviewed.",
		read: choice(func(c *Config) *Demand { return &c.Promotion.RequirePlan }, Asked, Always, Never),
	}, {
		Name: "plan-key", Env: []string{"NEON_MIGRATIONS_PLAN_KEY"}, Value: "KEY", Secret: true, Commands: []string{"action", "rehearse", "promote"},
		Doc:  "Secret that rehearsals sign plans with, and that promotions trust: any long random text. Needed where the two run with different Neon API keys. Default: the Neon API key.",
		read: func(c *Config, v string) *mistake { c.Promotion.PlanKey = secret.Text(v); return nil },
	}, {
		Name: "plan-expires-in", Default: "30d", Value: "DURATION", Commands: promotes,
		Doc:  "How old a reviewed plan may be, such as `36h` or `7d`.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.PlanAge }, maxPlanAge),
	}, {
		Name: "moved-production", Default: "continue", Value: "continue|stop", Commands: promotes,
		Doc:  "What to do where production's schema is another one than at the review, and the same changes would happen to it, unless both orders were tried and lead to the same schema: then the plan is adapted. Where other changes would happen, a promotion always stops.",
		read: choice(func(c *Config) *Way { return &c.Promotion.Moved }, Continue, Stop),
	}, {
		Name: "restore-point", Default: "required", Value: "required|preferred|none", Commands: promotes,
		Doc:  "Keep production as it was before the upgrade, as a Neon branch without a compute. `preferred` goes on without one where the project has no room for a branch more.",
		read: choice(func(c *Config) *Wish { return &c.Promotion.RestorePoint }, Required, Preferred, None),
	}, {
		Name: "restore-point-expires-in", Default: "7d", Value: "DURATION", Commands: promotes,
		Doc:  "When Neon removes the restore point by itself; at most `30d`.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.RestoreExpiresIn }, maxExpiry),
	}, {
		Name: "restore-on-failure", Default: "false", Kind: Bool, Commands: promotes,
		Doc:  "Take production back to the restore point by itself where the upgrade ended half-way, if nobody else wrote to any database of the branch since. Where somebody did, or that cannot be told, nothing is taken back and both ways are told.",
		read: truth(func(c *Config) *bool { return &c.Promotion.RestoreOnFailure }),
	}, {
		Name: "lock-timeout", Default: "5s", Value: "DURATION", Commands: promotes,
		Doc:  "How long a statement of production's upgrade waits for a lock, with everybody else waiting behind it. What a revision sets for itself counts more.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.LockTimeout }, maxTimeout),
	}, {
		Name: "concurrent-timeout", Default: "15m", Value: "DURATION", Commands: promotes,
		Doc:  "The same for revisions that build or drop indexes CONCURRENTLY, which wait for every older transaction and keep nobody waiting.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.ConcurrentTimeout }, maxTimeout),
	}, {
		Name: "statement-timeout", Default: "30m", Value: "DURATION", Commands: promotes,
		Doc:  "How long a statement of production's upgrade may take. What a revision sets for itself counts more.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.StatementTimeout }, maxTimeout),
	}, {
		Name: "retry-for", Default: "10m", Value: "DURATION", Commands: promotes,
		Doc:  "How long an upgrade that got no lock, and left nothing behind, is tried again, with longer and longer pauses.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.RetryFor }, maxTimeout),
	}, {
		Name: "queue-for", Default: "30m", Value: "DURATION", Commands: promotes,
		Doc:  "How long another promotion to the same database is waited for.",
		read: span(func(c *Config) *time.Duration { return &c.Promotion.QueueFor }, maxTimeout),
	}, {
		Name: "environment", Default: "production", Value: "NAME", Commands: promotes,
		Doc:  "GitHub environment that promotions are told to as deployments; the job needs `permissions: deployments: write`. With it a promotion that failed keeps the next ones from starting. `none`: no deployment.",
		read: unlessNone(func(c *Config) *string { return &c.Promotion.Environment }),
	}, {
		Name: "clear-label", Default: "promotion-clear", Value: "LABEL", Commands: promotes,
		Doc:  "Label that lets the next promotions start after one that failed, if somebody with write access sets it on that one's pull request. `none`: there is no such label.",
		read: unlessNone(func(c *Config) *string { return &c.Promotion.ClearLabel }),
	}, {
		Name: "go-on-after-failure", Default: "false", Kind: Bool, Commands: promotes,
		Doc:  "Promote though the last promotion failed and nobody cleared it: for one run, by hand.",
		read: truth(func(c *Config) *bool { return &c.Promotion.Cleared }),
	}, {
		Name: "stale-plans", Default: "fail", Value: "fail|again|ignore", Commands: promotes,
		Doc:  "What a promotion does to the open pull requests whose plan begins where production no longer is: fail their commit status with words what to do, run their rehearsal again (the job needs `permissions: actions: write`), or nothing.",
		read: choice(func(c *Config) *Stale { return &c.Promotion.StalePlans }, Fail, Again, Leave),
	}, {
		Name: "dry-run", Default: "false", Kind: Bool, Commands: promotes,
		Doc:  "Tell each step of a promotion and its facts, and change nothing.",
		read: truth(func(c *Config) *bool { return &c.Promotion.DryRun }),
	}}
}

// unlessNone reads a line, and the word none as an empty one.
func unlessNone(field func(*Config) *string) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		if v == "none" {
			*field(c) = ""
			return nil
		}
		return line(field)(c, v)
	}
}
