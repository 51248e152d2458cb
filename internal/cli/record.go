package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	aboutRecord = `Runs COMMAND, any migration tool, against any PostgreSQL database, and tells what it did:
each statement with its time, the write-ahead log it wrote, the locks it took, how long they
were held, and the tables that were written anew. The command reaches the database through
this program, by an address on this machine that it gets in DATABASE_URL and in libpq's
variables (PGHOST and so on); it never sees the real password. What it does is not changed.

Examples:
  neon-migrations record --database-url postgresql://app@localhost/shop -- psql -f migration.sql
  export DATABASE_URL=... && neon-migrations record -- alembic upgrade head
  neon-migrations record --env DJANGO_DATABASE_URL -- python manage.py migrate

  # for other programs, and as a drawing of the locks over time for Markdown
  neon-migrations record --format json -- alembic upgrade head > recording.json
  neon-migrations record --format mermaid -- alembic upgrade head > locks.mmd

Try migrations on a copy: the locks are as long there, and nobody waits for them. The
command's own output goes to standard error, the result to standard output; Ctrl-C stops the
command, and what was seen until then is told.

Exit status: the command's own; 2 wrong input, 3 could not run.`

	flagsOfRecord = "  --database-url URL          Address, such as postgresql://user@host:5432/database. [$DATABASE_URL]\n" +
		"  --env NAME                  Variable that the command reads its address from. Default: DATABASE_URL.\n" +
		"  --format text|json|mermaid  Form of the result; docs/recording.md describes the JSON. Default: text.\n"
)

// takeTime is how long the server may take to tell the rest when the command has ended.
const takeTime = 30 * time.Second

// ended is the status of a command that was run for its caller, and did not end well.
type ended int

// Error implements error.
func (e ended) Error() string { return fmt.Sprintf("the command ended with status %d", int(e)) }

// recording is one call of record.
type recording struct {
	in      *invocation
	stderr  io.Writer
	raw     string // the real address
	env     string
	format  string
	command []string
}

// runRecord records what a command does to a database.
func runRecord(ctx context.Context, in *invocation) error {
	status := 0
	err := in.plainly(func(s *schemaReader) error {
		r := &recording{in: in, stderr: s.stderr}
		err := r.parse()
		if err == nil {
			status, err = r.run(ctx)
		}
		return err
	})
	if err == nil && status != 0 {
		return told{ended(status)}
	}
	return err
}

// parse reads the flags before "--", and the command behind it.
func (r *recording) parse() error {
	address := r.in.flags.String("database-url", "", "")
	env := r.in.flags.String("env", "DATABASE_URL", "")
	format := r.in.flags.String("format", "text", "")
	if at := slices.Index(r.in.Args, "--"); at >= 0 {
		r.in.Args, r.command = r.in.Args[:at], r.in.Args[at+1:]
	}
	positional, err := r.in.parse()
	switch {
	case err != nil:
		return err
	case len(positional) > 0 || len(r.command) == 0: // not repeated: it may be an address
		return fault.Usage("record runs a command, and none was given", "the command stands behind two dashes",
			"neon-migrations record --database-url URL -- alembic upgrade head")
	case *env == "" || strings.ContainsAny(*env, "=\x00"):
		return fault.Usage("reading the flag --env", "it is no name of a variable", "neon-migrations record --env DATABASE_URL -- COMMAND")
	}
	r.env, r.format, r.raw = *env, *format, *address
	for _, name := range []string{*env, "DATABASE_URL"} {
		if r.raw == "" {
			r.raw = r.in.Getenv(name)
		}
	}
	if r.raw == "" {
		return fault.Usage("no database was given", "there is neither --database-url nor "+*env,
			"neon-migrations record --database-url postgresql://user@host:5432/database -- COMMAND")
	}
	return r.in.oneOf(*format, "text", "json", "mermaid")
}

// run gives the command's status.
func (r *recording) run(ctx context.Context) (int, error) {
	gateway, err := r.open(ctx)
	if err != nil {
		return 0, err
	}
	defer gateway.Close()
	status, err := r.in.runChild(ctx, r.command, r.environ(gateway.Address()))
	if err != nil {
		return 0, err
	}
	taking, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeTime) // also when it was interrupted
	defer cancel()
	taken, err := gateway.Take(taking)
	if err != nil {
		return 0, fmt.Errorf("ending the recording: %w", err)
	}
	if taken.Sessions == 0 {
		say(r.stderr, "%s opened no connection to the database: does it read its address from %s, or from PGHOST and the like?", r.command[0], r.env)
	}
	return status, r.print(taken)
}

// open makes the way to the database that is recorded.
func (r *recording) open(ctx context.Context) (*recorder.Gateway, error) {
	address, err := postgres.ParseAddress(secret.Text(r.raw))
	if err != nil {
		return nil, err
	}
	if !address.Pooled() { // the gateway has words for those
		conn, err := postgres.Connect(ctx, address, patienceFor(address))
		if err != nil {
			return nil, explainAddress(address, err)
		}
		if err := conn.Close(ctx); err != nil {
			return nil, explainAddress(address, err)
		}
	}
	gateway, err := recorder.Open(ctx, address, recorder.Options{Record: true})
	var explained *fault.Error
	if err != nil && !errors.As(err, &explained) {
		return nil, explainAddress(address, err)
	}
	return gateway, err
}

func (r *recording) print(taken *recorder.Recording) error {
	var text string
	switch r.format {
	case "json":
		encoded, err := json.MarshalIndent(taken, "", "  ")
		if err != nil {
			return fmt.Errorf("encoding the recording: %w", err)
		}
		text = string(encoded) + "\n"
	case "mermaid":
		if text = report.RecordingMermaid(taken); text == "" {
			say(r.stderr, "there is nothing to draw: no table that was there was locked against writers or readers")
		}
	default:
		text = report.RecordingText(taken, r.in.Color)
	}
	_, err := io.WriteString(r.in.results(r.format), text)
	return err
}
