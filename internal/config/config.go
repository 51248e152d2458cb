// Package config is every knob of the program, once. One table ([Inputs]) is the source
// of the Action's inputs, of the flags, of the environment variables and of the reference
// in the README; [Set.Load] reads them all and tells every mistake at once.
package config

import (
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Command names which story is told. See the stories in ARCHITECTURE.md.
type Command string

// The stories; Auto lets the event of the workflow choose.
const (
	Auto     Command = "auto"
	Rehearse Command = "rehearse"
	Promote  Command = "promote"
	Cleanup  Command = "cleanup"
	Drift    Command = "drift"
)

// Policy says what a finding does to the verdict.
type Policy string

// Block fails the run, Warn is told, Ignore is not even looked for.
const (
	Block  Policy = "block"
	Warn   Policy = "warn"
	Ignore Policy = "ignore"
)

// Format is the form of the result on standard output.
type Format string

// The forms a result can have.
const (
	Text     Format = "text"
	Markdown Format = "markdown"
	JSON     Format = "json"
)

// Config is what the user asked for: typed, validated, with defaults filled in. Only
// [Set.Load] makes one.
type Config struct {
	// Command is what the command input says: auto unless given. The commands that are
	// named on the command line do not read that input and leave it empty.
	Command Command
	Neon    Neon
	Local   Local
	Alembic Alembic
	GitHub  GitHub
	Output  Output

	// Targets are several configurations that are run as one, in their order; nil for the one that Alembic and Neon say.
	Targets []Target

	// ModelDrift is what happens when the models are ahead of the revisions.
	ModelDrift Policy
	// ProductionDrift is what happens when production is not what its revisions make.
	ProductionDrift Policy
	// Stairway is what happens when a downgrade fails or leaves something behind.
	Stairway  Policy
	Risk      Risk
	Promotion Promotion
	// WriteRevision asks for the operations that the models miss as a file in the project.
	WriteRevision bool
	// Timeout ends the whole run.
	Timeout time.Duration
}

// Neon says which project and which branches.
type Neon struct {
	Key     secret.Text // empty where the workflow has no secrets (forks, Dependabot); see Config.RequireNeon
	Project string
	API     string // without a slash at its end
	// Production is the name of the branch to rehearse against; empty means the project's default branch.
	Production string
	// Prefix and the pull request's number make the branch's name, see Config.BranchName.
	Prefix    string
	ExpiresIn time.Duration
	Database  string // empty: the branch's only database
	// Databases are several, in their order; EveryDatabase stands for all of the branch.
	Databases     []string
	EveryDatabase bool
	Role          string // empty: the owner of Database
}

// Local asks for a Neon on this machine instead of Neon's service.
type Local struct {
	Enabled   bool
	Directory string // empty: temporary, removed at the end
}

// Alembic says where the migrations are and how they are run.
type Alembic struct {
	Directory string // working directory of the project; "." unless given
	Config    string // alembic.ini; empty: looked for
	Section   string
	Args      []string // key=value, as after alembic's -x
	Python    string   // empty: looked for
	// Prepare is how the project's Python environment is made: "none", "auto", or the words of a
	// command, which is run without a shell.
	Prepare []string
	// Packages are installed besides what the project names.
	Packages []string
	// URLVariable is the variable in which env.py looks for the address; several have spaces between.
	URLVariable string
	// Env is handed to the project's code in addition; it never holds a secret of ours.
	Env map[string]string
}

// GitHub says what to tell whom about the result.
type GitHub struct {
	Token       secret.Text
	PullRequest int    // 0: from the event
	Commit      string // empty: from the event
	// Status is the name of the commit status; empty for none.
	Status     string
	Comment    bool
	CommentKey string
}

// Output says where results go besides the pull request.
type Output struct {
	Format Format
	Report string // path of the report's JSON; empty: none
	// DatabaseURL makes the branch's address an output of the step, masked.
	DatabaseURL bool
	Quiet       bool
	Verbose     bool
}

// BranchName is the name of a pull request's Neon branch, such as ci/pr-42.
func (c Config) BranchName(pullRequest string) string {
	return c.Neon.Prefix + "/pr-" + pullRequest
}

// Secrets lists what must be masked before anything else is printed.
func (c Config) Secrets() []secret.Text {
	var given []secret.Text
	for _, s := range []secret.Text{c.Neon.Key, c.GitHub.Token, c.Promotion.PlanKey} {
		if s != "" {
			given = append(given, s)
		}
	}
	return given
}

// RequireNeon tells what is missing to reach Neon, as a usage fault; nil if nothing is, or
// if the run is local. It is apart from Load because a workflow started by a fork has no
// secrets, and that is no mistake of anyone: ask once it is known that this is not such a run.
func (c Config) RequireNeon() error {
	if c.Local.Enabled {
		return nil
	}
	var missing, cure []string
	if c.Neon.Key == "" {
		missing = append(missing, "neon-api-key")
		cure = append(cure, "`neon-api-key: ${{ secrets.NEON_API_KEY }}` (make a key in Neon's console under Account settings, API keys; then run `gh secret set NEON_API_KEY`)")
	}
	if c.Neon.Project == "" {
		missing = append(missing, "neon-project-id")
		cure = append(cure, "`neon-project-id: ${{ vars.NEON_PROJECT_ID }}` (it is in Neon's console under Settings; then run `gh variable set NEON_PROJECT_ID`)")
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.Usage(
		strings.Join(missing, " and ")+" not given",
		"without it no Neon branch can be made; a workflow sees a secret or variable only if its repository, organization or environment has it",
		"add to the step's `with:` block "+strings.Join(cure, " and ")+
			"; in a terminal set NEON_API_KEY and NEON_PROJECT_ID, or use --local to run without Neon")
}
