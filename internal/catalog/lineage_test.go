package catalog

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// retold writes changes without their texts, one line for each change and detail.
func retold(changes []Change) string {
	var b strings.Builder
	was := func(id *Identity) string {
		if id == nil {
			return ""
		}
		return " (was " + id.QualifiedName() + ")"
	}
	for _, c := range changes {
		line := string(c.Action) + " " + c.Object.String() + was(c.Was)
		if c.Suspected {
			line += " suspected"
		}
		if c.Physical() {
			line += " physical"
		}
		b.WriteString(line + "\n")
		for _, d := range c.Details {
			line := "  " + string(d.Action)
			if d.Object != c.Object {
				line += " " + d.Object.String() + was(d.Was)
			}
			if d.Attribute != "" && d.Follows {
				line += " " + d.Attribute
			} else if d.Attribute != "" {
				line += fmt.Sprintf(" %s: %s -> %s", d.Attribute, d.Before, d.After)
			}
			if d.Place != "" {
				line += " " + d.Place
			}
			if d.Follows {
				line += " follows"
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	return b.String()
}

// wantTold compares before and after, and holds what every comparison must be.
func wantTold(t *testing.T, before, after *Snapshot, want string) {
	t.Helper()
	changes := Compare(before, after)
	if os.Getenv("RETOLD") != "" {
		name := strings.Split(t.Name(), "/")[1]
		fmt.Printf("RETOLD<%s>\n%sRETOLD-END\n", strings.ReplaceAll(name, "_", " "), retold(changes))
	}
	trimmed := strings.ReplaceAll(strings.TrimSpace(want), "\n\t\t\t", "\n") + "\n"
	if diff := cmp.Diff(strings.Split(trimmed, "\n"), strings.Split(retold(changes), "\n")); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	sound(t, before, after)
}

// lineageTest is a migration of one database and what is told of it.
type lineageTest struct{ name, setup, sql, want string }

func (tt lineageTest) run(t *testing.T, server *postgres.Server) {
	conn := postgrestest.Connect(t, postgrestest.DatabaseOn(t, server))
	execute(t, conn, tt.setup)
	before := read(t, conn)
	execute(t, conn, tt.sql)
	wantTold(t, before, read(t, conn), tt.want)
}

func TestLineage(t *testing.T) {
	for _, tt := range lineageTests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, postgrestest.Server(t)) })
	}
}

var lineageTests = []lineageTest{{
	name:  "a table",
	setup: `CREATE TABLE a (id serial PRIMARY KEY, n text CHECK (n <> '')); CREATE INDEX i ON a (n)`,
	sql:   `ALTER TABLE a RENAME TO b`,
	want: `
			renamed table public.b (was public.a)
			  changed index public.b.i definition follows`,
}, {
	name:  "two tables swapped",
	setup: `CREATE TABLE a (x integer); CREATE TABLE b (y text); CREATE INDEX i ON a (x)`,
	sql:   `ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b`,
	want: `
			renamed table public.a (was public.b)
			renamed table public.b (was public.a)
			  changed index public.b.i definition follows`,
}, {
	name:  "a chain of tables",
	setup: `CREATE TABLE a (x integer); CREATE TABLE a_new (x bigint)`,
	sql:   `ALTER TABLE a RENAME TO a_old; ALTER TABLE a_new RENAME TO a`,
	want: `
			renamed table public.a (was public.a_new)
			renamed table public.a_old (was public.a)`,
}, {
	name:  "a new table in place of a renamed one",
	setup: `CREATE TABLE a (x integer)`,
	sql:   `ALTER TABLE a RENAME TO a_old; CREATE TABLE a (x bigint)`,
	want: `
			renamed table public.a_old (was public.a)
			added table public.a`,
}, {
	name:  "a table renamed to the name of one that went",
	setup: `CREATE TABLE a (x integer, y text); CREATE TABLE b (x integer)`,
	sql:   `DROP TABLE a; ALTER TABLE b RENAME TO a; ALTER TABLE a ADD y text`,
	want: `
			removed table public.a
			renamed table public.a (was public.b)
			  added column public.a.y`,
}, {
	name:  "a renamed table whose index was made anew",
	setup: `CREATE TABLE a (x integer, CHECK (x > 0)); CREATE INDEX i ON a (x)`,
	sql:   `ALTER TABLE a RENAME TO b; DROP INDEX i; CREATE INDEX i ON b (x); ALTER TABLE b DROP CONSTRAINT a_x_check, ADD CONSTRAINT a_x_check CHECK (x > 1)`,
	want: `
			renamed table public.b (was public.a)
			  changed constraint public.b.a_x_check definition: CHECK ((x > 0)) -> CHECK ((x > 1))
			  changed index public.b.i definition follows`,
}, {
	name:  "a table to another schema",
	setup: `CREATE SCHEMA s; CREATE TABLE a (id serial PRIMARY KEY, x integer UNIQUE); CREATE TABLE b (x integer REFERENCES a (x))`,
	sql:   `ALTER TABLE a SET SCHEMA s`,
	want: `
			renamed table s.a (was public.a)
			  changed column s.a.id default follows
			  changed constraint public.b.b_x_fkey references follows`,
}, {
	name:  "columns swapped",
	setup: `CREATE TABLE a (x integer, y integer, CHECK (x > y)); CREATE INDEX i ON a (x) INCLUDE (y); CREATE VIEW v AS SELECT x, y FROM a`,
	sql:   `ALTER TABLE a RENAME x TO z; ALTER TABLE a RENAME y TO x; ALTER TABLE a RENAME z TO y`,
	want: `
			changed table public.a
			  renamed column public.a.x (was public.a.y)
			  renamed column public.a.y (was public.a.x)
			  changed view public.v definition follows
			  changed constraint public.a.a_check definition follows
			  changed index public.a.i definition follows`,
}, {
	name: "a column and all that names it",
	setup: `CREATE TABLE a (id integer PRIMARY KEY, name text DEFAULT 'name', len integer GENERATED ALWAYS AS (length(name)) STORED,
			CHECK (name <> 'name'), UNIQUE (name));
		CREATE TABLE b (a_name text REFERENCES a (name), name text);
		CREATE INDEX i ON a (lower(name)) WHERE name IS NOT NULL;
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TRIGGER tr BEFORE UPDATE OF name ON a FOR EACH ROW WHEN (old.name <> new.name) EXECUTE FUNCTION f();
		CREATE POLICY p ON a USING (name = current_user);
		CREATE POLICY q ON b USING (EXISTS (SELECT FROM a WHERE a.name = b.name));
		CREATE VIEW v AS SELECT id, name, a.name || 'x' AS other FROM a;
		CREATE VIEW w AS SELECT one.name AS name1, two.name AS name2, b.name FROM a one JOIN a two USING (id) JOIN b ON b.a_name = one.name;
		CREATE RULE r AS ON DELETE TO a DO ALSO DELETE FROM b WHERE b.name = old.name`,
	sql: `ALTER TABLE a RENAME name TO "full name"`,
	want: `
			changed table public.a
			  renamed column public.a."full name" (was public.a.name)
			  changed view public.v definition follows
			  changed view public.w definition follows
			  changed column public.a.len generated follows
			  changed constraint public.a.a_name_check definition follows
			  changed constraint public.a.a_name_key column follows
			  changed constraint public.b.b_a_name_fkey references_column follows
			  changed index public.a.i definition follows
			  changed policy public.a.p using follows
			  changed policy public.b.q using follows
			  changed rule public.a.r definition follows
			  changed trigger public.a.tr definition follows`,
}, {
	name: "a column of that name elsewhere",
	setup: `CREATE TABLE a (x integer, y integer); CREATE TABLE b (x integer, y integer);
		CREATE VIEW v AS SELECT b.x AS one, b.y AS two FROM b CROSS JOIN a`,
	sql: `ALTER TABLE a RENAME x TO z; ALTER TABLE a RENAME y TO x; ALTER TABLE a RENAME z TO y;
		CREATE OR REPLACE VIEW v AS SELECT b.y AS one, b.x AS two FROM b CROSS JOIN a`,
	want: `
			changed table public.a
			  renamed column public.a.x (was public.a.y)
			  renamed column public.a.y (was public.a.x)
			changed view public.v
			  changed definition:  SELECT b.x AS one,
			    b.y AS two
			   FROM (public.b
			     CROSS JOIN public.a); ->  SELECT b.y AS one,
			    b.x AS two
			   FROM (public.b
			     CROSS JOIN public.a);`,
}, {
	name: "a schema",
	setup: `CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('x'); CREATE TABLE s.a (id serial PRIMARY KEY, e s.e DEFAULT 'x');
		CREATE FUNCTION s.f(s.e) RETURNS s.e LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE s.quiet (id serial PRIMARY KEY, x text UNIQUE);
		CREATE VIEW s.v AS SELECT s.f(e) FROM s.a; CREATE VIEW v AS SELECT id FROM s.a; CREATE TABLE c (a integer REFERENCES s.a); CREATE INDEX i ON s.a (s.f(e))`,
	sql: `ALTER SCHEMA s RENAME TO "new s"; ALTER TABLE "new s".a ADD y text`,
	want: `
			renamed schema "new s" (was s)
			  renamed table "new s".quiet (was s.quiet) follows
			  renamed enum "new s".e (was s.e) follows
			  renamed view "new s".v (was s.v) follows
			  changed view public.v definition follows
			  renamed function "new s".f("new s".e) (was s.f(s.e)) follows
			  changed constraint public.c.c_a_fkey references follows
			changed table "new s".a (was s.a)
			  added column "new s".a.y
			  changed column "new s".a.e type, default follows
			  changed column "new s".a.id default follows
			  changed index "new s".a.i definition follows`,
}, {
	name: "an enum, its values, and what has them",
	setup: `CREATE TYPE e AS ENUM ('a', 'b', 'c', 'd d'); CREATE TABLE t (e e DEFAULT 'a' CHECK (e <> 'b'), f e[] DEFAULT '{a,"d d"}');
		CREATE FUNCTION f(e, e[]) RETURNS e LANGUAGE sql AS $$ SELECT 'a'::e $$;
		CREATE VIEW v AS SELECT 'a' AS a FROM t WHERE e = 'a'`,
	sql: `ALTER TYPE e RENAME TO e2; ALTER TYPE e2 RENAME VALUE 'a' TO 'x'; ALTER TYPE e2 RENAME VALUE 'b' TO 'a';
		ALTER TYPE e2 RENAME VALUE 'd d' TO 'd"d'; ALTER TYPE e2 ADD VALUE 'y' BEFORE 'c'`,
	want: `
			renamed enum public.e2 (was public.e)
			  renamed label: a -> x
			  renamed label: b -> a
			  renamed label: d d -> d"d
			  added label:  -> y after 'a'
			  changed view public.v definition follows
			  renamed function public.f(public.e2, public.e2[]) (was public.f(public.e, public.e[])) follows
			  changed column public.t.e type, default follows
			  changed column public.t.f type, default follows
			  changed constraint public.t.t_e_check definition follows`,
}, {
	name: "parts",
	setup: `CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0), b integer CONSTRAINT u UNIQUE); CREATE INDEX i ON t (a); CREATE POLICY p ON t;
		CREATE RULE r AS ON DELETE TO t DO NOTHING; CREATE VIEW v AS SELECT 1 AS a; CREATE RULE w AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (1, 2) ON CONFLICT ON CONSTRAINT u DO NOTHING;
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f()`,
	sql: `ALTER TABLE t RENAME CONSTRAINT c TO c2; ALTER TABLE t RENAME CONSTRAINT u TO u2; ALTER INDEX i RENAME TO i2; ALTER POLICY p ON t RENAME TO p2;
		ALTER RULE r ON t RENAME TO r2; ALTER TRIGGER tr ON t RENAME TO tr2; ALTER FUNCTION f() RENAME TO f2`,
	want: `
			changed table public.t
			  renamed constraint public.t.c2 (was public.t.c)
			  renamed constraint public.t.u2 (was public.t.u)
			  renamed index public.t.i2 (was public.t.i)
			  renamed policy public.t.p2 (was public.t.p)
			  renamed rule public.t.r2 (was public.t.r)
			  renamed trigger public.t.tr2 (was public.t.tr)
			  changed rule public.v.w definition follows
			  changed trigger public.t.tr2 definition follows
			renamed function public.f2() (was public.f())`,
}, {
	name: "what stands alone",
	setup: `CREATE SEQUENCE s; CREATE VIEW v AS SELECT 1 AS a; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
		CREATE DOMAIN d AS text DEFAULT 'd' CHECK (value <> ''); CREATE TYPE c AS (x integer, y d); CREATE TYPE r AS RANGE (subtype = integer);
		CREATE PROCEDURE p(d) LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE g(integer) (sfunc = int4pl, stype = integer);
		CREATE TABLE t (c c, r r, n integer DEFAULT nextval('s')); CREATE VIEW w AS SELECT v.a, (t.c).x, g(m.a) FROM v, t, m GROUP BY 1, 2`,
	sql: `ALTER SEQUENCE s RENAME TO s2; ALTER VIEW v RENAME TO v2; ALTER MATERIALIZED VIEW m RENAME TO m2; ALTER DOMAIN d RENAME TO d2;
		ALTER TYPE c RENAME TO c2; ALTER TYPE c2 RENAME ATTRIBUTE x TO z; ALTER TYPE r RENAME TO r2; ALTER PROCEDURE p(d2) RENAME TO p2;
		ALTER AGGREGATE g(integer) RENAME TO g2`,
	want: `
			renamed sequence public.s2 (was public.s)
			renamed composite type public.c2 (was public.c)
			  renamed column public.c2.z (was public.c.x)
			  changed column public.c2.y type follows
			  changed column public.t.c type follows
			  changed column public.t.n default follows
			  changed column public.t.r type follows
			renamed domain public.d2 (was public.d)
			renamed range type public.r2 (was public.r)
			renamed materialized view public.m2 (was public.m)
			renamed view public.v2 (was public.v)
			  changed view public.w definition follows
			renamed aggregate public.g2(integer) (was public.g(integer))
			renamed procedure public.p2(public.d2) (was public.p(public.d))
			  changed arguments follows`,
}, {
	name: "a table that a query has twice",
	setup: `CREATE TABLE t (a integer, b integer); CREATE VIEW v AS SELECT t.a, x.b, u.a AS c FROM t JOIN (SELECT t.b FROM t) x ON x.b = t.a JOIN t u ON u.a = t.a;
		CREATE VIEW w AS SELECT t.a FROM t WHERE EXISTS (SELECT FROM t WHERE t.a > 0)`,
	sql: `ALTER TABLE t RENAME TO s`,
	want: `
			renamed table public.s (was public.t)
			  changed view public.v definition follows
			  changed view public.w definition follows`,
}, {
	name:  "a function with other argument names",
	setup: `CREATE FUNCTION f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
	sql:   `DROP FUNCTION f; CREATE FUNCTION f(a integer, c text) RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
	want: `
			changed function public.f(integer, text)
			  changed arguments: a integer, b text -> a integer, c text`,
}, {
	name:  "texts that people wrote",
	setup: `CREATE TABLE users (name text); COMMENT ON TABLE users IS 'users'; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users'`,
	sql:   `ALTER TABLE users RENAME TO people; COMMENT ON TABLE people IS 'people'; CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM people'`,
	want: `
			renamed table public.people (was public.users)
			  changed comment: users -> people
			changed function public.f()
			  changed body: SELECT count(*) FROM users -> SELECT count(*) FROM people`,
}, {
	name: "recreated",
	setup: `CREATE TABLE a (id serial PRIMARY KEY, x integer); CREATE INDEX i ON a (x); CREATE SEQUENCE s; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
		CREATE TABLE b (x integer, y integer, id integer GENERATED ALWAYS AS IDENTITY); CREATE VIEW v AS SELECT 1 AS a;
		CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a'); CREATE INDEX j ON b (x); CREATE TABLE c (x integer); CREATE TABLE d (id serial)`,
	sql: `DROP TABLE a; CREATE TABLE a (id serial PRIMARY KEY, x integer); CREATE INDEX i ON a (x); DROP SEQUENCE s; CREATE SEQUENCE s;
		DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
		ALTER TABLE b DROP y, DROP id; ALTER TABLE b ADD y integer; ALTER TABLE b ADD id integer GENERATED ALWAYS AS IDENTITY;
		DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a; DROP FUNCTION f; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
		DROP TYPE e; CREATE TYPE e AS ENUM ('a'); DROP INDEX j; CREATE INDEX j ON b (x); DROP TABLE c; CREATE TABLE c (x bigint);
		ALTER TABLE d ALTER id DROP DEFAULT; DROP SEQUENCE d_id_seq; CREATE SEQUENCE d_id_seq AS integer OWNED BY d.id;
		ALTER TABLE d ALTER id SET DEFAULT nextval('d_id_seq')`,
	want: `
			recreated table public.a physical
			changed table public.b physical
			  recreated column public.b.id
			  recreated column public.b.y
			  rewritten
			recreated table public.c
			  changed column public.c.x type: integer -> bigint
			changed table public.d physical
			  recreated sequence public.d_id_seq
			recreated sequence public.s physical
			recreated materialized view public.m physical`,
}, {
	name: "rewritten",
	setup: `CREATE TABLE a (id serial PRIMARY KEY, x integer); CREATE TABLE b (id integer PRIMARY KEY, x integer); CREATE INDEX i ON b (x);
		CREATE TABLE c (x integer); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a`,
	sql: `TRUNCATE a RESTART IDENTITY; REINDEX INDEX i; REINDEX INDEX b_pkey; ALTER TABLE c ALTER x TYPE bigint; REFRESH MATERIALIZED VIEW m`,
	want: `
			rewritten table public.a physical
			changed table public.b physical
			  rewritten constraint public.b.b_pkey
			  rewritten index public.b.i
			changed table public.c
			  rewritten
			  changed column public.c.x type: integer -> bigint
			rewritten materialized view public.m physical`,
}, {
	name:  "a sequence that another table owns",
	setup: `CREATE TABLE a (x serial); CREATE TABLE b (y integer); CREATE SEQUENCE s`,
	sql:   `ALTER SEQUENCE a_x_seq OWNED BY b.y; ALTER SEQUENCE s OWNED BY a.x`,
	want: `
			changed sequence public.a_x_seq
			  changed owned_by_column: x -> y
			  changed owned_by_table: a -> b
			changed sequence public.s
			  added owned_by_column:  -> x
			  added owned_by_table:  -> a`,
}, {
	name: "a partitioned table",
	setup: `CREATE TABLE p (at date NOT NULL, x integer, n integer, old integer) PARTITION BY RANGE (at);
		CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); CREATE TABLE p2 PARTITION OF p DEFAULT PARTITION BY LIST (x);
		CREATE TABLE p21 PARTITION OF p2 DEFAULT; CREATE INDEX gone ON p (old)`,
	sql: `ALTER TABLE p ADD y text NOT NULL DEFAULT '', DROP old, ALTER n TYPE bigint; ALTER TABLE p RENAME at TO day; CREATE INDEX i ON p (y);
		ALTER TABLE p ADD CONSTRAINT c CHECK (x > 0); COMMENT ON TABLE p1 IS 'own'`,
	want: `
			changed table public.p
			  removed column public.p.old
			  renamed column public.p.day (was public.p.at)
			  rewritten table public.p21
			  changed column public.p.n type: integer -> bigint
			  removed index public.p.gone
			  added column public.p.y
			  added constraint public.p.c
			  added index public.p.i
			  changed partition_by follows
			  renamed column public.p2.day (was public.p2.at) follows
			  changed column public.p2.n type follows
			  removed column public.p2.old follows
			  added column public.p2.y follows
			  renamed column public.p21.day (was public.p21.at) follows
			  changed column public.p21.n type follows
			  removed column public.p21.old follows
			  added column public.p21.y follows
			  added constraint public.p2.c follows
			  added constraint public.p21.c follows
			  removed index public.p2.p2_old_idx follows
			  added index public.p2.p2_y_idx follows
			  removed index public.p21.p21_old_idx follows
			  added index public.p21.p21_y_idx follows
			changed table public.p1
			  rewritten
			  added comment:  -> own
			  renamed column public.p1.day (was public.p1.at) follows
			  changed column public.p1.n type follows
			  removed column public.p1.old follows
			  added column public.p1.y follows
			  added constraint public.p1.c follows
			  removed index public.p1.p1_old_idx follows
			  added index public.p1.p1_y_idx follows`,
}, {
	name:  "an heir",
	setup: `CREATE TABLE p (a integer); CREATE TABLE h (b integer) INHERITS (p)`,
	sql:   `ALTER TABLE p ADD c integer, ALTER a TYPE bigint`,
	want: `
			changed table public.p
			  rewritten table public.h
			  rewritten
			  changed column public.p.a type: integer -> bigint
			  added column public.p.c
			  changed column public.h.a type follows
			  added column public.h.c follows`,
}, {
	name: "what few schemas have",
	setup: `CREATE SCHEMA s; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER "far away" FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR PUBLIC SERVER "far away";
		CREATE FOREIGN TABLE ft (a integer) SERVER "far away"; CREATE TABLE s.t (a integer, b integer); CREATE STATISTICS s.st ON a, b FROM s.t;
		CREATE PUBLICATION p FOR TABLE s.t; CREATE COLLATION s.c FROM "C"; CREATE TEXT SEARCH CONFIGURATION s.cfg (COPY = simple);
		CREATE FUNCTION s.eq(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE OPERATOR s.=== (function = s.eq, leftarg = integer, rightarg = integer);
		CREATE VIEW v AS SELECT a OPERATOR(s.===) b AS x, to_tsvector('s.cfg', a::text COLLATE s.c) FROM s.t; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC`,
	sql: `ALTER SCHEMA s RENAME TO r; ALTER SERVER "far away" RENAME TO near; ALTER FOREIGN DATA WRAPPER w RENAME TO w2; ALTER STATISTICS r.st RENAME TO st2; ALTER TABLE r.t RENAME a TO z;
		ALTER COLLATION r.c RENAME TO c2; ALTER TEXT SEARCH CONFIGURATION r.cfg RENAME TO cfg2; ALTER PUBLICATION p RENAME TO p2`,
	want: `
			renamed schema r (was s)
			  renamed function r.eq(integer, integer) (was s.eq(integer, integer)) follows
			  renamed default privileges FOR ROLE postgres IN SCHEMA r ON TABLES (was FOR ROLE postgres IN SCHEMA s ON TABLES) follows
			  renamed operator r.=== (integer, integer) (was s.=== (integer, integer)) follows
			changed table r.t (was s.t)
			  renamed column r.t.z (was s.t.a)
			  changed view public.v definition follows
			renamed collation r.c2 (was s.c)
			renamed foreign data wrapper w2 (was w)
			renamed publication p2 (was p)
			  changed published_table follows
			renamed server near (was "far away")
			  changed foreign table public.ft server follows
			  changed wrapper follows
			  renamed user mapping FOR PUBLIC SERVER near (was FOR PUBLIC SERVER "far away") follows
			renamed statistics r.st2 (was s.st)
			  changed definition follows
			renamed text search configuration r.cfg2 (was s.cfg)`,
}, {
	name:  "one publication, another",
	setup: `CREATE TABLE t (a integer PRIMARY KEY, b integer); CREATE TABLE u (a integer); CREATE PUBLICATION p FOR TABLE t (a) WHERE (a > 0), u`,
	sql:   `ALTER TABLE t RENAME a TO z; ALTER PUBLICATION p SET TABLE t (z, b) WHERE (z > 0)`,
	want: `
			changed table public.t
			  renamed column public.t.z (was public.t.a)
			  changed constraint public.t.t_pkey column follows
			changed publication p
			  changed published_table: public.t (a) WHERE ((a > 0)) -> public.t (b, z) WHERE ((z > 0))
			  removed published_table: public.u ->`,
}, {
	name:  "an enum made anew, as migrations do to take a value away",
	setup: `CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e)`,
	sql:   `ALTER TYPE e RENAME TO e_old; CREATE TYPE e AS ENUM ('a', 'c'); ALTER TABLE t ALTER x TYPE e USING x::text::e; DROP TYPE e_old`,
	want: `
			changed enum public.e
			  removed label: b ->
			rewritten table public.t physical`,
}, {
	name:  "a view in place of a renamed table",
	setup: `CREATE TABLE users (id integer, name text); CREATE VIEW v AS SELECT name FROM users`,
	sql:   `ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people`,
	want: `
			renamed table public.people (was public.users)
			  changed view public.v definition follows
			added view public.users`,
}, {
	name:  "a publication of a renamed schema",
	setup: `CREATE SCHEMA s; CREATE TABLE s.a (x integer); CREATE TABLE s.b (x integer); CREATE TABLE z (x integer); CREATE PUBLICATION p FOR TABLE s.a, s.b, z`,
	sql:   `ALTER SCHEMA s RENAME TO zz; ALTER TABLE z RENAME TO aa; ALTER PUBLICATION p DROP TABLE zz.a`,
	want: `
			renamed schema zz (was s)
			  renamed table zz.a (was s.a) follows
			  renamed table zz.b (was s.b) follows
			renamed table public.aa (was public.z)
			changed publication p
			  removed published_table: s.a ->`,
}}
