package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"golang.org/x/sync/errgroup"
)

const (
	aboutSnapshot = `Reads the schema of any PostgreSQL database, 14 or newer, in one round trip: everything
that pg_dump --schema-only would tell, and no row. Any role may do it; nothing is changed.
The text is for the eye; the JSON can be kept and compared later.

Examples:
  neon-migrations snapshot --database-url postgresql://shop@localhost/shop
  export DATABASE_URL=... && neon-migrations snapshot --format json > before.json
  neon-migrations snapshot --database-url "$PRODUCTION" | grep fingerprint

Other programs of the machine can read a command's arguments, and so a password in an
address: rather give it in DATABASE_URL, PGPASSWORD or ~/.pgpass.

Exit status: 0 good, 2 wrong input, 3 could not run, 130 cancelled.`

	aboutDiff = `Tells what differs between two schemas: each is the address of a database, or a file that
'snapshot --format json' wrote; - is standard input. Of two snapshots of one database it knows
what was renamed, and what was dropped and created again; of others it suspects.

Examples:
  neon-migrations snapshot --format json > before.json
  alembic upgrade head
  neon-migrations diff before.json "$DATABASE_URL"

  # does staging have what production has?
  neon-migrations diff postgresql://prod.example/shop postgresql://staging.example/shop

  # as a comment on a pull request
  neon-migrations diff before.json after.json --format markdown --limit 65536 > comment.md

Exit status: 0 no changes, 1 changes, 2 wrong input, 3 could not run, 130 cancelled.`
)

// runSnapshot prints the schema of a database.
func runSnapshot(ctx context.Context, in *invocation) error {
	address := in.flags.String("database-url", "", "")
	format := in.flags.String("format", "text", "")
	sizes := in.flags.Bool("sizes", false, "")
	return in.plainly(func(r *schemaReader) error {
		positional, err := in.parse()
		if err != nil {
			return err
		}
		if len(positional) > 0 { // not repeated: it may be an address
			return fault.Usage("snapshot takes no argument", "everything is a flag", "neon-migrations snapshot --database-url URL")
		}
		if err := in.oneOf(*format, "text", "json"); err != nil {
			return err
		}
		if *address == "" {
			*address = in.Getenv("DATABASE_URL")
		}
		if *address == "" {
			return fault.Usage("no database was given", "there is neither --database-url nor DATABASE_URL",
				"neon-migrations snapshot --database-url postgresql://user@host:5432/database")
		}
		s, err := r.database(ctx, *address, *sizes)
		if err != nil {
			return err
		}
		if *format == "json" {
			return s.WriteJSON(in.results(*format))
		}
		return s.WriteText(report.Visible(in.results(*format)))
	})
}

// runDiff prints what differs between two schemas.
func runDiff(ctx context.Context, in *invocation) error {
	format := in.flags.String("format", "text", "")
	limit := in.flags.Int("limit", 0, "")
	roles := roleMap{}
	in.flags.Var(roles, "map-role", "")
	return in.plainly(func(r *schemaReader) error {
		sides, err := in.parse()
		if err != nil {
			return err
		}
		if len(sides) != 2 {
			return fault.Usage(fmt.Sprintf("diff takes two schemas, and %d were given", len(sides)),
				"each is the address of a database or a file that snapshot --format json wrote", "neon-migrations diff before.json \"$DATABASE_URL\"")
		}
		if sides[0] == "-" && sides[1] == "-" {
			return fault.Usage("both schemas are standard input", "it can be read once", "give one of them as a file")
		}
		if err := in.oneOf(*format, "text", "markdown", "json"); err != nil {
			return err
		}
		before, after, err := r.both(ctx, sides[0], sides[1])
		if err != nil {
			return err
		}
		before.MapRoles(roles)
		c := catalog.NewComparison(before, after)
		if err := in.printChanges(c, *format, *limit); err != nil {
			return err
		}
		if len(c.Changes) > 0 {
			return blocked{}
		}
		return nil
	})
}

func (in *invocation) printChanges(c catalog.Comparison, format string, limit int) error {
	var text string
	switch format {
	case "json":
		encoded, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return fmt.Errorf("encoding the changes: %w", err)
		}
		text = string(encoded) + "\n"
	case "markdown":
		text = report.ChangesMarkdown(c, limit)
	default:
		text = report.ChangesText(c, in.Color)
	}
	_, err := io.WriteString(in.results(format), text)
	return err
}

// oneOf holds the flag --format to its words.
func (in *invocation) oneOf(format string, words ...string) error {
	for _, w := range words {
		if format == w {
			return nil
		}
	}
	return fault.Usage(fmt.Sprintf("there is no format %q", format), "the formats are "+strings.Join(words, ", "),
		"neon-migrations "+in.command.name+" --help")
}

// roleMap is the flag --map-role, which may be repeated: BEFORE=AFTER.
type roleMap map[string]string

// String implements [flag.Value].
func (roleMap) String() string { return "" }

// Set implements [flag.Value].
func (m roleMap) Set(s string) error {
	before, after, found := strings.Cut(s, "=")
	if !found || before == "" || after == "" {
		return errors.New("it is given as BEFORE=AFTER")
	}
	m[before] = after
	return nil
}

var _ flag.Value = roleMap{}

// both reads two schemas at once.
func (r *schemaReader) both(ctx context.Context, first, second string) (before, after *catalog.Snapshot, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { before, err = r.schema(ctx, first); return err })
	group.Go(func() (err error) { after, err = r.schema(ctx, second); return err })
	return before, after, group.Wait()
}

// schema reads one side of a comparison: a database, a file, or standard input.
func (r *schemaReader) schema(ctx context.Context, side string) (*catalog.Snapshot, error) {
	switch {
	case strings.Contains(side, "://"):
		return r.database(ctx, side, true)
	case side == "-":
		return parseSnapshot("standard input", r.in.Stdin)
	}
	f, err := os.Open(r.in.path(side))
	if err != nil {
		return nil, fault.Usage(fmt.Sprintf("opening the snapshot file %q", side), "it is neither a file nor the address of a database",
			"give a file that snapshot --format json wrote, or postgresql://user@host:5432/database").Because(err)
	}
	defer f.Close()
	return parseSnapshot(side, f)
}

func parseSnapshot(name string, from io.Reader) (*catalog.Snapshot, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return nil, fault.Usage(fmt.Sprintf("reading %q", name), "it is no file that can be read", "give a file that snapshot --format json wrote").Because(err)
	}
	s, err := catalog.ParseSnapshot(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}
