package hazard_test

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// shop is what the upgrades below begin with. Nobody has rows in vacant.
const shop = `CREATE TYPE mood AS ENUM ('open', 'closed');
	CREATE TABLE users (id int PRIMARY KEY, name varchar(40), note text, made timestamptz DEFAULT now());
	CREATE TABLE orders (id bigint PRIMARY KEY, user_id int, price numeric(10,4) NOT NULL, state mood, CONSTRAINT ck_price CHECK (price >= 0));
	CREATE TABLE items (id int PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE);
	CREATE TABLE vacant (id int PRIMARY KEY, name varchar(40) NOT NULL, price numeric(10,4), CONSTRAINT ck_vacant CHECK (id > 0));
	CREATE INDEX ix_price ON orders (price);
	CREATE INDEX ix_user ON orders (user_id);
	CREATE INDEX ix_user_price ON orders (user_id, price);
	CREATE VIEW dear AS SELECT id FROM orders WHERE price > 100;
	INSERT INTO users SELECT g, CASE WHEN g > 3 THEN 'name ' || g END, 'note ' || g FROM generate_series(1, 2000) g;
	INSERT INTO orders SELECT g, g % 2100, g, 'open' FROM generate_series(0, 4999) g;
	INSERT INTO items SELECT g, g FROM generate_series(1, 1500) g;
	CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
	ANALYZE users, orders, items, vacant`

// opened makes the shop once; every test gets a copy of it.
var (
	opened sync.Once
	// first is what the catalog of the shop says; the copies have its OIDs.
	first *catalog.Snapshot
)

// newShop is a database of its own with all of the shop in it.
func newShop(t testing.TB) postgres.Address {
	t.Helper()
	server := postgrestest.Server(t).Address()
	opened.Do(func() {
		postgrestest.Exec(t, server, "CREATE DATABASE shop TEMPLATE template0")
		of := server
		of.Database = "shop"
		postgrestest.Exec(t, of, shop)
		conn := postgrestest.Connect(t, of)
		first = snapshotOf(t, conn)
		conn.Close(t.Context())
	})
	address := server
	address.Database = "s_" + strings.ToLower(rand.Text()[:12])
	postgrestest.Exec(t, server, "CREATE DATABASE "+address.Database+" TEMPLATE shop")
	t.Cleanup(func() { postgrestest.Exec(t, server, "DROP DATABASE "+address.Database+" WITH (FORCE)") })
	return address
}

// upgrade is what a test does with a shop: revisions of statements, each in a transaction unless it says otherwise.
type upgrade struct {
	sql []string
	// alone runs the statements outside of a transaction.
	alone bool
	// setup is done to the shop before.
	setup  string
	limits hazard.Limits
	deploy *hazard.Deploy
	change func(*hazard.Input)
}

// findings runs an upgrade through the recorder and gives what the rules say of it.
func (u upgrade) findings(t testing.TB) []hazard.Finding {
	t.Helper()
	direct := newShop(t)
	watch := postgrestest.Connect(t, direct)
	before := *first
	if u.setup != "" {
		postgrestest.Exec(t, direct, u.setup)
		before = *snapshotOf(t, watch)
	}
	in := hazard.Input{Before: &before, Limits: u.limits, Deploy: u.deploy, Offenders: -1}
	gateway, err := recorder.Open(t.Context(), direct, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	conn := postgrestest.Connect(t, gateway.Address())
	failed := u.run(t, conn)
	conn.Close(t.Context())
	if in.Recording, err = gateway.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if failed {
		if s := hazard.Failed(in.Recording); s != nil {
			in.Offenders = -1
			if _, ok := hazard.Offenders(*s.Error, s.Text); ok {
				in.Offenders = offending(t, watch, *s.Error, s.Text)
			}
		}
	} else {
		in.After = snapshotOf(t, watch)
		before.Lineage = in.After.Lineage
		in.Changes = catalog.Compare(in.Before, in.After)
	}
	if in.Limits == (hazard.Limits{}) {
		in.Limits = hazard.DefaultLimits()
	}
	if u.change != nil {
		u.change(&in)
	}
	return hazard.Judge(in)
}

// run sends the statements, and tells whether one failed that is not taken back.
func (u upgrade) run(t testing.TB, conn *pgx.Conn) (failed bool) {
	t.Helper()
	all := u.sql
	if !u.alone {
		all = append(append([]string{"BEGIN"}, all...), "INSERT INTO alembic_version VALUES ('ae10')", "COMMIT")
	}
	for i, sql := range all {
		_, err := conn.PgConn().Exec(context.WithoutCancel(t.Context()), sql).ReadAll()
		if err != nil && !strings.HasPrefix(all[min(i+1, len(all)-1)], "ROLLBACK TO") {
			t.Log(err)
			return true
		}
	}
	return false
}

func snapshotOf(t testing.TB, conn *pgx.Conn) *catalog.Snapshot {
	t.Helper()
	s, err := catalog.ReadWith(t.Context(), conn, catalog.ReadOptions{Sizes: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// expected is an upgrade, and what one rule says of it; nothing where the severity is empty.
type expected struct {
	name     string
	code     string
	severity hazard.Severity
	object   string
	title    string // begins the title
	fix      string // is all of the fix
	upgrade
}

func (e expected) check(t *testing.T) {
	t.Helper()
	all := e.findings(t)
	var found []hazard.Finding
	for _, f := range all {
		if f.Code == e.code {
			found = append(found, f)
		}
	}
	switch {
	case e.severity == "" && len(found) > 0:
		t.Errorf("%s speaks: %+v", e.code, found)
	case e.severity == "":
	case len(found) != 1:
		t.Errorf("%d findings of %s among %+v", len(found), e.code, all)
	default:
		f := found[0]
		if f.Severity != e.severity || f.Object != e.object || !strings.HasPrefix(f.Title, e.title) || f.Fix != e.fix {
			t.Errorf("got  %s %q\n     %q\n     %q\nwant %s %q\n     %q\n     %q\nof %+v", f.Severity, f.Object, f.Title, f.Fix, e.severity, e.object, e.title, e.fix, f)
		}
		if f.Title == "" || f.Evidence == "" || f.Known == "" || f.Why == "" {
			t.Errorf("something is not said: %+v", f)
		}
	}
}

func expectAll(t *testing.T, all []expected) {
	t.Helper()
	t.Parallel()
	for _, e := range all {
		t.Run(e.code+" "+e.name, func(t *testing.T) {
			t.Parallel()
			e.check(t)
		})
	}
}

func sql(statements ...string) upgrade { return upgrade{sql: statements} }

const autocommitBlock = "with op.get_context().autocommit_block():\n    "

// TestFailures has statements that fail on the rows that are there.
func TestFailures(t *testing.T) {
	expectAll(t, []expected{
		{
			"values too long", "H008", hazard.Block, "table public.users", "fails on 1,991 rows of `users`: `name` has values that do not fit varchar(6)", "",
			sql("ALTER TABLE users ALTER COLUMN name TYPE varchar(6)"),
		},
		{"values that fit", "H008", "", "", "", "", sql("ALTER TABLE users ALTER COLUMN name TYPE varchar(60)")},
		{
			"required column", "H010", hazard.Block, "table public.users", "fails on 2,000 rows of `users`: the new column `plan` must not be null and has no default",
			"# first revision\n" + `op.execute("ALTER TABLE users ADD COLUMN plan text")` + "\n# a later revision, once every row has a value\n" +
				`op.create_check_constraint(op.f("ck_users_plan_not_null"), "users", "plan IS NOT NULL", postgresql_not_valid=True)` + "\n# a later revision\n" +
				`op.execute("ALTER TABLE users VALIDATE CONSTRAINT ck_users_plan_not_null")` + "\n# a later revision\n" +
				`op.alter_column("users", "plan", nullable=False)` + "\n" + `op.drop_constraint(op.f("ck_users_plan_not_null"), "users")` + "\n",
			sql("ALTER TABLE users ADD COLUMN plan text NOT NULL"),
		},
		{"required column of an empty table", "H010", "", "", "", "", sql("ALTER TABLE vacant ADD COLUMN plan text NOT NULL")},
		{"nulls", "H014", hazard.Block, "table public.users", "fails on 3 rows of `users`: there is no value in `name`", "", sql("ALTER TABLE users ALTER COLUMN name SET NOT NULL")},
		{
			"orphans", "H014", hazard.Block, "table public.orders", "fails on 201 rows of `orders`: what they refer to is not there, against `fk_user`", "",
			sql("ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE"),
		},
		{
			"repetitions", "H014", hazard.Block, "table public.orders", "fails on 2,900 rows of `orders`: they repeat the values of others, against `uq_user`", "",
			sql("CREATE UNIQUE INDEX uq_user ON orders (user_id)"),
		},
		{
			"repetitions beside the users", "H014", hazard.Block, "table public.orders", "fails on 2,900 rows of `orders`: they repeat the values of others, against `uq_user`", "",
			upgrade{sql: []string{"CREATE UNIQUE INDEX CONCURRENTLY uq_user ON orders (user_id)"}, alone: true},
		},
		{
			"check", "H014", hazard.Block, "table public.orders", "fails on 10 rows of `orders`: they violate `ck_more`", "",
			sql("ALTER TABLE orders ADD CONSTRAINT ck_more CHECK (price >= 10)"),
		},
		{"check that holds", "H014", "", "", "", "", sql("ALTER TABLE orders ADD CONSTRAINT ck_more CHECK (price < 5000)")},
		{
			"in a transaction", "H020", hazard.Block, "table public.orders", "fails on `orders`: CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
			autocommitBlock + `op.execute("CREATE INDEX CONCURRENTLY ix_state ON orders (state)")` + "\n", sql("CREATE INDEX CONCURRENTLY ix_state ON orders (state)"),
		},
		{"outside of one", "H020", "", "", "", "", upgrade{sql: []string{"CREATE INDEX CONCURRENTLY ix_state ON orders (state)"}, alone: true}},
		{
			"new value used at once", "H035", hazard.Block, "", "fails: unsafe use of new value \"lost\" of enum type mood",
			autocommitBlock + `op.execute("ALTER TYPE mood ADD VALUE 'lost'")` + "\n",
			sql("ALTER TYPE mood ADD VALUE 'lost'", "UPDATE orders SET state = 'lost' WHERE id = 1"),
		},
		{"new value", "H035", "", "", "", "", sql("ALTER TYPE mood ADD VALUE 'lost'")},
		{
			"any other", "H044", hazard.Block, "table public.orders", "fails on `orders`: column \"colour\" of relation \"orders\" does not exist", "",
			sql("ALTER TABLE orders DROP COLUMN colour"),
		},
		{
			"data", "H044", hazard.Block, "table public.orders", "fails on `orders`: duplicate key value violates unique constraint \"orders_pkey\"", "",
			sql("INSERT INTO orders VALUES (1, 1, 1)"),
		},
		{"caught", "H044", "", "", "", "", sql("SAVEPOINT s", "INSERT INTO orders VALUES (1, 1, 1)", "ROLLBACK TO s")},
	})
}
