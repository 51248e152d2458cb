package catalog

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestSameSchema builds one schema in several ways, on several versions. Nothing may tell
// the results apart.
func TestSameSchema(t *testing.T) {
	for _, major := range oracleVersions {
		t.Run(postgresName(major), func(t *testing.T) {
			t.Parallel()
			server := serverOf(t, major)
			base := database(t, server)
			want := readAt(t, base)

			t.Run("read again", func(t *testing.T) { wantSame(t, want, readAt(t, base)) })
			t.Run("under another name", func(t *testing.T) { wantSame(t, want, readAt(t, database(t, server))) })
			t.Run("from a dump", func(t *testing.T) { wantSame(t, want, readAt(t, restored(t, server, base))) })
			t.Run("with other OIDs", func(t *testing.T) {
				address := postgrestest.DatabaseOn(t, server)
				postgrestest.Exec(t, address, `CREATE SCHEMA app; CREATE TABLE app.a (i serial PRIMARY KEY); DROP SCHEMA app CASCADE`)
				postgrestest.Exec(t, address, file(t, "base.sql"))
				wantSame(t, want, readAt(t, address))
			})
		})
	}
}

// TestRoundTrip applies as many mutations to one database as it bears, each on top of the
// others, and holds that a copy of it is the same.
func TestRoundTrip(t *testing.T) {
	for _, major := range oracleVersions {
		t.Run(postgresName(major), func(t *testing.T) {
			t.Parallel()
			server := serverOf(t, major)
			address := database(t, server)
			conn := postgrestest.Connect(t, address)
			stood := 0
			for _, m := range mutations(t, major) {
				if !m.restorable(major) {
					continue
				}
				if _, err := conn.PgConn().Exec(t.Context(), m.sql).ReadAll(); err == nil {
					stood++
				}
			}
			if stood < 100 {
				t.Errorf("only %d mutations stand side by side", stood)
			}
			wantSame(t, read(t, conn), readAt(t, restored(t, server, address)))
		})
	}
}

// restorable tells the mutations that a copy can be held against.
func (m mutation) restorable(major int) bool {
	switch {
	case m.silent(), strings.Contains(m.name, "drop"):
		return false // what went away cannot be compared: the more there is, the more is held
	case strings.Contains(m.sql, "UPDATE pg_"), strings.Contains(m.sql, "INSERT INTO pg_"):
		return false // of the catalogs themselves, of which several need not fit together
	case strings.Contains(m.name, "no dump restores"):
		return false
	case strings.HasPrefix(m.name, "subscription") && major < 16:
		return false // pg_dump 18 gives it an option that came with 16
	}
	return true
}

// TestLateColumn adds a column to a parent whose child has columns already: in the original
// it is the child's last, in a restored copy the child has the parent's columns first.
func TestLateColumn(t *testing.T) {
	server := postgrestest.Server(t)
	base := database(t, server)
	postgrestest.Exec(t, base, "ALTER TABLE app.parent ADD COLUMN late integer")
	wantSame(t, readAt(t, base), readAt(t, restored(t, server, base)))
}

// independent are statements of which each stage may run in any order.
var independent = [][]string{
	{
		`CREATE SCHEMA other`, `CREATE TYPE kind AS ENUM ('a', 'b')`, `CREATE DOMAIN word AS text`,
		`CREATE TABLE one (id integer, k text)`, `CREATE TABLE two (id integer PRIMARY KEY, k text)`,
		`CREATE TABLE parts (id integer, at date) PARTITION BY LIST (id)`,
		`CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
		`CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
		`CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
		`CREATE SEQUENCE s`,
	},
	{
		`CREATE INDEX one_k ON one (k)`, `CREATE INDEX parts_at ON parts (at)`,
		`ALTER TABLE one ADD CONSTRAINT positive CHECK (id > 0)`, `ALTER TABLE one ADD CONSTRAINT unequal CHECK (id <> 7)`,
		`ALTER TABLE one ADD CONSTRAINT once UNIQUE (id)`, `ALTER TABLE one ADD FOREIGN KEY (id) REFERENCES two`,
		`ALTER TABLE one ALTER COLUMN k SET DEFAULT 'x'`, `ALTER TABLE one ALTER COLUMN k SET NOT NULL`,
		`COMMENT ON TABLE two IS 'second'`, `COMMENT ON COLUMN two.k IS 'word'`,
		`GRANT SELECT ON one TO catalog_reader`, `GRANT INSERT ON one TO catalog_owner`, `GRANT UPDATE (k) ON one TO catalog_owner`,
		`CREATE POLICY p ON two TO catalog_reader, catalog_owner`, `CREATE POLICY q ON two FOR DELETE`,
		`ALTER TABLE one SET (fillfactor = 50)`, `ALTER SEQUENCE s OWNED BY two.id`,
		`CREATE TRIGGER noted AFTER INSERT ON one FOR EACH ROW EXECUTE FUNCTION note()`,
		`CREATE TRIGGER again AFTER INSERT ON one FOR EACH ROW EXECUTE FUNCTION note()`,
		`CREATE TABLE part_one PARTITION OF parts FOR VALUES IN (1)`, `CREATE TABLE part_two PARTITION OF parts FOR VALUES IN (2)`,
		`ALTER DOMAIN word ADD CONSTRAINT long CHECK (length(value) > 3)`, `ALTER DOMAIN word ADD CONSTRAINT short CHECK (length(value) < 9)`,
		`CREATE VIEW v AS SELECT id FROM one`, `CREATE VIEW other.v AS SELECT k FROM two`, `ALTER FUNCTION f() OWNER TO catalog_owner`,
	},
}

// TestOrderOfCreation makes the same things in random orders.
func TestOrderOfCreation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	build := func() *Snapshot {
		address := postgrestest.Database(t)
		postgrestest.Exec(t, address, roles)
		for _, stage := range independent {
			random.Shuffle(len(stage), func(i, j int) { stage[i], stage[j] = stage[j], stage[i] })
			postgrestest.Exec(t, address, strings.Join(stage, ";"))
		}
		return readAt(t, address)
	}
	first := build()
	for range 8 {
		wantSame(t, first, build())
	}
}
