package migrate

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// root is the directory of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the test")
	return ""
}

// environment gives the interpreter of one of testdata/matrix's virtual environments.
func environment(t testing.TB, name string) string {
	t.Helper()
	python := filepath.Join(root(t), ".tools", "matrix", name, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no virtual environment %s: %v", name, err)
		}
		t.Skipf("no virtual environment %s; run: make setup", name)
	}
	return python
}

// newest is the environment for tests that are not about versions.
const newest = "newest-sqlmodel"

// copyProject copies a project of testdata/projects and writes the given files over it; an
// empty text removes the file.
func copyProject(t testing.TB, name string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root(t), "testdata", "projects", name))); err != nil {
		t.Fatal(err)
	}
	for path, text := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(path)), text)
	}
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if text == "" {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replace changes a file of a project; the old text must be there.
func replace(t testing.TB, dir, path, old, with string) {
	t.Helper()
	path = filepath.Join(dir, filepath.FromSlash(path))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	write(t, path, strings.ReplaceAll(string(data), old, with))
}

// interpreters remembers what each environment's interpreter has; asking costs a process.
var interpreters sync.Map

// find finds the project in dir with the interpreter of an environment.
func find(t testing.TB, dir, env string) *Project {
	t.Helper()
	l := Locate{Dir: dir, Python: environment(t, env), Getenv: testEnv, Section: mainSection}
	if known, ok := interpreters.Load(env); ok {
		config, err := l.config()
		if err != nil {
			t.Fatal(err)
		}
		p := *known.(*Project)
		p.Dir, p.Config = l.projectDir(config), config
		return &p
	}
	p, err := Find(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	interpreters.Store(env, p)
	return p
}

// testEnv is the environment that the program would run in: with secrets that must not pass.
func testEnv(name string) string {
	return map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "NEON_API_KEY": "napi_secret",
		"GITHUB_TOKEN": "ghs_secret", "INPUT_NEON-API-KEY": "napi_secret", "PGPASSWORD": "other", "PGHOSTADDR": "192.0.2.1",
	}[name]
}

// runIt runs and returns the output too.
func runIt(t testing.TB, p *Project, r Run) (Result, string, error) {
	t.Helper()
	var out bytes.Buffer
	r.Output = &out
	result, err := p.Run(t.Context(), r)
	return result, out.String(), err
}

// mustRun is runIt for runs that have to succeed.
func mustRun(t testing.TB, p *Project, r Run) Result {
	t.Helper()
	result, out, err := runIt(t, p, r)
	if err != nil {
		t.Fatalf("Run: %v\n%s", err, out)
	}
	return result
}

func database(t testing.TB) postgres.Address { return postgrestest.Database(t) }

// ask runs a query that answers one text.
func ask(t testing.TB, a postgres.Address, sql string) string {
	t.Helper()
	var text string
	if err := postgrestest.Connect(t, a).QueryRow(context.Background(), sql).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// mustMove moves a file of a project.
func mustMove(t testing.TB, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}
