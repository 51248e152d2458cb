package recorder_test

import (
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

// pipelined is pgbench's own transaction without waiting for the answers in between.
const pipelined = `\set aid random(1, 100000)
\set delta random(-5000, 5000)
\startpipeline
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = 1;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = 1;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :aid, :delta, CURRENT_TIMESTAMP);
END;
\endpipeline
`

// pgbench finds the program that comes with PostgreSQL's server.
func pgbench(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath("pgbench")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("there is no pgbench; it comes with a PostgreSQL server")
	}
	return path
}

// TestPgbench runs PostgreSQL's own benchmark through the recorder in its three protocol modes and
// pipelined, on four connections that compete for the same rows.
func TestPgbench(t *testing.T) {
	program := pgbench(t)
	script := filepath.Join(t.TempDir(), "pipelined.sql")
	if err := os.WriteFile(script, []byte(pipelined), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, arguments := range map[string][]string{
		"simple":    {"-M", "simple"},
		"extended":  {"-M", "extended"},
		"prepared":  {"-M", "prepared"},
		"pipelined": {"-M", "extended", "-f", script},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			direct := postgrestest.Database(t)
			bench(t, program, direct, "-i", "-s", "1", "-q")
			gateway := record(t, direct)
			out := bench(t, program, gateway.Address(), append(arguments, "-n", "-c", "4", "-j", "2", "-t", "50")...)
			if !strings.Contains(out, "number of transactions actually processed: 200/200") {
				t.Errorf("pgbench says:\n%s", out)
			}
			var history, sum, accounts int64
			conn := postgrestest.Connect(t, direct)
			err := conn.QueryRow(t.Context(), "SELECT count(*), sum(delta), (SELECT sum(abalance) FROM pgbench_accounts) FROM pgbench_history").Scan(&history, &sum, &accounts)
			if err != nil || history != 200 || sum != accounts {
				t.Errorf("%d transactions in the history, %d there and %d in the accounts, %v", history, sum, accounts, err)
			}
			recording := take(t, gateway)
			var updates int64
			for _, s := range recording.Statements {
				switch {
				case strings.HasPrefix(s.Text, "UPDATE pgbench_accounts"):
					updates += s.Rows
				case strings.Contains(s.Text, "UPDATE pgbench_accounts"): // a pipeline is answered as a whole
					updates += int64(s.Count)
				}
			}
			if updates != 200 || recording.Sessions < 4 {
				t.Errorf("%d rows of accounts in %d sessions were recorded, want 200 in 4", updates, recording.Sessions)
			}
		})
	}
}

// bench runs pgbench against an address and gives its output.
func bench(t *testing.T, program string, address postgres.Address, arguments ...string) string {
	t.Helper()
	config, err := pgx.ParseConfig(address.URL().Reveal())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append(arguments, config.Database)...)
	cmd.Env = append(os.Environ(), "PGHOST="+config.Host, fmt.Sprintf("PGPORT=%d", config.Port), "PGUSER="+config.User, "PGPASSWORD="+config.Password)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pgbench %q: %v\n%s", arguments, err, out)
	}
	return string(out)
}
