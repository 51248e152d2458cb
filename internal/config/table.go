package config

import "time"

// maxExpiry is Neon's limit for the life of an expiring branch
// (https://neon.com/docs/guides/branch-expiration).
const maxExpiry = 30 * day

// maxTimeout is GitHub's limit for a job on its own runners.
const maxTimeout = 6 * time.Hour

// Inputs is the table, in the order in which people read it: what everybody sets first.
// It is built anew at each call, so a caller may change its copy.
func Inputs() []Input {
	var all []Input
	for _, part := range [][]Input{neonInputs(), alembicInputs(), targetInputs(), riskInputs(), promotionInputs(), githubInputs(), outputInputs(), flagInputs()} {
		all = append(all, part...)
	}
	return all
}

// stories are the commands that rehearse, promote, clean up or watch.
func stories() []string { return []string{"action", "rehearse", "promote", "cleanup", "drift"} }

// runs are the commands that run the project's own code.
func runs() []string { return []string{"action", "rehearse", "promote", "drift"} }

func neonInputs() []Input {
	return []Input{{
		Name: "neon-api-key", Env: []string{"NEON_API_KEY"}, Value: "KEY", Secret: true, Commands: stories(),
		Doc:  "Neon API key. A key that is limited to the one project is enough. Give it as `${{ secrets.NEON_API_KEY }}`, in a terminal as the environment variable: a flag can be read by every process of the machine.",
		read: apiKey,
	}, {
		Name: "neon-project-id", Env: []string{"NEON_PROJECT_ID"}, Value: "ID", Commands: stories(),
		Doc:  "Neon project, such as `shiny-wind-028834`; in Neon's console under Settings. It is no secret: keep it in a variable.",
		read: projectID,
	}, {
		Name: "command", Default: "auto", Value: "auto|rehearse|promote|cleanup|drift", Commands: []string{"action"},
		Doc:  "What to do. `auto` reads the event: a pull request that is opened or pushed to is rehearsed, a merged one is promoted, one closed unmerged is cleaned up, a schedule sweeps branches that were left over. `drift` looks whether production is still what its revisions make, and keeps one issue about it: for a schedule of its own.",
		read: choice(func(c *Config) *Command { return &c.Command }, Auto, Rehearse, Promote, Cleanup, Drift),
	}, {
		Name: "production-branch", Value: "NAME", Commands: stories(),
		Doc:  "Neon branch that pull requests are rehearsed against and promoted to, such as `main`. Default: the project's default branch.",
		read: line(func(c *Config) *string { return &c.Neon.Production }),
	}, {
		Name: "branch-prefix", Default: "ci", Value: "PREFIX", Commands: stories(),
		Doc:  "Start of the names of the Neon branches made here: `ci` gives `ci/pr-42`. A second workflow on the same Neon project needs a prefix of its own, such as `ci-billing`.",
		read: prefix,
	}, {
		Name: "branch-expires-in", Default: "7d", Value: "DURATION", Commands: stories(),
		Doc:  "When Neon removes the branch by itself, counted from the last rehearsal: `36h`, `7d`; at most `30d`.",
		read: span(func(c *Config) *time.Duration { return &c.Neon.ExpiresIn }, maxExpiry),
	}, {
		Name: "database", Value: "NAME", Commands: stories(),
		Doc:  "Database on the branch, such as `neondb`. Default: the only one; with several there is no guessing.",
		read: line(func(c *Config) *string { return &c.Neon.Database }),
	}, {
		Name: "role", Value: "NAME", Commands: stories(),
		Doc:  "Role that runs the migrations, such as `neondb_owner`. Default: the owner of the database.",
		read: line(func(c *Config) *string { return &c.Neon.Role }),
	}, {
		Name: "neon-api-url", Env: []string{"NEON_API_HOST"}, Default: "https://console.neon.tech/api/v2", Value: "URL", Commands: stories(),
		Doc:  "Address of the Neon API. Another one is of use with a proxy, or with `neon-migrations local`.",
		read: apiURL,
	}}
}

func alembicInputs() []Input {
	return []Input{{
		Name: "working-directory", Default: ".", Value: "DIR", Commands: runs(),
		Doc:  "Directory of the Python project, such as `backend`: Alembic runs there.",
		read: line(func(c *Config) *string { return &c.Alembic.Directory }),
	}, {
		Name: "alembic-config", Env: []string{"ALEMBIC_CONFIG"}, Value: "FILE", Commands: runs(),
		Doc:  "Alembic's configuration, such as `db/alembic.ini`, seen from `working-directory`. Default: looked for there and below.",
		read: line(func(c *Config) *string { return &c.Alembic.Config }),
	}, {
		Name: "alembic-section", Default: "alembic", Value: "NAME", Commands: runs(),
		Doc:  "Section of that file (`alembic -n NAME`), or one of the databases that `databases = users, orders` names in it (`alembic init -t multidb`): each is a line of `targets`, or a job of its own with its `database`.",
		read: line(func(c *Config) *string { return &c.Alembic.Section }),
	}, {
		Name: "alembic-args", Kind: Lines, Value: "KEY=VALUE", Commands: runs(),
		Doc:  "What your env.py reads with `context.get_x_argument()` (`alembic -x KEY=VALUE`), one a line, such as `tenant=acme`.",
		read: alembicArgs,
	}, {
		Name: "python", Value: "PATH", Commands: runs(),
		Doc:  "Python that has Alembic and the project's dependencies, such as `.venv/bin/python`. Default: `.venv`, then VIRTUAL_ENV, then `python3`.",
		read: line(func(c *Config) *string { return &c.Alembic.Python }),
	}, {
		Name: "prepare", Default: "none", ContainerDefault: "auto", Value: "auto|none|COMMAND", Commands: runs(),
		Doc:  "How the project's dependencies are installed before it is run. `auto` reads the lock file of uv, poetry, pdm or pipenv, or requirements.txt, pyproject.toml or setup.py, and uses uv or the tool that wrote the lock; `none` expects them to be there; else a command that is run without a shell, such as `uv sync --frozen --extra postgres`.",
		read: words(func(c *Config) *[]string { return &c.Alembic.Prepare }),
	}, {
		Name: "extra-packages", Value: "PACKAGES", Commands: runs(),
		Doc:  "Packages that `prepare: auto` installs besides what the project names, such as `psycopg[binary] alembic`.",
		read: words(func(c *Config) *[]string { return &c.Alembic.Packages }),
	}, {
		Name: "database-url-variable", Default: "DATABASE_URL", Value: "NAME", Commands: runs(),
		Doc:  "Environment variable in which your env.py looks for the database's address, such as `SQLALCHEMY_DATABASE_URI`; several with spaces between. Whatever env.py computes, it is led to the branch.",
		read: urlVariable,
	}, {
		Name: "env", Kind: Lines, Value: "KEY=VALUE", Commands: runs(),
		Doc:  "Environment for your project's code, as in a dotenv file, one `KEY=VALUE` a line: settings that your models need to be imported, such as `SECRET_KEY=only-for-ci`. Nothing else of the workflow's environment reaches that code, so give no secret here that a pull request must not read.",
		read: projectEnv,
	}, {
		Name: "model-drift", Default: "block", Value: "block|warn|ignore", Commands: runs(),
		Doc:  "What to do when the models say something that no revision does (`alembic check`): fail, only tell it, or do not look.",
		read: choice(func(c *Config) *Policy { return &c.ModelDrift }, Block, Warn, Ignore),
	}, {
		Name: "production-drift", Default: "warn", Value: "block|warn|ignore", Commands: []string{"action", "rehearse", "drift"},
		Doc:  "What to do when production is not what its own revisions make: somebody changed it by hand, or edited a revision after it ran. To find out, the revisions are run from base in an empty database on the branch.",
		read: choice(func(c *Config) *Policy { return &c.ProductionDrift }, Block, Warn, Ignore),
	}, {
		Name: "stairway", Default: "warn", Value: "block|warn|ignore", Commands: []string{"action", "rehearse"},
		Doc:  "What to do when a new revision's downgrade fails or leaves something behind. To find out, the branch goes down over the new revisions and up again.",
		read: choice(func(c *Config) *Policy { return &c.Stairway }, Block, Warn, Ignore),
	}, {
		Name: "write-revision", Default: "false", Kind: Bool, Commands: []string{"action", "rehearse", "drift"},
		Doc:  "Save the operations that the models miss as a revision file where the project keeps its revisions, for a later step to upload or to commit; the output `revision-file` names it. The comment shows the same file.",
		read: truth(func(c *Config) *bool { return &c.WriteRevision }),
	}}
}

func githubInputs() []Input {
	return []Input{{
		Name: "github-token", Env: []string{"GITHUB_TOKEN", "GH_TOKEN"}, ActionDefault: "${{ github.token }}", Value: "TOKEN", Secret: true, Commands: stories(),
		Doc:  "Token that comments on the pull request; the job needs `permissions: pull-requests: write`. Without that permission the result stands in the job summary.",
		read: token,
	}, {
		Name: "comment", Default: "true", Kind: Bool, Commands: stories(),
		Doc:  "Keep one comment on the pull request up to date. `false`: job summary and outputs only.",
		read: truth(func(c *Config) *bool { return &c.GitHub.Comment }),
	}, {
		Name: "commit-status", Default: "neon-migrations", Value: "NAME", Commands: []string{"action", "rehearse", "promote"},
		Doc:  "Name of the commit status that gates the merge, for branch protection and the merge queue; the job needs `permissions: statuses: write`, and without it its own check is the gate. With a `comment-key`, that is added after a slash. `none`: no status.",
		read: unlessNone(func(c *Config) *string { return &c.GitHub.Status }),
	}, {
		Name: "comment-key", Value: "WORD", Commands: stories(),
		Doc:  "Tells several comments on one pull request apart, such as `billing`, if the workflow runs this action for several directories.",
		read: commentKey,
	}, {
		Name: "pull-request", Value: "NUMBER", Commands: stories(),
		Doc:  "Number of the pull request, such as `42`, where the event does not tell it (`workflow_dispatch`, a terminal).",
		read: number,
	}, {
		Name: "commit", Value: "SHA", Commands: stories(),
		Doc:  "Commit that is rehearsed or promoted, where the event does not tell it.",
		read: sha(func(c *Config) *string { return &c.GitHub.Commit }),
	}}
}

func outputInputs() []Input {
	return []Input{{
		Name: "timeout", Default: "30m", Value: "DURATION", Commands: stories(),
		Doc:  "Longest time for the whole run, such as `90m`; then it stops in good order.",
		read: span(func(c *Config) *time.Duration { return &c.Timeout }, maxTimeout),
	}, {
		Name: "report-file", Value: "FILE", Commands: stories(),
		Doc:  "Write the report as JSON to this file as well, such as `rehearsal.json`.",
		read: line(func(c *Config) *string { return &c.Output.Report }),
	}, {
		Name: "expose-database-url", Default: "false", Kind: Bool, Commands: stories(),
		Doc:  "Make the address of the rehearsed branch the output `database-url`, masked in logs; never production's. Branches of an unprotected Neon branch share its passwords: whoever has this address knows production's.",
		read: truth(func(c *Config) *bool { return &c.Output.DatabaseURL }),
	}}
}

func flagInputs() []Input {
	local := append(stories(), "local")
	return []Input{{
		Name: "local", Kind: Bool, Default: "false", FlagOnly: true, Commands: []string{"rehearse", "promote", "cleanup", "drift"},
		Doc:  "Run against a Neon on this machine (see `neon-migrations local --help`): no account, no key.",
		read: truth(func(c *Config) *bool { return &c.Local.Enabled }),
	}, {
		Name: "local-directory", Value: "DIR", FlagOnly: true, Commands: local[1:],
		Doc:  "Keep the local Neon's branches in this directory, such as `.neon-local`. Default: a temporary one, removed at the end.",
		read: line(func(c *Config) *string { return &c.Local.Directory }),
	}, {
		Name: "format", Default: "text", Value: "text|markdown|json", FlagOnly: true,
		Doc:  "Form of the result on standard output; progress and errors go to standard error.",
		read: choice(func(c *Config) *Format { return &c.Output.Format }, Text, Markdown, JSON),
	}, {
		Name: "quiet", Kind: Bool, Default: "false", FlagOnly: true,
		Doc:  "No progress, only the result and errors.",
		read: truth(func(c *Config) *bool { return &c.Output.Quiet }),
	}, {
		Name: "verbose", Kind: Bool, Default: "false", FlagOnly: true,
		Doc:  "Tell every request to Neon and to GitHub.",
		read: truth(func(c *Config) *bool { return &c.Output.Verbose }),
	}}
}

// Results is what the Action's step hands to later steps. An address is among them only
// if expose-database-url asks for it.
func Results() []Result {
	return []Result{
		{"verdict", "`pass`, `warn`, `block`, `failed`, `cancelled` or `neutral` (nothing could be judged, such as for a fork)."},
		{"branch-id", "Id of the Neon branch, such as `br-cool-sun-a1b2c3`. No secret: later jobs can read the address with it."},
		{"branch-name", "Name of the Neon branch, such as `ci/pr-42`."},
		{"revision", "Alembic's revision after the run; several, with spaces between, if there are several heads."},
		{"drift", "`none`, or the kinds of drift that were found, with spaces between: `models`, `production`, `history`, `reversible`."},
		{"changes", "How many things of the schema the pull request changes, such as `3`."},
		{"reason", "Why a promotion stopped, in one stable word, such as `production-schema-changed`; empty where it did not."},
		{"plan", "Digest of what was rehearsed, `sha256:…`: revisions, their files, and the schema before and after."},
		{"revision-file", "Path of the revision that `write-revision` saved; empty without one."},
		{"comment-url", "Address of the comment on the pull request; of `drift`, that of the issue."},
		{"database-url", "Address of the database on the branch, masked. Only with `expose-database-url: true`."},
	}
}
