package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"golang.org/x/sync/errgroup"
)

// schemaPatience is how long a database may take to answer.
const schemaPatience = 30 * time.Second

func runSnapshot(ctx context.Context, in *invocation) error {
	url := in.flags.String("database-url", in.Getenv("DATABASE_URL"), "")
	set := config.Register(in.flags, in.command.name)
	if err := in.parseOnlyFlags(); err != nil {
		return err
	}
	c, err := set.Load(in.Getenv)
	if err != nil {
		return err
	}
	if *url == "" {
		return fault.Usage("no database was given", "neither --database-url nor DATABASE_URL is set",
			`neon-migrations snapshot --database-url "$DATABASE_URL"`)
	}
	snapshot, err := readDatabase(ctx, secret.Text(*url))
	if err != nil {
		return err
	}
	if c.Output.Format == config.JSON {
		return in.printJSON(snapshot)
	}
	_, err = fmt.Fprintf(in.Stdout, "%s\n-- fingerprint %s\n", snapshot.Text(), snapshot.Fingerprint())
	return err
}

func runDiff(ctx context.Context, in *invocation) error {
	set := config.Register(in.flags, in.command.name)
	sides, err := in.parse()
	if err != nil {
		return err
	}
	c, err := set.Load(in.Getenv)
	if err != nil {
		return err
	}
	if len(sides) != 2 {
		return fault.Usage(fmt.Sprintf("diff compares two sides, and %d were given", len(sides)),
			"each side is a database's address or a snapshot's JSON file", `neon-migrations diff before.json "$DATABASE_URL"`)
	}
	changes, err := in.compare(ctx, sides[0], sides[1])
	if err != nil {
		return err
	}
	if err := in.printChanges(changes, c.Output.Format); err != nil {
		return err
	}
	if len(changes) > 0 {
		return blocked{}
	}
	return nil
}

// compare reads both sides at the same time.
func (in *invocation) compare(ctx context.Context, before, after string) ([]catalog.Change, error) {
	var sides [2]*catalog.Snapshot
	both, inner := errgroup.WithContext(ctx)
	for i, side := range []string{before, after} {
		both.Go(func() (err error) {
			sides[i], err = in.side(inner, side)
			return err
		})
	}
	if err := both.Wait(); err != nil {
		return nil, err
	}
	return catalog.Compare(sides[0], sides[1]), nil
}

// side reads a snapshot from a database's address or from a file.
func (in *invocation) side(ctx context.Context, side string) (*catalog.Snapshot, error) {
	if strings.HasPrefix(side, "postgres") && strings.Contains(side, "://") {
		return readDatabase(ctx, secret.Text(side))
	}
	content, err := os.ReadFile(in.path(side))
	if err != nil {
		return nil, fault.Usage(fmt.Sprintf("reading %q", side), "it is neither a database's address nor a file",
			"give postgresql://… or a file that 'neon-migrations snapshot --format json' has written").Because(err)
	}
	var s catalog.Snapshot
	if err := json.Unmarshal(content, &s); err != nil || s.Version != catalog.Version {
		return nil, fault.Usage(fmt.Sprintf("reading the snapshot %q", side), fmt.Sprintf("it is no snapshot of version %d", catalog.Version),
			"write it anew with 'neon-migrations snapshot --format json'").Because(err)
	}
	return &s, nil
}

func readDatabase(ctx context.Context, url secret.Text) (*catalog.Snapshot, error) {
	address, err := postgres.ParseAddress(url)
	if err != nil {
		return nil, err
	}
	conn, err := postgres.Connect(ctx, address, schemaPatience)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return catalog.Read(ctx, conn)
}

func (in *invocation) printChanges(changes []catalog.Change, format config.Format) error {
	if format == config.JSON {
		return in.printJSON(map[string]any{"version": catalog.Version, "changes": changes})
	}
	r := report.Report{Kind: report.Checking, Verdict: report.Pass, Changes: changes}
	text := report.ChangesText(r, in.Terminal)
	if format == config.Markdown {
		text = report.ChangesMarkdown(r)
	}
	_, err := fmt.Fprintln(in.Stdout, strings.TrimRight(text, "\n"))
	return err
}

func (in *invocation) printJSON(value any) error {
	encoder := json.NewEncoder(in.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
