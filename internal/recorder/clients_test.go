package recorder_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// driver is a client that nobody here wrote, and a script of testdata/clients that uses it.
type driver struct {
	name string
	tool string // below .tools, or a program of the system
	args []string
}

var drivers = []driver{
	{"psycopg2 2.9.10", "matrix/alembic1.8-sa1.4-psycopg2/bin/python", []string{"psycopg2_client.py"}},
	{"psycopg2", "venv/bin/python", []string{"psycopg2_client.py"}},
	{"psycopg 3.2", "matrix/alembic1.13-sa2.0-psycopg/bin/python", []string{"psycopg_client.py"}},
	{"psycopg", "venv/bin/python", []string{"psycopg_client.py"}},
	{"asyncpg 0.29", "matrix/alembic1.8-sa1.4-psycopg2/bin/python", []string{"asyncpg_client.py"}},
	{"asyncpg", "venv/bin/python", []string{"asyncpg_client.py"}},
	{"pg8000", "matrix/alembic1.16-sa2.0-pyproject/bin/python", []string{"pg8000_client.py"}},
	{"psql", "psql", []string{"-X", "-q", "-f", "psql_client.sql"}},
	{"psql 18", "postgresql-client-18/bin/psql", []string{"-X", "-q", "-f", "psql_client.sql"}},
	{"node-postgres", "node", []string{"node_client.js"}},
	{"JDBC", "java", []string{"-cp", "../../../../.tools/jdbc/postgresql.jar", "JdbcClient.java"}},
}

// TestDriversSeeNoDifference runs each client's script directly and through the recorder, with the
// gateway's address as it is: statements, prepared ones, COPY both ways, a cancel, a notification.
func TestDriversSeeNoDifference(t *testing.T) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			d.needsJava(t)
			directly := d.run(t, postgrestest.Database(t))
			gateway := record(t, postgrestest.Database(t))
			if recorded := d.run(t, gateway.Address()); recorded != directly {
				t.Errorf("directly:\n%s\nthrough the recorder:\n%s", directly, recorded)
			}
			for _, word := range []string{"select", "prepared", "42"} {
				if !strings.Contains(directly, word) {
					t.Errorf("%q is not in the output:\n%s", word, directly)
				}
			}
			d.judge(t, take(t, gateway).Statements)
		})
	}
}

// needsJava skips JDBC where the set-up found no Java, and said so.
func (d driver) needsJava(t *testing.T) {
	t.Helper()
	if d.name != "JDBC" {
		return
	}
	if _, err := os.Stat("../../.tools/jdbc/postgresql.jar"); err != nil {
		t.Skipf("%v; with java and curl, make setup fetches it", err)
	}
}

// run gives what the script prints.
func (d driver) run(t *testing.T, address postgres.Address) string {
	t.Helper()
	tools, err := filepath.Abs("../../.tools")
	if err != nil {
		t.Fatal(err)
	}
	program := d.tool
	if strings.Contains(program, "/") {
		program = filepath.Join(tools, program)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // Java compiles the script first
	defer cancel()
	cmd := exec.CommandContext(ctx, program, d.args...)
	if strings.HasPrefix(d.name, "psql") {
		cmd.Args = append(cmd.Args, address.URL().Reveal())
	}
	cmd.Dir = filepath.Join("testdata", "clients")
	cmd.Env = append(os.Environ(), "DATABASE_URL="+address.URL().Reveal(), "NODE_PATH="+filepath.Join(tools, "node", "node_modules"), "PYTHONDONTWRITEBYTECODE=1", "PGMAXPROTOCOLVERSION=3.2")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return processNumber.ReplaceAllString(string(out), "PID")
}

// processNumber is what psql says of a notification, and is another each time.
var processNumber = regexp.MustCompile(`PID \d+`)

// judge holds that the script's table was seen to be created, and its statement to be cancelled.
func (d driver) judge(t *testing.T, statements []recorder.Statement) {
	t.Helper()
	created, cancelled := false, d.name == "pg8000" // which cannot
	for _, s := range statements {
		created = created || strings.HasPrefix(s.Text, "CREATE TABLE items")
		cancelled = cancelled || strings.HasPrefix(s.Text, "SELECT pg_sleep") && s.Error != nil && s.Error.SQLState == "57014"
		if strings.Contains(s.Text, "three") || strings.Contains(s.Text, "hello") {
			t.Errorf("the recording shows values: %s", s.Text)
		}
	}
	if !created || !cancelled {
		t.Errorf("created %t, cancelled %t", created, cancelled)
	}
}
