package hazard_test

import (
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestLoss has upgrades after which something is gone.
func TestLoss(t *testing.T) {
	expectAll(t, []expected{
		{
			"rounding", "H008", hazard.Warn, "column public.orders.price", "`orders.price` goes from numeric(10,4) to numeric(10,2) in 5,000 rows: what does not fit is rounded or cut", "",
			sql("ALTER TABLE orders DROP CONSTRAINT ck_price", "DROP VIEW dear", "ALTER TABLE orders ALTER COLUMN price TYPE numeric(10,2)"),
		},
		{
			"cutting", "H008", hazard.Warn, "column public.users.name", "`users.name` goes from character varying(40) to character varying(6) in 2,000 rows", "",
			sql("ALTER TABLE users ALTER COLUMN name TYPE varchar(6) USING name::varchar(6)"),
		},
		{"wider", "H008", "", "", "", "", sql("ALTER TABLE users ALTER COLUMN name TYPE varchar(60), ALTER COLUMN id TYPE bigint")},
		{"rounding nothing", "H008", "", "", "", "", sql("ALTER TABLE vacant ALTER COLUMN price TYPE numeric(10,2)")},
		{
			"table", "H030", hazard.Warn, "table public.orders", "drops the table `orders`: 5,000 rows, 262 kB go, and with it constraint `items.items_order_id_fkey` and view `dear`", "",
			sql("DROP TABLE orders CASCADE"),
		},
		{
			"column", "H030", hazard.Warn, "column public.users.note", "drops the column `users.note`: its values in 2,000 rows of 123 kB go", "",
			sql("ALTER TABLE users DROP COLUMN note"),
		},
		{
			"again", "H030", hazard.Block, "table public.items", "drops and creates again the table `items`: 1,500 rows, 74 kB go", "",
			sql("DROP TABLE items", "CREATE TABLE items (id int PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE)"),
		},
		{"empty table", "H030", "", "", "", "", sql("DROP TABLE vacant")},
		{"column of an empty table", "H030", "", "", "", "", sql("ALTER TABLE vacant DROP COLUMN name")},
		{"rename", "H030", "", "", "", "", sql("ALTER TABLE users RENAME TO people", "ALTER TABLE people RENAME COLUMN note TO notes")},
		{
			"emptied", "H030", hazard.Warn, "table public.items", "empties `items` (1,500 rows, 74 kB)", "",
			sql("TRUNCATE items"),
		},
		{"nothing emptied", "H030", "", "", "", "", sql("TRUNCATE vacant")},
		{
			"index", "H023", hazard.Info, "index public.orders.ix_price", "5,000 rows of `orders` lose the index `ix_price`", "",
			sql("DROP INDEX ix_price"),
		},
		{"index that another one replaces", "H023", "", "", "", "", sql("DROP INDEX ix_user")},
		{"index of an empty table", "H023", "", "", "", "", upgrade{setup: "CREATE INDEX ix_name ON vacant (name)", sql: []string{"DROP INDEX ix_name"}}},
		{"index of a table that goes", "H023", "", "", "", "", sql("DROP VIEW dear", "DROP TABLE orders CASCADE")},
		{
			"constraint", "H032", hazard.Info, "constraint public.orders.ck_price", "the constraint `ck_price` of `orders` is gone", "",
			sql("ALTER TABLE orders DROP CONSTRAINT ck_price"),
		},
		{
			"not null", "H032", hazard.Info, "column public.orders.price", "`orders.price` may be null now", "",
			sql("ALTER TABLE orders ALTER COLUMN price DROP NOT NULL"),
		},
		{
			"default", "H032", hazard.Info, "column public.users.made", "`users.made` has no default any longer", "",
			sql("ALTER TABLE users ALTER COLUMN made DROP DEFAULT"),
		},
		{"constraint of an empty table", "H032", "", "", "", "", sql("ALTER TABLE vacant DROP CONSTRAINT ck_vacant")},
		{
			"proof of not null", "H032", "", "", "", "",
			upgrade{
				setup: "ALTER TABLE users ADD CONSTRAINT ck_note CHECK (note IS NOT NULL)",
				sql:   []string{"ALTER TABLE users ALTER COLUMN note SET NOT NULL", "ALTER TABLE users DROP CONSTRAINT ck_note"},
			},
		},
		{"constraint with its column", "H032", "", "", "", "", sql("DROP VIEW dear", "ALTER TABLE orders DROP COLUMN price")},
	})
}

// TestDefinitions has upgrades that define something which is a burden later.
func TestDefinitions(t *testing.T) {
	expectAll(t, []expected{
		{
			"key", "H015", hazard.Info, "constraint public.orders.fk_price", "each delete in `users` reads 5,000 rows of `orders`: `note_of` has no index",
			autocommitBlock + `op.create_index("ix_orders_note_of", "orders", ["note_of"], postgresql_concurrently=True)` + "\n",
			sql("ALTER TABLE orders ADD COLUMN note_of int", "ALTER TABLE orders ADD CONSTRAINT fk_price FOREIGN KEY (note_of) REFERENCES users (id)"),
		},
		{
			"key with an index", "H015", "", "", "", "",
			upgrade{setup: "UPDATE orders SET user_id = 1", sql: []string{"ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)"}},
		},
		{"key of an empty table", "H015", "", "", "", "", sql("ALTER TABLE vacant ADD COLUMN u int REFERENCES users (id)")},
		{
			"index", "H021", hazard.Warn, "index public.users.uq_note", "the index `uq_note` of `users` is not valid: it slows every write and serves no query",
			autocommitBlock + `op.execute("REINDEX INDEX CONCURRENTLY uq_note")` + "\n",
			upgrade{
				setup: "UPDATE users SET note = 'same'", alone: true,
				sql: []string{"CREATE UNIQUE INDEX CONCURRENTLY uq_note ON users (note)", "ROLLBACK TO caught"},
			},
		},
		{"valid index", "H021", "", "", "", "", upgrade{alone: true, sql: []string{"CREATE INDEX CONCURRENTLY ix_note ON users (note)"}}},
		{
			"json", "H033", hazard.Info, "column public.users.extra", "`users.extra` is json, which has no equality and no index",
			"from sqlalchemy.dialects import postgresql\n" + `op.add_column("users", sa.Column("extra", postgresql.JSONB()))` + "\n", sql("ALTER TABLE users ADD COLUMN extra json"),
		},
		{
			"text to json", "H033", hazard.Info, "column public.vacant.name", "`vacant.name` is json, which has no equality and no index",
			"from sqlalchemy.dialects import postgresql\n" + `op.alter_column("vacant", "name", type_=postgresql.JSONB(), postgresql_using="name::jsonb")` + "\n",
			sql("ALTER TABLE vacant ALTER COLUMN name TYPE json USING name::json"),
		},
		{"jsonb", "H033", "", "", "", "", sql("ALTER TABLE users ADD COLUMN extra jsonb", "CREATE TABLE more (id bigint PRIMARY KEY, extra jsonb)")},
		{"json of before", "H033", "", "", "", "", upgrade{setup: "ALTER TABLE users ADD COLUMN extra json", sql: []string{"ALTER TABLE users ADD COLUMN other jsonb"}}},
		{
			"short key", "H034", hazard.Info, "column public.more.id", "the key `more.id` is integer: the numbers end at 2,147,483,647", "",
			sql("CREATE TABLE more (id serial PRIMARY KEY, name varchar(10), made timestamptz)"),
		},
		{
			"time without zone", "H034", hazard.Info, "column public.users.seen", "`users.seen` is a time without a zone", "",
			sql("ALTER TABLE users ADD COLUMN seen timestamp"),
		},
		{
			"narrow reference", "H034", hazard.Warn, "constraint public.users.fk_last", "`users.last` is integer and refers to `orders.id`, which is bigint", "",
			sql("ALTER TABLE users ADD COLUMN last int", "ALTER TABLE users ADD CONSTRAINT fk_last FOREIGN KEY (last) REFERENCES orders (id)"),
		},
		{
			"wide types", "H034", "", "", "", "",
			sql("CREATE TABLE more (id bigserial PRIMARY KEY, u int REFERENCES users (id), name varchar(10), made timestamptz)", "ALTER TABLE users ADD COLUMN seen timestamptz"),
		},
		{
			"renamed value", "H035", hazard.Warn, "enum public.mood", "the value 'open' of `mood` is called 'begun' now: code that runs now and uses it fails", "",
			sql("ALTER TYPE mood RENAME VALUE 'open' TO 'begun'"),
		},
		{
			"no key", "H040", hazard.Info, "table public.log", "the new table `log` has no primary key", "",
			sql("CREATE TABLE log (at timestamptz, text text)"),
		},
		{
			"keys", "H040", "", "", "", "",
			sql("CREATE TABLE log (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)", "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
				"ALTER TABLE users ADD COLUMN more text"),
		},
	})
}

// TestOldCode is about programs of before the upgrade.
func TestOldCode(t *testing.T) {
	const why = "code that runs now and uses it fails"
	tried := hazard.Use{Class: "Order", Table: "public.orders", Operation: "insert", SQLState: "42703", Message: `column "note" of relation "orders" does not exist`, Column: "note"}
	expectAll(t, []expected{
		{"column", "H031", hazard.Warn, "column public.users.note", "`users.note` is gone: " + why, "", sql("ALTER TABLE users DROP COLUMN note")},
		{"renamed column", "H031", hazard.Warn, "column public.users.note", "`users.note` is renamed: " + why, "", sql("ALTER TABLE users RENAME note TO notes")},
		{"renamed table", "H031", hazard.Warn, "table public.users", "`users` is renamed: " + why, "", sql("ALTER TABLE users RENAME TO people")},
		{"required", "H031", hazard.Warn, "column public.vacant.plan", "`vacant.plan` must not be null and has no default: " + why, "", sql("ALTER TABLE vacant ADD COLUMN plan text NOT NULL")},
		{
			"required now", "H031", hazard.Info, "column public.users.note", "`users.note` must not be null and has no default: code that runs now and leaves it out fails", "",
			sql("ALTER TABLE users ALTER note SET NOT NULL"),
		},
		{"required by default", "H031", "", "", "", "", sql("ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free'", "ALTER TABLE users ADD COLUMN more text")},
		{
			"partition", "H031", "", "", "", "",
			upgrade{
				setup: "CREATE TABLE log (at date) PARTITION BY RANGE (at); CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
				sql:   []string{"DROP TABLE log_1"},
			},
		},
		{
			"tried", "H031", hazard.Warn, "table public.orders",
			"breaks the running version during deploy: insert of `Order` fails on `orders`, column `note`: column \"note\" of relation \"orders\" does not exist", "",
			upgrade{sql: []string{"ALTER TABLE users DROP COLUMN note"}, deploy: &hazard.Deploy{OldCodeNewSchema: []hazard.Use{tried}, Tried: 6}},
		},
		{"tried without a failure", "H031", "", "", "", "", upgrade{sql: []string{"ALTER TABLE users DROP COLUMN note"}, deploy: &hazard.Deploy{Tried: 6}}},
		{
			"order", "H048", hazard.Warn, "", "order of deployment: deploy first", "",
			upgrade{sql: []string{"ALTER TABLE users DROP COLUMN note"}, deploy: &hazard.Deploy{OldCodeNewSchema: []hazard.Use{tried}, Tried: 6}},
		},
		{"no order", "H048", "", "", "", "", upgrade{sql: []string{"ALTER TABLE users ADD COLUMN more text"}, deploy: &hazard.Deploy{Tried: 6}}},
	})
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	one := []hazard.Use{{Class: "Order"}}
	for _, c := range []struct {
		deploy hazard.Deploy
		want   string
	}{
		{hazard.Deploy{}, "either"},
		{hazard.Deploy{NewCodeOldSchema: one}, "migrate first"},
		{hazard.Deploy{OldCodeNewSchema: one}, "deploy first"},
		{hazard.Deploy{OldCodeNewSchema: one, NewCodeOldSchema: one}, "needs two steps"},
	} {
		if got := c.deploy.Verdict(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.deploy, got, c.want)
		}
	}
}

// TestInvalidIndexOfBefore is not the upgrade's doing, so it only is told.
func TestInvalidIndexOfBefore(t *testing.T) {
	t.Parallel()
	direct := postgrestest.Database(t)
	conn := postgrestest.Connect(t, direct)
	postgrestest.Exec(t, direct, "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
	if e := failure(t, conn, "SELECT 1"); e != nil {
		t.Fatal(e)
	}
	if _, err := conn.Exec(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY ix_ccnew1 ON t (a)"); err == nil {
		t.Fatal("the index was built")
	}
	snapshot := snapshotOf(t, conn)
	all := hazard.Judge(hazard.Input{Before: snapshot, After: snapshot})
	if len(all) != 1 || all[0].Code != "H021" || all[0].Severity != hazard.Info || all[0].Fix != autocommitBlock+`op.execute("DROP INDEX CONCURRENTLY ix_ccnew1")`+"\n" {
		t.Errorf("got %+v", all)
	}
}
