//go:build conformance

package recorder_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// suite runs a driver's own tests against a database and gives the names of those that failed.
type suite func(t *testing.T, address postgres.Address) map[string]bool

// TestDrivers runs test suites that nobody here wrote twice, directly and through the recorder. What fails
// only through it must stand in the list of exceptions, with the reason.
//
//	go test -tags conformance -run TestDrivers -timeout 60m -v ./internal/recorder
//
// PSYCOPG_SOURCE is a checkout of github.com/psycopg/psycopg, PSYCOPG_PYTHON a Python that has it installed with its
// test dependencies; without the first its suite is not among them.
func TestDrivers(t *testing.T) {
	suites := map[string]suite{"pgx": pgxSuite}
	if os.Getenv("PSYCOPG_SOURCE") != "" {
		suites["psycopg"] = psycopgSuite
	}
	for _, name := range slices.Sorted(maps.Keys(suites)) {
		t.Run(name, func(t *testing.T) { compareSuite(t, suites[name], exceptions(t, name)) })
	}
}

func compareSuite(t *testing.T, run suite, excepted map[string]bool) {
	direct := run(t, suiteDatabase(t))
	behind := suiteDatabase(t)
	gateway, err := recorder.Open(t.Context(), behind, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	recorded := run(t, gateway.Address())
	taken, err := gateway.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("failed directly: %d, through the recorder: %d; %d statements recorded in %d sessions",
		len(direct), len(recorded), len(taken.Statements), taken.Sessions)
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		if !direct[name] && !excepted[name] {
			t.Errorf("fails only through the recorder: %s", name)
		}
	}
}

// suiteDatabase is a database with what the suites expect to find.
func suiteDatabase(t *testing.T) postgres.Address {
	address := postgrestest.Database(t)
	postgrestest.Exec(t, address, "CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE DOMAIN uint64 AS numeric(20,0)")
	return address
}

// exceptions are lines of a test's name, and after a tab the reason.
func exceptions(t *testing.T, suite string) map[string]bool {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "conformance", suite+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	names := map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, reason, found := strings.Cut(lines.Text(), "\t")
		if strings.HasPrefix(name, "#") || name == "" {
			continue
		}
		if !found || reason == "" {
			t.Errorf("%s has no reason", name)
		}
		names[name] = true
	}
	return names
}

// pgxSuite runs the tests of the pgx that this module is built with.
func pgxSuite(t *testing.T, address postgres.Address) map[string]bool {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/jackc/pgx/v5").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(strings.TrimSpace(string(out)))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-json", "-mod=mod", "-count=1", "-p=1", ".", "./pgconn", "./pgtype", "./pgxpool", "./stdlib")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PGX_TEST_DATABASE="+address.URL().Reveal())
	return failedGo(t, output(t, cmd))
}

func failedGo(t *testing.T, out []byte) map[string]bool {
	t.Helper()
	failed, ran := map[string]bool{}, 0
	for line := range bytes.Lines(out) {
		var e struct{ Action, Package, Test string }
		if json.Unmarshal(line, &e) != nil || e.Test == "" {
			continue
		}
		switch e.Action {
		case "fail":
			failed[e.Package+"."+e.Test] = true
			ran++
		case "pass":
			ran++
		}
	}
	t.Logf("%d tests ran", ran)
	if ran == 0 {
		t.Fatalf("no test ran:\n%s", out)
	}
	return failed
}

// psycopgSuite runs psycopg's tests but those that measure time.
func psycopgSuite(t *testing.T, address postgres.Address) map[string]bool {
	results := filepath.Join(t.TempDir(), "results.xml")
	cmd := exec.CommandContext(t.Context(), os.Getenv("PSYCOPG_PYTHON"), "-m", "pytest", "-q", "-p", "no:randomly",
		"-m", "not timing and not slow", "--ignore=tests/test_typing.py", "--ignore=tests/pool", "--junitxml="+results, "--test-dsn="+address.URL().Reveal(), "tests")
	cmd.Dir = os.Getenv("PSYCOPG_SOURCE")
	out := output(t, cmd)
	content, err := os.ReadFile(results)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return failedXML(t, content)
}

func failedXML(t *testing.T, content []byte) map[string]bool {
	t.Helper()
	var found struct {
		Cases []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(content, &found); err != nil {
		t.Fatal(err)
	}
	failed := map[string]bool{}
	for _, c := range found.Cases {
		if c.Failure != nil || c.Error != nil {
			failed[c.Class+"."+c.Name] = true
		}
	}
	t.Logf("%d tests ran", len(found.Cases))
	const few = 1000 // where the tests cannot be collected, there are only the errors of that
	if len(found.Cases) < few {
		t.Fatalf("%d tests ran, and %d of them failed", len(found.Cases), len(failed))
	}
	return failed
}

// output runs a suite; that some of its tests fail is no error.
func output(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	if context.Cause(t.Context()) != nil {
		t.Fatal("stopped")
	}
	return out
}
