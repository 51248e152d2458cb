package catalog

import (
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestSuspected compares two databases that have nothing in common but what they look like.
func TestSuspected(t *testing.T) {
	for _, tt := range suspectedTests {
		t.Run(tt.name, func(t *testing.T) {
			wantTold(t, elsewhere(t, tt.before), elsewhere(t, tt.after), tt.want)
		})
	}
}

func elsewhere(t *testing.T, sql string) *Snapshot {
	t.Helper()
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, sql)
	return read(t, conn)
}

var suspectedTests = []struct{ name, before, after, want string }{{
	name: "a table, with the names that PostgreSQL and SQLAlchemy make of its own",
	before: `CREATE TABLE users (id serial PRIMARY KEY, name text, boss integer CONSTRAINT fk_users_boss REFERENCES users, CHECK (id > 0));
		CREATE INDEX ix_users_name ON users (name); CREATE VIEW v AS SELECT users.name FROM users; CREATE TABLE t (users integer REFERENCES users)`,
	after: `CREATE TABLE people (id serial PRIMARY KEY, name text, boss integer CONSTRAINT fk_people_boss REFERENCES people, CHECK (id > 0));
		CREATE INDEX ix_people_name ON people (name); CREATE VIEW v AS SELECT people.name FROM people; CREATE TABLE t (users integer REFERENCES people)`,
	want: `
			renamed table public.people (was public.users) suspected
			  renamed sequence public.people_id_seq (was public.users_id_seq)
			  renamed constraint public.people.fk_people_boss (was public.users.fk_users_boss)
			  renamed constraint public.people.people_id_check (was public.users.users_id_check)
			  renamed constraint public.people.people_pkey (was public.users.users_pkey)
			  renamed index public.people.ix_people_name (was public.users.ix_users_name)
			  changed view public.v definition follows
			  changed column public.people.id default follows
			  changed constraint public.people.fk_people_boss references follows
			  changed constraint public.t.t_users_fkey references follows
			  changed index public.people.ix_people_name definition follows`,
}, {
	name:   "a table of another shape",
	before: `CREATE TABLE a (id integer, x text)`,
	after:  `CREATE TABLE b (id integer, x text NOT NULL)`,
	want: `
			removed table public.a
			added table public.b`,
}, {
	name:   "two tables of one shape",
	before: `CREATE TABLE a (id integer); CREATE TABLE b (id integer)`,
	after:  `CREATE TABLE c (id integer)`,
	want: `
			removed table public.a
			removed table public.b
			added table public.c`,
}, {
	name:   "another schema",
	before: `CREATE SCHEMA s; CREATE TABLE s.a (id integer)`,
	after:  `CREATE SCHEMA s; CREATE TABLE a (id integer)`,
	want: `
			removed table s.a
			added table public.a`,
}, {
	name:   "a column",
	before: `CREATE TABLE t (id integer, name text NOT NULL DEFAULT '', x text); CREATE INDEX i ON t (name)`,
	after:  `CREATE TABLE t (id integer, full_name text NOT NULL DEFAULT '', x text); CREATE INDEX i ON t (full_name)`,
	want: `
			changed table public.t suspected
			  renamed column public.t.full_name (was public.t.name)
			  changed index public.t.i definition follows`,
}, {
	name:   "a column at another place",
	before: `CREATE TABLE t (a text, id integer)`,
	after:  `CREATE TABLE t (id integer, b text)`,
	want: `
			changed table public.t
			  removed column public.t.a
			  added column public.t.b`,
}, {
	name:   "two columns side by side",
	before: `CREATE TABLE t (id integer, a text, b text, n integer)`,
	after:  `CREATE TABLE t (id integer, c text, d text, m integer)`,
	want: `
			changed table public.t suspected
			  removed column public.t.a
			  removed column public.t.b
			  renamed column public.t.m (was public.t.n)
			  added column public.t.c
			  added column public.t.d`,
}, {
	name:   "parts",
	before: `CREATE TABLE t (a integer CONSTRAINT c CHECK (a > 0) CONSTRAINT u UNIQUE); CREATE INDEX i ON t (a) WHERE a > 0; CREATE POLICY p ON t USING (a > 0)`,
	after:  `CREATE TABLE t (a integer CONSTRAINT c2 CHECK (a > 0) CONSTRAINT u2 UNIQUE); CREATE INDEX i2 ON t (a) WHERE a > 0; CREATE POLICY p2 ON t USING (a > 0)`,
	want: `
			changed table public.t suspected
			  renamed constraint public.t.c2 (was public.t.c)
			  renamed constraint public.t.u2 (was public.t.u)
			  renamed index public.t.i2 (was public.t.i)
			  renamed policy public.t.p2 (was public.t.p)`,
}, {
	name: "what stands alone",
	before: `CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT f(1) AS a; CREATE TYPE e AS ENUM ('a', 'b');
		CREATE DOMAIN d AS text CHECK (value <> ''); CREATE TABLE t (e e, d d)`,
	after: `CREATE FUNCTION g(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'; CREATE VIEW w AS SELECT g(1) AS a; CREATE TYPE e2 AS ENUM ('a', 'b');
		CREATE DOMAIN d2 AS text CONSTRAINT d_check CHECK (value <> ''); CREATE TABLE t (e e2, d d2)`,
	want: `
			renamed enum public.e2 (was public.e) suspected
			renamed function public.g(integer) (was public.f(integer)) suspected
			changed table public.t
			  changed column public.t.d type: public.d -> public.d2
			  changed column public.t.e type follows
			removed domain public.d
			removed view public.v
			added domain public.d2
			added view public.w`,
}, {
	name:   "schemas and extensions",
	before: `CREATE SCHEMA a; CREATE EXTENSION citext`,
	after:  `CREATE SCHEMA b; CREATE EXTENSION hstore`,
	want: `
			removed schema a
			removed extension citext
			added extension hstore
			added schema b`,
}}
