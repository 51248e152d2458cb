package drift_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/drift"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// byHand are changes that people make to production at night.
var byHand = []struct {
	name, sql string
	tier      drift.Tier
	what      string // part of the sentence
	later     bool   // cannot stand beside the others
}{
	{"index added", `CREATE INDEX CONCURRENTLY orders_total ON orders (total DESC)`, drift.OnlyProduction, "orders_total", false},
	{"table renamed, with more", `ALTER TABLE customers RENAME TO people; CREATE INDEX people_joined ON people (joined); COMMENT ON COLUMN people.name IS 'x'; ALTER TABLE people DROP CONSTRAINT customers_email`, drift.Contradiction, "another name in production", true},
	{"index dropped", `DROP INDEX orders_open`, drift.OnlyRevisions, "orders_open", false},
	{"column added", `ALTER TABLE orders ADD coupon text NOT NULL DEFAULT ''`, drift.OnlyProduction, "orders.coupon", false},
	{"column renamed", `ALTER TABLE orders RENAME note TO remark`, drift.Contradiction, "another name in production: remark", true},
	{"column dropped", `ALTER TABLE customers DROP name`, drift.OnlyRevisions, "customers.name", false},
	{"column wider, below a view", `DROP VIEW spending; ALTER TABLE customers ALTER email TYPE text;
		CREATE VIEW spending AS SELECT c.email, sum(o.total) AS total FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.email`, drift.Contradiction, "customers.email has another type", true},
	{"column nullable", `ALTER TABLE orders ALTER total DROP NOT NULL`, drift.Contradiction, "may be NULL", false},
	{"column NOT NULL", `ALTER TABLE orders ALTER note SET NOT NULL`, drift.Contradiction, "NOT NULL", false},
	{"default changed", `ALTER TABLE orders ALTER state SET DEFAULT 'paid'`, drift.Contradiction, "another default", false},
	{
		"identity instead of serial", `ALTER TABLE customers ALTER id DROP DEFAULT; DROP SEQUENCE customers_id_seq; ALTER TABLE customers ALTER id ADD GENERATED ALWAYS AS IDENTITY`,
		drift.Contradiction, "customers.id gets its values otherwise", false,
	},
	{"value added to an enum", `ALTER TYPE state ADD VALUE 'late' AFTER 'open'`, drift.Contradiction, "state has other values", true},
	{"check relaxed", `ALTER TABLE orders DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (total > -100)`, drift.Contradiction, "positive", false},
	{"check dropped", `ALTER TABLE orders DROP CONSTRAINT positive`, drift.OnlyRevisions, "positive", true},
	{
		"foreign key's action", `ALTER TABLE orders DROP CONSTRAINT orders_customer, ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)`,
		drift.Contradiction, "orders_customer", false,
	},
	{"foreign key renamed", `ALTER TABLE orders RENAME CONSTRAINT orders_customer TO orders_customer_id_fkey`, drift.NameOnly, "orders_customer", true},
	{"unique constraint dropped", `ALTER TABLE customers DROP CONSTRAINT customers_email`, drift.OnlyRevisions, "customers_email", false},
	{"primary key moved", `ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY (id, customer_id)`, drift.Contradiction, "another primary key", false},
	{"table added", `CREATE TABLE backup_of_orders AS TABLE orders`, drift.OnlyProduction, "backup_of_orders", false},
	{"table with a reference", `CREATE TABLE notes (id serial PRIMARY KEY, order_customer integer REFERENCES customers ON DELETE SET NULL, body text UNIQUE)`, drift.OnlyProduction, "notes", false},
	{"table dropped", `DROP TABLE visits`, drift.OnlyRevisions, "visits", false},
	{"table renamed", `ALTER TABLE customers RENAME TO people`, drift.Contradiction, "another name in production", true},
	{"partition added", `CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`, drift.OnlyProduction, "visits_2026", true},
	{
		"view changed", `CREATE OR REPLACE VIEW spending AS SELECT c.email, sum(o.total) + 1 AS total FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.email`,
		drift.Contradiction, "spending", false,
	},
	{"function changed", `CREATE OR REPLACE FUNCTION total_of(customer integer) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT 0.0 /* :nothing "at" all\ */'`, drift.Contradiction, "total_of", false},
	{"trigger switched off", `ALTER TABLE customers DISABLE TRIGGER stamp`, drift.Contradiction, "disabled", false},
	{"policy changed", `ALTER POLICY own ON orders USING (true)`, drift.Contradiction, "Policy own", false},
	{"row-level security", `ALTER TABLE orders ENABLE ROW LEVEL SECURITY`, drift.OnlyProduction, "row-level security", false},
	{"storage parameter", `ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01)`, drift.OnlyProduction, "storage parameter", false},
	{"privileges", `GRANT SELECT ON orders TO PUBLIC`, drift.OnlyProduction, "privileges", false},
	{"comment", `COMMENT ON TABLE orders IS 'do not touch: 100% :mine'`, drift.OnlyProduction, "comment", false},
	{"extension", `CREATE EXTENSION tcn`, drift.OnlyProduction, "tcn", false},
	{"schema", `CREATE SCHEMA scratchpad; CREATE TABLE scratchpad.t (id integer)`, drift.OnlyProduction, "scratchpad", false},
	{"owner", `ALTER TABLE orders OWNER TO pg_database_owner`, drift.OnlyProduction, "owner", false},
}

func history(t testing.TB) postgres.Address {
	t.Helper()
	sql, err := os.ReadFile("testdata/production.sql")
	if err != nil {
		t.Fatal(err)
	}
	template := postgrestest.Database(t)
	postgrestest.Exec(t, template, string(sql))
	return template
}

func run(t testing.TB, a postgres.Address, sql []string, of []drift.Difference) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(lines(of))
		}
	}()
	for _, s := range sql {
		postgrestest.Exec(t, a, s)
	}
}

// TestProduction holds of each change that it is found and named, and that both cures end it.
func TestProduction(t *testing.T) {
	template := history(t)
	wanted := read(t, template)
	production := copyOf(t, template)
	for _, c := range byHand {
		t.Run(c.name, func(t *testing.T) {
			postgrestest.Exec(t, production, `TRUNCATE customers, orders RESTART IDENTITY; INSERT INTO customers (email, name) VALUES ('a@b.c', '');
				INSERT INTO orders (customer_id, total, note) VALUES (1, 3, '')`)
			postgrestest.Exec(t, production, c.sql)
			found := read(t, production)
			differences := drift.Production(wanted, found, drift.Filter{})
			if len(differences) == 0 || differences[0].Tier != c.tier || !strings.Contains(differences[0].What, c.what) {
				t.Fatalf("want %s and %q:\n%s", c.tier, c.what, lines(differences))
			}
			run(t, production, drift.RemoveAll(differences), differences)
			if left := drift.Production(wanted, read(t, production), drift.Filter{}); len(left) > 0 {
				t.Fatalf("removed:\n%sleft:\n%s", lines(differences), lines(left))
			}
			run(t, production, drift.AdoptAll(differences), differences)
			if left := drift.Production(read(t, production), found, drift.Filter{}); len(left) > 0 {
				t.Fatalf("adopted:\n%sleft:\n%s", lines(differences), lines(left))
			}
			run(t, production, drift.RemoveAll(differences), differences)
		})
		if t.Failed() {
			production = copyOf(t, template) // the others are to be judged all the same
		}
	}
}

// TestAlembicRevision adopts all of them at once in a revision that Alembic runs.
func TestAlembicRevision(t *testing.T) {
	template := history(t)
	production := copyOf(t, template)
	for _, c := range byHand {
		if !c.later {
			postgrestest.Exec(t, production, c.sql)
		}
	}
	found := read(t, production)
	differences := drift.Production(read(t, template), found, drift.Filter{})
	body, err := json.Marshal("if True:\n" + drift.AlembicRevision(differences))
	if err != nil {
		t.Fatal(err)
	}
	adopting := copyOf(t, template)
	start(t, "depot").ask("adopt", adopting, nil, string(body))
	if left := drift.Production(read(t, adopting), found, drift.Filter{}); len(left) > 0 {
		t.Errorf("after\n%sis left:\n%s", drift.AlembicRevision(differences), lines(left))
	}
}
