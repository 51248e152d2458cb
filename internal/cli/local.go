package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"

	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// The project that a local Neon begins with.
const (
	localProject  = "local-project-00000001"
	localBranch   = "main"
	localRole     = "neondb_owner"
	localDatabase = "neondb"
)

// startLocal serves a Neon for this run alone and points the configuration to it. Its
// production is what earlier promotions made it, if a directory keeps it; else it is empty.
func (t *theatre) startLocal(ctx context.Context) error {
	t.screen.Begin("start a local Neon")
	began := t.in.Now()
	serving := neonlocal.Config{Dir: t.config.Local.Directory, Key: secret.Text(rand.Text())}
	server, err := t.in.serveNeon(ctx, serving, t.config.DatabaseNames(), t.screen.Say)
	t.screen.End("start a local Neon", t.in.Now().Sub(began), err)
	if err != nil {
		return err
	}
	t.closers = append(t.closers, func() { server.Close() })
	t.config.Neon.API, t.config.Neon.Key, t.config.Neon.Project = server.URL(), server.key, localProject
	return nil
}

// localNeon is a server and its key.
type localNeon struct {
	*neonlocal.Server
	key secret.Text
}

// serveNeon starts a local Neon with one project that has the databases; the one that its directory keeps, if any.
func (in *invocation) serveNeon(ctx context.Context, serving neonlocal.Config, databases []string, say func(string)) (localNeon, error) {
	binaries, err := postgres.FindBinaries(ctx, 0, postgres.CacheDir(in.CacheDir), say)
	if err != nil {
		return localNeon{}, err
	}
	if serving.Dir != "" {
		serving.Dir = in.path(serving.Dir)
	}
	serving.Binaries, serving.Now = binaries, in.Now
	server, err := neonlocal.Start(ctx, serving)
	if err != nil {
		return localNeon{}, err
	}
	if server.HasProject(localProject) {
		return localNeon{server, serving.Key}, nil
	}
	spec := neonlocal.ProjectSpec{ID: localProject, Name: "local", Branch: localBranch, Role: localRole, Database: localDatabase}
	if len(databases) > 0 {
		spec.Database, spec.MoreDatabases = databases[0], databases[1:]
	}
	_, err = server.CreateProject(ctx, spec)
	if err != nil {
		server.Close()
		return localNeon{}, err
	}
	return localNeon{server, serving.Key}, nil
}

// runLocal serves until it is told to stop.
func runLocal(ctx context.Context, in *invocation) error {
	port := in.flags.Int("port", 0, "")
	set := config.Register(in.flags, in.command.name)
	if err := in.parseOnlyFlags(); err != nil {
		return err
	}
	c, err := set.Load(in.Getenv)
	if err != nil {
		return err
	}
	const key = "local" // loopback only: whoever can reach it can read the data's files as well
	tell := func(text string) { say(in.Stderr, "%s", text) }
	serving := neonlocal.Config{Dir: c.Local.Directory, Key: key, Addr: fmt.Sprintf("127.0.0.1:%d", *port)}
	server, err := in.serveNeon(ctx, serving, nil, tell)
	if err != nil {
		return err
	}
	defer server.Close()
	in.explainLocal(server, c.Local.Directory)
	<-ctx.Done()
	say(in.Stderr, "stopping")
	return nil
}

func (in *invocation) explainLocal(server localNeon, directory string) {
	say(in.Stdout, "export NEON_API_HOST=%s\nexport NEON_API_KEY=%s\nexport NEON_PROJECT_ID=%s", server.URL(), server.key.Reveal(), localProject)
	kept := "nothing is kept when it stops; --local-directory DIR keeps it"
	if directory != "" {
		kept = "kept in " + filepath.Clean(directory)
	}
	say(in.Stderr, "serving the Neon API on %s (%s)\nin another terminal, after the exports above:\n  neon-migrations rehearse\n  npx neonctl branches list --project-id %s\nCtrl-C stops it",
		server.URL(), kept, localProject)
}
