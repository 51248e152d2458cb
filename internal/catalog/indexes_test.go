package catalog

import (
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

const indexed = `
	
	CREATE DOMAIN name_c AS text COLLATE "C"; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (x integer, y text);
	CREATE TABLE "Odd ""one" (id integer, "select" text, "Mixed" text, "ünï" text, plain text, v varchar(10), c char(3), c_c text COLLATE "C",
		d name_c, m mood, a integer[], r int4range, b bit(3), vb varbit, i inet, ci cidr, n name, u uuid, o oid, p pair, x xml,
		ts timestamptz, num numeric, j jsonb, flag boolean);
	CREATE INDEX ON "Odd ""one" (id, plain); CREATE UNIQUE INDEX "The Index" ON "Odd ""one" ("select", "Mixed" DESC);
	CREATE INDEX ON "Odd ""one" ("ünï" NULLS FIRST, v DESC NULLS LAST, num DESC NULLS FIRST); CREATE INDEX ON "Odd ""one" USING hash (plain);
	CREATE INDEX ON "Odd ""one" (c); CREATE INDEX ON "Odd ""one" (v bpchar_ops); CREATE INDEX ON "Odd ""one" (v text_pattern_ops);
	CREATE INDEX ON "Odd ""one" (c_c); CREATE INDEX ON "Odd ""one" (c_c COLLATE "default"); CREATE INDEX ON "Odd ""one" (plain COLLATE "C");
	CREATE INDEX ON "Odd ""one" (d); CREATE INDEX ON "Odd ""one" (d COLLATE "default"); CREATE INDEX ON "Odd ""one" (m, a, r, p);
	CREATE INDEX ON "Odd ""one" (b); CREATE INDEX ON "Odd ""one" (b varbit_ops); CREATE INDEX ON "Odd ""one" (vb); CREATE INDEX ON "Odd ""one" (i, ci);
	CREATE INDEX ON "Odd ""one" (n, u, o, ts);
	CREATE INDEX ON "Odd ""one" USING gin (j); CREATE INDEX ON "Odd ""one" USING gin (j jsonb_path_ops); CREATE INDEX ON "Odd ""one" USING gist (r);
	CREATE INDEX ON "Odd ""one" USING brin (id) WITH (pages_per_range = 4); CREATE INDEX ON "Odd ""one" (id) WITH (fillfactor = 70);
	CREATE INDEX ON "Odd ""one" (id) INCLUDE ("Mixed", num); CREATE INDEX ON "Odd ""one" (lower(plain), id DESC) WHERE flag;
	CREATE INDEX ON "Odd ""one" (id) WHERE num IS NULL AND "select" <> 'x' OR flag; CREATE INDEX ON "Odd ""one" (id) WHERE (flag);
	CREATE UNIQUE INDEX ON "Odd ""one" (id) INCLUDE (num) WHERE "Mixed" ~ '^a';
	CREATE TABLE parts (at date, k text) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF parts DEFAULT;
	CREATE INDEX ON parts (k); CREATE INDEX ON ONLY parts (at DESC)`

// TestIndexDefinitions holds that the definitions that are written here are those that
// pg_get_indexdef() writes.
func TestIndexDefinitions(t *testing.T) {
	check := func(t *testing.T, more string) {
		conn := postgrestest.Connect(t, postgrestest.Database(t))
		execute(t, conn, indexed+more)
		snapshot := read(t, conn)
		execute(t, conn, `SET search_path = ''`)
		indexes := 0
		for _, o := range snapshot.Objects {
			if o.Kind != Index {
				continue
			}
			indexes++
			var want string
			if err := conn.QueryRow(t.Context(), `SELECT pg_catalog.pg_get_indexdef($1)`, o.Facts.OID).Scan(&want); err != nil {
				t.Fatal(err)
			}
			if got := o.Get("definition"); got != want {
				t.Errorf("definition of %s\n got %s\nwant %s", o.Name, got, want)
			}
		}
		if indexes < 31 {
			t.Errorf("%d indexes were read", indexes)
		}
	}
	t.Run("as they are", func(t *testing.T) { check(t, "") })
	t.Run("with a type that anybody could take for another", func(t *testing.T) {
		check(t, `; CREATE TYPE note; CREATE FUNCTION note_in(cstring) RETURNS note LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
			CREATE FUNCTION note_out(note) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
			CREATE TYPE note (INPUT = note_in, OUTPUT = note_out, LIKE = integer); CREATE CAST (note AS integer) WITHOUT FUNCTION AS IMPLICIT;
			CREATE FUNCTION note_lt(note, note) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
			CREATE FUNCTION note_cmp(note, note) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
			CREATE OPERATOR < (LEFTARG = note, RIGHTARG = note, FUNCTION = note_lt);
			CREATE OPERATOR CLASS note_ops DEFAULT FOR TYPE note USING btree AS OPERATOR 1 <, FUNCTION 1 note_cmp(note, note);
			CREATE TABLE notes (s note); CREATE INDEX ON notes (s); CREATE INDEX ON notes (s int4_ops)`)
	})
}
