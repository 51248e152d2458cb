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
	CREATE INDEX ix_orders_note ON orders (note);
	CREATE TYPE mood AS ENUM ('calm');
	CREATE TABLE moods (id int PRIMARY KEY, mood mood);
	INSERT INTO moods SELECT g, 'calm' FROM generate_series(1, 10) g;
	CREATE TABLE events (id int NOT NULL, kind int NOT NULL) PARTITION BY RANGE (kind);
	CREATE TABLE events_a PARTITION OF events FOR VALUES FROM (0) TO (10);
	CREATE TABLE events_b PARTITION OF events FOR VALUES FROM (10) TO (20);
	INSERT INTO events SELECT g, g % 20 FROM generate_series(1, 1000) g;
	ANALYZE`

// advice is a harmful migration, and the rule that knows better.
type advice struct {
	code, sql string
	// other tells that the advised schema is not to the letter the same: a column in another place, an
	// index more, or the harmful way does not come to its end.
	other bool
	// before is done in a revision before the advised code, after by it, fill where it says that every
	// row has a value by now.
	before, after, fill string
	// eager lets a closing of any length count, where it is the lock that matters and not the time.
	eager bool
}

var advised = []advice{
	{code: "H003", sql: "ALTER TABLE users ADD COLUMN nick text", after: "ALTER TABLE users ADD COLUMN nick text"},
	{code: "H005", sql: "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL"},
	{code: "H006", sql: "ALTER TABLE orders ALTER COLUMN amount TYPE bigint", other: true},
	{code: "H009", sql: "ALTER TABLE users ALTER COLUMN email SET NOT NULL"},
	{
		code: "H010", sql: "ALTER TABLE orders ADD COLUMN country text NOT NULL", other: true,
		fill: "UPDATE orders SET country = 'x' WHERE id <= 50000; UPDATE orders SET country = 'x' WHERE id > 50000",
	},
	{code: "H011", sql: "ALTER TABLE orders ADD CONSTRAINT amount_given CHECK (amount >= 0 AND length(note) > 0)"},
	{code: "H012", sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY(user_id) REFERENCES users (id)"},
	{code: "H012", sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE"},
	{
		code: "H013", before: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
		sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT fk_orders_users",
	},
	{
		code: "H015", sql: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID", other: true,
		after: "ALTER TABLE orders ADD CONSTRAINT fk_orders_users FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
	},
	{code: "H016", sql: "CREATE INDEX ix_users_email ON users (email)"},
	{code: "H016", sql: "CREATE UNIQUE INDEX uq_orders_low ON orders (lower(note), id) WHERE amount > 5"},
	{code: "H017", sql: "ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email)"},
	{code: "H020", sql: "CREATE INDEX CONCURRENTLY ix_users_email ON users (email)", other: true},
	{code: "H022", sql: "DROP INDEX ix_orders_note", eager: true},
	{code: "H027", sql: "UPDATE users SET note = email"},
	{code: "H033", sql: "ALTER TABLE users ADD COLUMN details json", other: true},
	{code: "H035", sql: "ALTER TYPE mood ADD VALUE 'happy'; UPDATE moods SET mood = 'happy'", other: true, after: "UPDATE moods SET mood = 'happy'"},
	{code: "H036", sql: "ALTER DOMAIN mail ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')", other: true},
	{code: "H037", sql: "REFRESH MATERIALIZED VIEW totals"},
	{code: "H038", sql: "ALTER TABLE events DETACH PARTITION events_a", other: true, eager: true},
	{
		code: "H039", sql: "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", eager: true,
		after: "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
	},
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
		t.Run(a.code+" "+a.sql, func(t *testing.T) { a.hold(t, base) })
	}
}

func (a advice) hold(t *testing.T, base postgres.Address) {
	limits := adviceLimits
	if a.eager {
		limits.WarnBlocked = time.Microsecond
	}
	harm, wanted := judgedCopy(t, base, limits, func(address postgres.Address) { atOnce(t, address, a.sql) })
	at := slices.IndexFunc(harm, func(f hazard.Finding) bool { return f.Code == a.code })
	if at < 0 || harm[at].Fix == "" {
		t.Fatalf("no finding with an advice: %+v", harm)
	}
	dir := a.project(t, harm[at].Fix)
	var left []string
	var got *catalog.Snapshot
	for range 3 {
		var found []hazard.Finding
		found, got = judgedCopy(t, base, adviceLimits, func(address postgres.Address) { alembicUpgrade(t, dir, address) })
		if left = a.keepingOut(found); len(left) == 0 {
			break
		}
	}
	if len(left) > 0 {
		t.Errorf("the advice does harm:\n%s\n%s", strings.Join(left, "\n"), harm[at].Fix)
	}
	if a.other {
		return
	}
	if changes := catalog.Compare(wanted, got); len(changes) > 0 {
		t.Errorf("the advice leads to another schema: %+v\n%s", changes, harm[at].Fix)
	}
}

// atOnce sends statements one after the other in a transaction, as a revision does, until one fails.
func atOnce(t *testing.T, address postgres.Address, sql string) {
	t.Helper()
	conn := postgrestest.Connect(t, address)
	for statement := range strings.SplitSeq("BEGIN; "+sql+"; COMMIT", "; ") {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			break
		}
	}
	_ = conn.Close(t.Context())
}

// keepingOut are the findings that tell of users who wait, or for ever. That a column goes
// or is called otherwise is what an advice may be about.
func (a advice) keepingOut(all []hazard.Finding) []string {
	var left []string
	for _, f := range all {
		if f.Code == a.code && a.code == "H003" || f.Severity != hazard.Info && !slices.Contains([]string{"H030", "H031", "H032"}, f.Code) {
			left = append(left, f.Code+": "+f.Title+" ("+f.Evidence+")")
		}
	}
	return left
}

// judgedCopy lets work change a copy of a database through the recorder, and gives the findings and the
// schema afterwards.
func judgedCopy(t *testing.T, base postgres.Address, limits hazard.Limits, work func(postgres.Address)) ([]hazard.Finding, *catalog.Snapshot) {
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
	in := hazard.Input{Before: read(), Limits: limits, Offenders: -1}
	gateway, err := recorder.Open(t.Context(), address, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	work(gateway.Address())
	if in.Recording, err = gateway.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if hazard.Failed(in.Recording) == nil {
		in.After = read()
		in.Changes = catalog.Compare(in.Before, in.After)
	}
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

// project makes an Alembic project of the advised code: a revision for each of its steps.
func (a advice) project(t *testing.T, fix string) string {
	t.Helper()
	const filled = "# a later revision, once every row has a value\n"
	if a.fill != "" {
		fix = strings.Replace(fix, filled, "# a later revision\nop.execute(\""+strings.ReplaceAll(a.fill, "; ", "\")\nop.execute(\"")+"\")\n# a later revision\n", 1)
	}
	if a.before != "" {
		fix = "# first revision\nop.execute(\"" + a.before + "\")\n" + fix
	}
	if a.after != "" {
		fix += "op.execute(\"" + a.after + "\")\n"
	}
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
