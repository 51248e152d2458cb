package hazard_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// busy is what the advised migrations begin with: tables of which a look at all rows takes time.
const busy = `CREATE DOMAIN mail AS text;
	CREATE TABLE users (id int PRIMARY KEY, email mail, note text);
	INSERT INTO users SELECT g, 'u' || g || '@example.com', repeat('n', 60) FROM generate_series(1, 100000) g;
	CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, amount int, note text);
	INSERT INTO orders SELECT g, 1 + g % 1000, g % 1000, repeat('o', 60) FROM generate_series(1, 100000) g;
	CREATE MATERIALIZED VIEW totals AS SELECT user_id, count(*) AS number, max(note) AS note FROM orders GROUP BY user_id;
	CREATE UNIQUE INDEX ON totals (user_id);
	ANALYZE`

// advised are statements that do harm, and the rule that knows better.
var advised = []struct {
	code, sql string
	// other tells that the advised schema is not to the letter the same: a column in another place,
	// or without what its old one had.
	other bool
}{
	{code: "H016", sql: "CREATE INDEX ix_users_email ON users (email)"},
	{code: "H016", sql: "CREATE UNIQUE INDEX uq_orders_low ON orders (lower(note), id) WHERE amount > 5"},
	{code: "H009", sql: "ALTER TABLE users ALTER COLUMN email SET NOT NULL"},
	{code: "H006", sql: "ALTER TABLE orders ALTER COLUMN amount TYPE bigint", other: true},
	{code: "H005", sql: "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL"},
	{code: "H011", sql: "ALTER TABLE orders ADD CONSTRAINT amount_given CHECK (amount >= 0 AND length(note) > 0)"},
	{code: "H012", sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY(user_id) REFERENCES users (id)"},
	{code: "H012", sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE"},
	{code: "H017", sql: "ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email)"},
	{code: "H036", sql: "ALTER DOMAIN mail ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')", other: true},
	{code: "H037", sql: "REFRESH MATERIALIZED VIEW totals"},
	{code: "H027", sql: "UPDATE users SET note = email"},
}

// adviceLimits call everything slow that reads or writes all rows.
var adviceLimits = hazard.Limits{WarnBlocked: 5 * time.Millisecond, StopBlocked: time.Minute, ManyRows: 50_000}

// TestAdvice runs the code of each advice by Alembic itself, on the same rows, and lets the recorder judge
// it: nobody is kept out any more, and the schema is what the harmful statement makes. On a busy machine a
// harmless statement may take long, so the advice may be tried three times.
func TestAdvice(t *testing.T) {
	base := postgrestest.Database(t)
	postgrestest.Exec(t, base, busy)
	for _, a := range advised {
		t.Run(a.code+" "+a.sql, func(t *testing.T) {
			harm, wanted := judgedCopy(t, base, func(address postgres.Address) { postgrestest.Exec(t, address, a.sql) })
			at := slices.IndexFunc(harm, func(f hazard.Finding) bool { return f.Code == a.code && f.Severity != hazard.Info })
			if at < 0 || harm[at].Fix == "" {
				t.Fatalf("no finding with an advice: %+v", harm)
			}
			dir := advisedProject(t, harm[at].Fix)
			var left []string
			var got *catalog.Snapshot
			for range 3 {
				var found []hazard.Finding
				found, got = judgedCopy(t, base, func(address postgres.Address) { alembicUpgrade(t, dir, address) })
				if left = keepingOut(found); len(left) == 0 {
					break
				}
			}
			if len(left) > 0 {
				t.Errorf("the advice does harm:\n%s\n%s", strings.Join(left, "\n"), harm[at].Fix)
			}
			if changes := catalog.Compare(wanted, got); !a.other && len(changes) > 0 {
				t.Errorf("the advice leads to another schema: %+v\n%s", changes, harm[at].Fix)
			}
		})
	}
}

// keepingOut are the findings that tell of users who wait. That a column goes or is called otherwise is
// what an advice may be about.
func keepingOut(all []hazard.Finding) []string {
	var left []string
	for _, f := range all {
		if f.Severity != hazard.Info && !slices.Contains([]string{"H030", "H031", "H032"}, f.Code) {
			left = append(left, f.Code+": "+f.Title+" ("+f.Evidence+")")
		}
	}
	return left
}

// judgedCopy lets work change a copy of a database through the recorder, and gives the findings and the
// schema afterwards.
func judgedCopy(t *testing.T, base postgres.Address, work func(postgres.Address)) ([]hazard.Finding, *catalog.Snapshot) {
	t.Helper()
	admin, address := base, base
	admin.Database, address.Database = "postgres", base.Database+"_copy"
	drop := "DROP DATABASE IF EXISTS " + address.Database + " WITH (FORCE)"
	postgrestest.Exec(t, admin, drop)
	postgrestest.Exec(t, admin, "CREATE DATABASE "+address.Database+" TEMPLATE "+base.Database)
	t.Cleanup(func() { postgrestest.Exec(t, admin, drop) })
	read := func() *catalog.Snapshot {
		conn := postgrestest.Connect(t, address)
		defer conn.Close(t.Context())
		s, err := catalog.ReadWith(t.Context(), conn, catalog.ReadOptions{Sizes: true})
		if err != nil {
			t.Fatal(err)
		}
		s.SetTool("public", "alembic_version", "alembic")
		return s
	}
	in := hazard.Input{Before: read(), Limits: adviceLimits, Offenders: -1}
	gateway, err := recorder.Open(t.Context(), address, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	work(gateway.Address())
	if in.Recording, err = gateway.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	in.After = read()
	in.Changes = catalog.Compare(in.Before, in.After)
	return hazard.Judge(in), in.After
}

const adviceEnv = `import os

from alembic import context
from sqlalchemy import create_engine, pool

with create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`

// step begins the code of another revision.
var step = regexp.MustCompile(`(?m)^# (?:first|a later) revision.*\n`)

// advisedProject makes an Alembic project of an advice: a revision for each of its steps.
func advisedProject(t *testing.T, fix string) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\n")
	put("migrations/env.py", adviceEnv)
	down := "None"
	number := 0
	for _, body := range step.Split(fix, -1) {
		if strings.TrimSpace(body) == "" {
			continue
		}
		number++
		indented := "    " + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n    ")
		put(fmt.Sprintf("migrations/versions/s%d.py", number), fmt.Sprintf(
			"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"s%d\"\ndown_revision = %s\n\n\ndef upgrade():\n%s\n", number, down, indented))
		down = fmt.Sprintf("%q", fmt.Sprintf("s%d", number))
	}
	return dir
}

// alembicUpgrade runs a project's revisions.
func alembicUpgrade(t *testing.T, dir string, address postgres.Address) {
	t.Helper()
	python, err := filepath.Abs("../../.tools/matrix/newest-sqlmodel/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("no virtual environment: %v; run: make setup", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "-m", "alembic", "upgrade", "head")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DATABASE_URL="+strings.Replace(address.URL().Reveal(), "postgresql://", "postgresql+psycopg://", 1))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("alembic: %v\n%s", err, out)
	}
}
