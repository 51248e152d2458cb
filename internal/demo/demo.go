// Package demo plays the whole story on this machine: a pull request of a real SQLModel
// project is opened, rehearsed, pushed to, merged and promoted. PostgreSQL, Alembic and
// SQLModel are real; Neon and GitHub are the two local servers. The program under show is
// run as a process of its own for each event, as GitHub's runner runs it.
package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Config is what a play needs.
type Config struct {
	// Self is this program's file, Python an interpreter with the sample project's packages.
	Self, Python string
	// Path is where the program finds other programs.
	Path string
	// Samples holds the sample projects.
	Samples fs.FS
	// Output is the directory that the pages are written to.
	Output   string
	Binaries postgres.Binaries
	// Mermaid is the script that draws diagrams in the pages; without it they stay text.
	Mermaid []byte
	// Out is where the audience looks.
	Out io.Writer
	Now func() time.Time
}

const (
	project  = "shop-demo-00000001"
	owner    = "acme"
	repo     = "shop"
	settling = 10 * time.Second
)

// theatre is what stands on the stage while the play runs.
type theatre struct {
	Config
	dir    string
	neon   *neonlocal.Server
	api    *neonapi.Client
	github *githublocal.Server
	code   *sample.Repository
	key    secret.Text
	token  secret.Text
	runs   int
	began  time.Time
}

// Play shows the whole story. It cleans up after itself; only the pages in Output stay.
func Play(ctx context.Context, c Config) error {
	t := &theatre{Config: c, key: secret.Text(rand.Text()), token: secret.Text(rand.Text()), began: c.Now()}
	defer t.strike()
	for _, act := range []func(context.Context) error{
		t.raise, t.openTheShop, t.openPullRequest, t.pushAgain, t.showTheBadOnes, t.merge, t.closeTheRest, t.bow,
	} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// raise puts up the two servers and the repository.
func (t *theatre) raise(ctx context.Context) error {
	t.title("Neon and GitHub, on this machine")
	var err error
	if t.dir, err = os.MkdirTemp("", "neon-migrations-demo-"); err != nil {
		return fmt.Errorf("making a directory for the demo: %w", err)
	}
	t.neon, err = neonlocal.Start(ctx, neonlocal.Config{Binaries: t.Binaries, Key: t.key, Now: t.Now})
	if err != nil {
		return err
	}
	t.github, err = githublocal.Start(githublocal.Config{Token: t.token, Owner: owner, Repo: repo, Mermaid: t.Mermaid, Now: t.Now})
	if err != nil {
		return err
	}
	t.api, err = neonapi.New(neonapi.Config{BaseURL: t.neon.URL(), Key: t.key, UserAgent: "neon-migrations-demo"})
	if err != nil {
		return err
	}
	shop := sample.Project{Files: t.Samples, Name: sample.Shop}
	if t.code, err = shop.Init(ctx, filepath.Join(t.dir, "shop")); err != nil {
		return err
	}
	t.say("PostgreSQL %d from %s", t.Binaries.Major, t.Binaries.Dir)
	t.say("Neon    %s", t.neon.URL())
	t.say("GitHub  %s", t.github.URL())
	return nil
}

// strike takes everything down, whatever happened before.
func (t *theatre) strike() {
	if t.github != nil {
		t.github.Close()
	}
	if t.neon != nil {
		t.neon.Close()
	}
	if t.dir != "" {
		os.RemoveAll(t.dir)
	}
}

// openTheShop makes production: a project on Neon, upgraded to the head of main by the
// program's own promotion, and filled with rows.
func (t *theatre) openTheShop(ctx context.Context) error {
	t.title("Production: the shop's database at the head of main, with its rows")
	_, err := t.neon.CreateProject(ctx, neonlocal.ProjectSpec{ID: project, Name: "shop", Branch: "main", Role: "shop_owner", Database: "shop"})
	if err != nil {
		return err
	}
	if err := t.expect(t.run(ctx, event{command: "promote"})); err != nil {
		return err
	}
	return t.seed(ctx)
}

func (t *theatre) seed(ctx context.Context) error {
	sql, err := sample.Project{Files: t.Samples, Name: sample.Shop}.Seed()
	if err != nil {
		return err
	}
	production, err := t.api.DefaultBranch(ctx, project)
	if err != nil {
		return err
	}
	uri, err := t.api.ConnectionURI(ctx, project, neonapi.ConnectionQuery{BranchID: production.ID, Database: "shop", Role: "shop_owner"})
	if err != nil {
		return err
	}
	address, err := postgres.ParseAddress(uri)
	if err != nil {
		return err
	}
	conn, err := postgres.Connect(ctx, address, settling)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		return fmt.Errorf("filling the shop: %w", err)
	}
	var rows int64
	const count = `SELECT sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]::text::bigint)
FROM pg_catalog.pg_stat_user_tables`
	if err := conn.QueryRow(ctx, count).Scan(&rows); err != nil {
		return fmt.Errorf("counting the shop's rows: %w", err)
	}
	t.say("filled with %d rows", rows)
	return nil
}

// title begins an act.
func (t *theatre) title(text string) {
	fmt.Fprintf(t.Out, "\n━━ %s\n", text)
}

func (t *theatre) say(format string, args ...any) {
	fmt.Fprintf(t.Out, "   "+format+"\n", args...)
}
