package recorder_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/line"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

const eightRevisions = "../../testdata/projects/eight-revisions"

// eightDatabase is where the eight revisions begin, with n users and thrice as many orders.
func eightDatabase(t testing.TB, n int) postgres.Address {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(eightRevisions, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	address := postgrestest.Database(t)
	for statement := range strings.SplitSeq(strings.ReplaceAll(string(script), ":n", strconv.Itoa(n)), ";\n") {
		postgrestest.Exec(t, address, statement)
	}
	return address
}

// upgradeEight runs them with an environment's own Alembic and driver.
func upgradeEight(t testing.TB, environment, driver string, address postgres.Address) {
	t.Helper()
	python, err := filepath.Abs(filepath.Join("../../.tools/matrix", environment, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-m", "alembic", "upgrade", "head")
	cmd.Dir = eightRevisions
	url := strings.Replace(address.URL().Reveal(), "postgresql://", "postgresql+"+driver+"://", 1)
	if driver == "asyncpg" {
		url = strings.ReplaceAll(url, "sslmode=", "ssl=")
	}
	cmd.Env = append(os.Environ(), "DATABASE_URL="+url, "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("alembic with %s: %v\n%s", driver, err, out)
	}
}

// afar gives an address that leads to the same server over a line of 30 ms.
func afar(t testing.TB, address postgres.Address) postgres.Address {
	t.Helper()
	far, err := line.Open(context.WithoutCancel(t.Context()), fmt.Sprintf("%s:%d", address.Host, address.Port), 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = far.Close() })
	address.Host, address.Port = "127.0.0.1", uint16(far.Port())
	return address
}

// trace is what a recording says that does not depend on driver and distance: what each revision sent,
// what it locked and rewrote, and how that is known.
func trace(r *recorder.Recording) string {
	var b bytes.Buffer
	for _, s := range r.Statements {
		if s.Housekeeping || s.Revision == "" || strings.Contains(s.Text, "alembic_version") {
			continue
		}
		fmt.Fprintf(&b, "%s %s\n", s.Revision, strings.Join(strings.Fields(s.Text), " "))
		fmt.Fprintf(&b, "    rows %d, locks: %s; under: %s; rewritten: %s\n", s.Rows, words(s.Locks), words(s.Under), rewrites(s.Rewrites))
	}
	return b.String()
}

// TestEightRevisions holds that the same migration gives the same recording whatever driver
// sends it and however far the server is.
func TestEightRevisions(t *testing.T) {
	const users = 20_000
	want, err := os.ReadFile("testdata/eight-revisions.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		environment, driver string
		far                 bool
	}{
		{"alembic1.8-sa1.4-psycopg2", "psycopg2", false},
		{"alembic1.13-sa2.0-psycopg", "psycopg", false},
		{"newest-asyncpg", "asyncpg", false},
		{"alembic1.8-sa1.4-psycopg2", "psycopg2", true},
		{"newest-asyncpg", "asyncpg", true},
	} {
		name := c.driver
		if c.far {
			name += " at 30 ms"
		}
		t.Run(name, func(t *testing.T) {
			direct := eightDatabase(t, users)
			if c.far {
				direct = afar(t, direct)
			}
			gateway := record(t, direct)
			upgradeEight(t, c.environment, c.driver, gateway.Address())
			recording := take(t, gateway)
			if diff := cmp.Diff(string(want), trace(recording)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(recording.Missing) > 0 {
				t.Errorf("not measured: %q", recording.Missing)
			}
		})
	}
}
