package catalog

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// database makes a database with base.sql on a server, and the roles that it grants to.
func database(t testing.TB, server *postgres.Server) postgres.Address {
	t.Helper()
	address := postgrestest.DatabaseOn(t, server)
	postgrestest.Exec(t, address, roles)
	postgrestest.Exec(t, address, file(t, "base.sql"))
	return address
}

// roles belong to the server and not to a database, so they are made if they are missing.
const roles = `DO $$ BEGIN
	IF to_regrole('catalog_reader') IS NULL THEN CREATE ROLE catalog_reader; END IF;
	IF to_regrole('catalog_owner') IS NULL THEN CREATE ROLE catalog_owner; END IF;
END $$`

func file(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func execute(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatalf("running %.200q: %v", sql, err)
	}
}

func read(t testing.TB, conn *pgx.Conn) *Snapshot {
	t.Helper()
	s, err := Read(t.Context(), conn)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return s
}

func readAt(t testing.TB, address postgres.Address) *Snapshot {
	t.Helper()
	conn := postgrestest.Connect(t, address)
	defer conn.Close(context.Background())
	return read(t, conn)
}

// wantSame fails if Compare or the fingerprint tells two snapshots apart.
func wantSame(t testing.TB, before, after *Snapshot) {
	t.Helper()
	for _, c := range Compare(before, after) {
		t.Errorf("%s %s\n%s", c.Action, c.Object, c.Diff())
	}
	if b, a := before.Fingerprint(), after.Fingerprint(); b != a {
		t.Errorf("fingerprints differ: %s, %s", b, a)
	}
}

// wantDifferent fails if the changes are not as complete as every reader may expect.
func wantDifferent(t testing.TB, before, after *Snapshot) []Change {
	t.Helper()
	changes := Compare(before, after)
	if len(changes) == 0 {
		t.Error("no changes")
	}
	if before.Fingerprint() == after.Fingerprint() {
		t.Error("the fingerprint stayed the same")
	}
	for _, c := range changes {
		if c.Diff() == "" {
			t.Errorf("%s %s has an empty diff", c.Action, c.Object)
		}
		if c.Action == Changed && len(c.Details) == 0 {
			t.Errorf("%s %s has no details", c.Action, c.Object)
		}
		for _, text := range []string{c.Before, c.After} {
			if strings.Contains(text, "\n-- ") && !strings.Contains(text, "-- invalid") {
				t.Errorf("%s %s has a field that no renderer writes:\n%s", c.Action, c.Object, text)
			}
		}
	}
	return changes
}

// dump runs pg_dump -s and drops what differs from run to run.
func dump(t testing.TB, server *postgres.Server, address postgres.Address) string {
	t.Helper()
	program := clientProgram(t, "pg_dump")
	out := run(t, address, nil, program, "--schema-only", "--host="+server.SocketDir(), fmt.Sprintf("--port=%d", server.Port()),
		"--username="+address.User, address.Database)
	var kept []string
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, `\restrict `) && !strings.HasPrefix(line, `\unrestrict `) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// clientProgram finds pg_dump or psql beside the newest server of this machine.
func clientProgram(t testing.TB, name string) string {
	t.Helper()
	binaries, err := postgres.FindBinaries(t.Context(), 0, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if path, found := binaries.Path(name); found {
		return path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is not installed; apt-get install postgresql-client")
	}
	return path
}

// missing skips a test for want of a tool, but never where all tools must be.
func missing(t testing.TB, words string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(words)
	}
	t.Skip(words)
}

func run(t testing.TB, address postgres.Address, stdin []byte, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+address.Password.Reveal())
	cmd.Stdin = bytes.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, stderr.String())
	}
	return out.String()
}

func postgresName(major int) string { return fmt.Sprintf("PostgreSQL %d", major) }
