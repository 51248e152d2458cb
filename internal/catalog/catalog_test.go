package catalog

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	for _, c := range logical(Compare(before, after)) {
		t.Errorf("%s %s\n%s", c.Action, c.Object, c.Diff())
	}
	if b, a := before.Fingerprint(), after.Fingerprint(); b != a {
		t.Errorf("fingerprints differ: %s, %s", b, a)
	}
}

// wantDifferent fails if the changes are not as complete as every reader may expect.
func wantDifferent(t testing.TB, before, after *Snapshot) []Change {
	t.Helper()
	changes := logical(Compare(before, after))
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

// dump is what pg_dump -s says of a database, free of its order.
func dump(t testing.TB, server *postgres.Server, address postgres.Address) string {
	t.Helper()
	return canonicalDump(rawDump(t, server, address))
}

// canonicalDump sorts what has no order of its own: entries, and the grants of one object.
func canonicalDump(text string) string {
	entries := strings.Split(text, "\n--\n-- Name: ")
	for i, entry := range entries {
		if title, _, _ := strings.Cut(entry, "\n"); strings.Contains(title, "ACL; Schema: ") {
			lines := strings.Split(entry, "\n")
			slices.Sort(lines[1:])
			entries[i] = strings.Join(lines, "\n")
		}
	}
	slices.Sort(entries[1:])
	return strings.Join(entries, "\n--\n-- Name: ")
}

// rawDump is what psql takes, whatever its version and the server's.
func rawDump(t testing.TB, server *postgres.Server, address postgres.Address) string {
	t.Helper()
	out := run(t, address, nil, clientProgram(t, "pg_dump"), "--schema-only", "--host="+server.SocketDir(),
		fmt.Sprintf("--port=%d", server.Port()), "--username="+address.User, address.Database)
	return withoutRandom(out)
}

// withoutRandom drops the lines of a dump that differ from run to run, and what not every server knows.
func withoutRandom(dump string) string {
	var kept []string
	for line := range strings.Lines(dump) {
		switch {
		case strings.HasPrefix(line, `\restrict `), strings.HasPrefix(line, `\unrestrict `): // a random word
		case line == "SET transaction_timeout = 0;\n": // servers before 17 do not know it
		default:
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// restored makes a copy of a database the way people do: pg_dump | psql.
func restored(t testing.TB, server *postgres.Server, from postgres.Address) postgres.Address {
	t.Helper()
	copied := postgrestest.DatabaseOn(t, server)
	if err := restore(t, server, copied, rawDump(t, server, from)); err != nil {
		t.Fatal(err)
	}
	return copied
}

// restore runs a dump in an empty database.
func restore(t testing.TB, server *postgres.Server, into postgres.Address, dump string) error {
	t.Helper()
	_, err := tryRun(t, into, []byte(dump), clientProgram(t, "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
		"--host="+server.SocketDir(), fmt.Sprintf("--port=%d", server.Port()), "--username="+into.User, into.Database)
	return err
}

// clientProgram finds pg_dump or psql where scripts/setup puts those that know every server.
func clientProgram(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../.tools/postgresql-client-18/bin/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		missing(t, "there is no "+name+" of PostgreSQL 18 in .tools; run scripts/setup test")
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
	out, err := tryRun(t, address, stdin, program, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryRun(t testing.TB, address postgres.Address, stdin []byte, program string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+address.Password.Reveal())
	cmd.Stdin = bytes.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, stderr.String())
	}
	return out.String(), nil
}

func postgresName(major int) string { return fmt.Sprintf("PostgreSQL %d", major) }
