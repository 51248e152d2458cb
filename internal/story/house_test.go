package story_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

const (
	neonKey     = secret.Text("napi_test_key_of_the_stories")
	githubToken = secret.Text("ghs_test_token_of_the_stories")
)

// house is a whole neighbourhood for one test: a Neon project, a GitHub repository, and the
// sample project's code.
type house struct {
	t       testing.TB
	neon    *neonlocal.Server
	github  *githublocal.Server
	project string
	code    string // the sample project's directory
	output  *bytes.Buffer
	hidden  *secret.Masker
	said    *said
}

// sharedNeon is one local Neon for the houses that nothing was deployed to.
var sharedNeon = sync.OnceValues(func() (*neonlocal.Server, error) { return startNeon("") })

func startNeon(dir string) (*neonlocal.Server, error) {
	binaries, err := postgres.FindBinaries(context.Background(), 0, os.TempDir(), nil)
	if err == nil {
		binaries, err = postgrestest.Quick(binaries)
	}
	if err != nil {
		return nil, err
	}
	return neonlocal.Start(context.Background(), neonlocal.Config{
		Dir: dir, Binaries: binaries, Key: neonKey,
		OperationTime: 10 * time.Millisecond, Now: time.Now,
	})
}

// newHouse is a house with a new project, whose database is empty; newShop has one with the shop in it.
func newHouse(t testing.TB, overlays ...string) *house {
	t.Helper()
	neon, err := sharedNeon()
	if err != nil {
		t.Fatal(err)
	}
	h := bareHouse(t)
	h.build(neon)
	h.use(overlays...)
	return h
}

// bareHouse has a GitHub repository and neither a Neon project nor code.
func bareHouse(t testing.TB) *house {
	t.Helper()
	hub, err := githublocal.Start(githublocal.Config{Token: githubToken, Owner: "acme", Repo: "shop", PageSize: 2, RateLimit: 100_000, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close() })
	return &house{t: t, github: hub, code: t.TempDir(), output: &bytes.Buffer{}, hidden: &secret.Masker{}, said: &said{}}
}

// build makes the house's project on a Neon.
func (h *house) build(neon *neonlocal.Server) {
	h.t.Helper()
	h.neon, h.project = neon, "story-"+strings.ToLower(rand.Text()[:10])
	_, err := neon.CreateProject(h.t.Context(), neonlocal.ProjectSpec{ID: h.project, Name: h.t.Name(), Branch: "main", Role: "shop_owner", Database: "shop"})
	if err != nil {
		h.t.Fatal(err)
	}
}

// shop is the sample project as the repository has it.
func shop() sample.Project {
	return sample.Project{Files: os.DirFS("../../testdata/projects"), Name: sample.Shop}
}

// use makes the code what main and the given pull requests have.
func (h *house) use(overlays ...string) {
	h.t.Helper()
	if err := os.RemoveAll(h.code); err != nil {
		h.t.Fatal(err)
	}
	if err := shop().Checkout(h.code, overlays...); err != nil {
		h.t.Fatal(err)
	}
}

// repository makes the code a git repository, as a checkout is.
func (h *house) repository() {
	h.t.Helper()
	if out, err := exec.CommandContext(h.t.Context(), "git", "init", "--quiet", h.code).CombinedOutput(); err != nil {
		h.t.Fatalf("%v\n%s", err, out)
	}
}

// write puts a file into the backend.
func (h *house) write(name, content string) {
	h.t.Helper()
	path := filepath.Join(h.code, sample.WorkingDirectory, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

// replace changes a file of the backend.
func (h *house) replace(name, old, new string) {
	h.t.Helper()
	content, err := os.ReadFile(filepath.Join(h.code, sample.WorkingDirectory, name))
	if err != nil || !strings.Contains(string(content), old) {
		h.t.Fatalf("%s: no %q in %s, %v", name, old, content, err)
	}
	h.write(name, strings.ReplaceAll(string(content), old, new))
}

func (h *house) open(name string) int {
	h.t.Helper()
	pr, err := shop().PullRequest(name)
	if err != nil {
		h.t.Fatal(err)
	}
	number, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: pr.Title, Body: pr.Body, Author: pr.Author, Head: pr.Branch()})
	if err != nil {
		h.t.Fatal(err)
	}
	return number
}

func (h *house) neonClient() *neonapi.Client {
	h.t.Helper()
	c, err := neonapi.New(neonapi.Config{BaseURL: h.neon.URL(), Key: neonKey, Poll: 10 * time.Millisecond})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) githubClient(token secret.Text) *github.Client {
	h.t.Helper()
	c, err := github.New(github.Config{BaseURL: h.github.APIURL(), Token: token, Owner: "acme", Repo: "shop"})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) stage() *story.Stage {
	return &story.Stage{
		Neon: h.neonClient(), GitHub: h.githubClient(githubToken), Hide: h.hidden.Add, Mask: h.hidden.Mask, Progress: h.said,
		Output: io.MultiWriter(h.output, testWriter{h.t}), Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		PlanKey: neonKey,
	}
}

func (h *house) task(number int) story.Task {
	return story.Task{
		Repository: "acme/shop", Number: number, HeadSHA: "0123456789abcdef0123456789abcdef01234567",
		Project: h.project, Prefix: "ci", ExpiresIn: 7 * 24 * time.Hour, ModelDrift: story.Block, Comment: true,
		Promotion: story.Promotion{
			RestoreFor: 7 * 24 * time.Hour, RestoreRequired: true, LockTimeout: 5 * time.Second, StatementTimeout: 15 * time.Minute,
			RetryFor: time.Minute, QueueFor: time.Minute, Environment: "production", ClearLabel: "promotion-clear",
		},
		Alembic: migrate.Locate{Dir: filepath.Join(h.code, sample.WorkingDirectory), Python: sampletest.Python(h.t), Getenv: os.Getenv},
	}
}

// deploy brings production to the code's head.
func (h *house) deploy() story.Outcome {
	h.t.Helper()
	task := h.task(0)
	task.HeadSHA = ""
	task.Promotion.RestoreFor = 0
	o, err := h.stage().Promote(h.t.Context(), task)
	if err != nil {
		h.t.Fatalf("bringing production to head: %v", err)
	}
	return o
}

// branch finds a Neon branch by name; the zero Branch if there is none.
func (h *house) branch(name string) neonapi.Branch {
	h.t.Helper()
	b, _, err := h.neonClient().BranchByName(h.t.Context(), h.project, name)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// exec runs SQL on a Neon branch as the owner of the database.
func (h *house) exec(branch, sql string) {
	h.t.Helper()
	postgrestest.Exec(h.t, h.address(branch), sql)
}

func (h *house) address(branch string) postgres.Address { return h.addressOf(branch, "shop") }

// addressOf leads to a database of a branch, as its owner.
func (h *house) addressOf(branch, database string) postgres.Address {
	h.t.Helper()
	uri, err := h.neonClient().ConnectionURI(h.t.Context(), h.project,
		neonapi.ConnectionQuery{BranchID: h.branch(branch).ID, Database: database, Role: "shop_owner"})
	if err != nil {
		h.t.Fatal(err)
	}
	address, err := postgres.ParseAddress(uri)
	if err != nil {
		h.t.Fatal(err)
	}
	return address
}

// seed fills production with the sample project's rows.
func (h *house) seed() {
	h.t.Helper()
	sql, err := shop().Seed()
	if err != nil {
		h.t.Fatal(err)
	}
	h.exec("main", sql)
}

// text asks the database of a branch for one value.
func (h *house) text(branch, query string) (value string) {
	h.t.Helper()
	conn := postgrestest.Connect(h.t, h.address(branch))
	if err := conn.QueryRow(h.t.Context(), query).Scan(&value); err != nil {
		h.t.Fatalf("asking %q: %v", query, err)
	}
	return value
}

// said keeps what was told to whoever waits.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func (s *said) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

func (s *said) Begin(step string)                         { s.add("begin " + step) }
func (s *said) Say(text string)                           { s.add(text) }
func (s *said) End(step string, _ time.Duration, _ error) { s.add("end " + step) }

// testWriter shows the migration tool's output in the test's log.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}
