package cli

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// commands is the list of everything that can be typed, in the order of the overview.
func commands() []command {
	return []command{
		{name: "rehearse", summary: "run a pull request's revisions on a fresh copy of production", usage: "[flags]", about: aboutRehearse, run: runRehearse},
		{name: "promote", summary: "upgrade production to what was merged, and remove the branch", usage: "[flags]", about: aboutPromote, run: runPromote},
		{name: "cleanup", summary: "remove the branch of a closed pull request, or of all of them", usage: "[flags]", about: aboutCleanup, run: runCleanup},
		{name: "drift", summary: "look whether production is still what its revisions make", usage: "[flags]", about: aboutDrift, run: runDrift},
		{name: "action", summary: "what a workflow step runs: reads the event and picks the story", usage: "[flags]", about: aboutAction, run: runAction},
		{name: "snapshot", summary: "print the schema of any PostgreSQL database, for the eye or to be kept", usage: "[flags]", about: aboutSnapshot, bare: true, run: runSnapshot},
		{name: "diff", summary: "tell what differs between two schemas, each a database or a snapshot", usage: "[flags] BEFORE AFTER", about: aboutDiff, bare: true, run: runDiff},
		{name: "record", summary: "run any migration tool, and tell what its statements did and locked", usage: "[flags] -- COMMAND...", about: aboutRecord, bare: true, run: runRecord},
		{name: "local", summary: "serve the Neon API on this machine, over real PostgreSQL", usage: "[flags]", about: aboutLocal, run: runLocal},
		{name: "demo", summary: "watch a pull request from its opening to production", usage: "[flags]", about: aboutDemo, run: runDemo},
		{name: "version", summary: "print the version", usage: "", about: "", bare: true, run: runVersion},
	}
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

const (
	aboutRehearse = `Makes a Neon branch of production, or resets the one of the last rehearsal; runs
'alembic upgrade heads' there; asks Alembic whether the models are ahead of the
revisions; shows what changed in the schema. Production is only read.

Examples:
  # without any account: a Neon on this machine, kept between runs
  neon-migrations rehearse --local --local-directory .neon-local

  # as the Action does for pull request 42
  export NEON_API_KEY=... NEON_PROJECT_ID=shiny-wind-028834 GITHUB_TOKEN=...
  GITHUB_REPOSITORY=acme/shop neon-migrations rehearse --pull-request 42 --working-directory backend

Exit status: 0 good, 1 blocked by what was found, 2 wrong input, 3 could not run, 130 cancelled.`

	aboutPromote = `Upgrades production to the head of the code in the working directory, verifies from a
fresh connection that it is there, and removes the pull request's branch. Refuses where
production is at an unknown revision or the code has several heads. Run it twice: the
second run finds nothing to do.

Examples:
  neon-migrations promote --pull-request 42
  neon-migrations promote --commit "$(git rev-parse HEAD)"
  neon-migrations promote --local --local-directory .neon-local`

	aboutCleanup = `Removes the Neon branch of one pull request, or, without a number, every branch of ours
whose pull request is closed. Never touches a branch that is the default, protected, or
was not made by Neon Migrations for this repository.

Examples:
  neon-migrations cleanup --pull-request 42
  GITHUB_REPOSITORY=acme/shop neon-migrations cleanup`

	aboutDrift = `Looks at production on a throw-away branch: runs its revisions from base in an empty
database and compares; upgrades the branch to head and compares it with the models. With a
GitHub token it keeps one issue about what drifted, and closes it when that is gone.

Examples:
  # the missing operations as a revision file, without any account
  neon-migrations drift --local --local-directory .neon-local --write-revision

  # as a scheduled workflow does, failing when production was changed by hand
  GITHUB_REPOSITORY=acme/shop neon-migrations drift --production-drift block

Exit status: 0 good, 1 drifted and the policy blocks, 2 wrong input, 3 could not run, 130 cancelled.`

	aboutAction = `Reads the event that started the workflow and does what it asks for: a pull request that
is opened or pushed to is rehearsed, a merged one is promoted, one closed unmerged is
cleaned up, a schedule sweeps. Writes the job summary and the step's outputs.`

	aboutLocal = `Serves the Neon API v2 on loopback. Each branch is a PostgreSQL cluster of its own, with
its own address, copied from its parent in a second; so Neon's own clients and this
program work against it unchanged. Prints what to export, and serves until it is stopped.

Examples:
  neon-migrations local --local-directory .neon-local
  NEON_API_HOST=http://127.0.0.1:4444/api/v2 NEON_API_KEY=local npx neonctl branches list`

	aboutDemo = `Plays the whole story on this machine, without accounts: opens a pull request on a SQLModel
project, rehearses it on a branch, shows the comment, pushes again, merges, promotes,
and removes the branch. PostgreSQL, Alembic and SQLModel are real; Neon and GitHub are
served locally. Ends with a page to open in a browser.

Example:
  neon-migrations demo --python .venv/bin/python --output demo-output`
)

func overview(w io.Writer) {
	fmt.Fprint(w, `neon-migrations rehearses Alembic revisions on a copy of production, and upgrades production after the merge.

Usage:
  neon-migrations COMMAND [flags]

Commands:
`)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, `
Try it, without any account:
  neon-migrations demo
  neon-migrations rehearse --local

'neon-migrations COMMAND --help' shows examples and every flag.
`)
}

// help answers "help", "help COMMAND" and "--help".
func help(w World) error {
	if len(w.Args) < 2 {
		overview(w.Stdout)
		return nil
	}
	at := slices.Index(commandNames(), w.Args[1])
	if at < 0 {
		return fault.Usage(fmt.Sprintf("there is no command %q", w.Args[1]), "so there is no help for it", "neon-migrations --help")
	}
	(&invocation{command: commands()[at]}).help(w.Stdout)
	return nil
}

func (in *invocation) help(w io.Writer) {
	c := in.command
	fmt.Fprintf(w, "%s\n\nUsage:\n  neon-migrations %s %s\n", c.summary, c.name, c.usage)
	if c.about != "" {
		fmt.Fprintf(w, "\n%s\n", c.about)
	}
	flags := ownFlags(c.name)
	if !c.bare {
		flags = config.FlagHelp(c.name) + flags
	}
	if flags != "" {
		fmt.Fprintf(w, "\nFlags:\n%s", flags)
	}
}

// ownFlags describes the few flags that are no inputs of the Action.
func ownFlags(name string) string {
	switch name {
	case "local":
		return "  --port PORT                 Port of the API on 127.0.0.1. Default: a free one.\n"
	case "snapshot":
		return "  --database-url URL          Address, such as postgresql://user@host:5432/database. [$DATABASE_URL]\n" +
			"  --format text|json          Form of the result. Default: text.\n" +
			"  --sizes                     Take along estimated rows and bytes. Copies of a database differ in them.\n"
	case "diff":
		return "  --format text|markdown|json\n                              Form of the result. Default: text.\n" +
			"  --limit BYTES               Longest Markdown; 65536 fits into a comment on GitHub. Default: 1 MiB.\n" +
			"  --map-role BEFORE=AFTER     A role that is called differently after. The flag may be repeated.\n"
	case "record":
		return flagsOfRecord
	case "demo":
		return "  --output DIR                Where the pages go. Default: demo-output.\n" +
			"  --python PATH               Python with alembic, sqlmodel and psycopg. Default: .venv, then python3.\n"
	}
	return ""
}

func runVersion(_ context.Context, in *invocation) error {
	if err := in.parseOnlyFlags(); err != nil {
		return err
	}
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintf(in.Stdout, "neon-migrations %s\n", version)
	return err
}
