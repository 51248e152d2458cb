// Package hosttest puts up, for tests of the two actions, what they work on: a Neon with a
// production of the sample project, and a GitHub with its pull requests, both on this machine.
package hosttest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/cli"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// What stands on every stage. The key and the token are made to be found in a log.
const (
	Project                = "shiny-wind-028834"
	Repository             = "acme/shop"
	Key        secret.Text = "napi_never_shown_0123456789"
	Token      secret.Text = "ghs_never_shown_0123456789"
)

// Stage is the two servers. They end with the test that raised them.
type Stage struct {
	Neon   *neonlocal.Server
	GitHub *githublocal.Server

	files fs.FS
}

// Raise starts both servers and brings production to the head of main, by the program's own
// promotion, which is run inside of the test. root is the repository's. Production has no
// rows: the actions are tested here, not what a rehearsal finds.
func Raise(t *testing.T, root string) *Stage {
	t.Helper()
	python := sampletest.Python(t)
	binaries, err := postgres.FindBinaries(t.Context(), 0, os.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	neon, err := neonlocal.Start(t.Context(), neonlocal.Config{Binaries: binaries, Key: Key, OperationTime: 10 * time.Millisecond, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { neon.Close() })
	_, err = neon.CreateProject(t.Context(), neonlocal.ProjectSpec{ID: Project, Name: "shop", Branch: "main", Role: "shop_owner", Database: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	github, err := githublocal.Start(githublocal.Config{Token: Token, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { github.Close() })
	s := &Stage{Neon: neon, GitHub: github, files: os.DirFS(filepath.Join(root, "testdata", "projects"))}
	s.promote(t, python)
	return s
}

func (s *Stage) promote(t *testing.T, python string) {
	t.Helper()
	dir := t.TempDir()
	if err := s.Shop().Checkout(dir); err != nil {
		t.Fatal(err)
	}
	set := map[string]string{"PATH": os.Getenv("PATH"), "HOME": dir, "NEON_API_HOST": s.Neon.URL(), "NEON_API_KEY": Key.Reveal(), "NEON_PROJECT_ID": Project}
	var said bytes.Buffer
	status := cli.Run(t.Context(), cli.World{
		Args:   []string{"promote", "--python", python, "--working-directory", sample.WorkingDirectory},
		Getenv: func(name string) string { return set[name] },
		Stdout: &said, Stderr: &said, Dir: dir, CacheDir: os.TempDir(), Now: time.Now,
	})
	if status != 0 {
		t.Fatalf("production could not be made; promote ended with status %d:\n%s", status, &said)
	}
}

// Shop is the sample project.
func (s *Stage) Shop() sample.Project { return sample.Project{Files: s.files, Name: sample.Shop} }

// Open opens the named pull request of the shop, of a commit that may be "", and gives its
// number and the payload of the event that starts a workflow.
func (s *Stage) Open(t *testing.T, name, commit string) (number int, payload []byte) {
	t.Helper()
	pr, err := s.Shop().PullRequest(name)
	if err != nil {
		t.Fatal(err)
	}
	number, err = s.GitHub.OpenPullRequest(githublocal.PullRequest{Title: pr.Title, Body: pr.Body, Author: pr.Author, Head: pr.Branch(), HeadSHA: commit, Message: pr.Commit})
	if err != nil {
		t.Fatal(err)
	}
	payload, err = s.GitHub.Event("pull_request", "opened", number)
	if err != nil {
		t.Fatal(err)
	}
	return number, payload
}

// Missing skips a test for want of a tool, and fails it where CI is set and should have the tool.
func Missing(t *testing.T, words string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(words)
	}
	t.Skip(words)
}
