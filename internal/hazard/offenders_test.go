package hazard_test

import (
	"errors"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// violated are rows of which some stand in the way of everything below.
const violated = `CREATE EXTENSION btree_gist;
	CREATE SCHEMA "Shop";
	CREATE TABLE "Shop"."Order" (id int PRIMARY KEY, "Mail" text, price numeric, code varchar(40), made text, parent int, other int, room int, during int4range, deleted boolean);
	CREATE TABLE "Shop".parents (id int, kind int, PRIMARY KEY (id, kind), UNIQUE (id));
	INSERT INTO "Shop".parents SELECT g, 1 FROM generate_series(1, 50) g;
	INSERT INTO "Shop"."Order" SELECT g, CASE WHEN g > 7 THEN 'm' || g % 90 || '@x' END, g, 'c' || g, '2026-01-01', 1 + g % 53, 1 + g % 2, g % 10, int4range(g, g + 1), g % 2 = 0 FROM generate_series(1, 100) g;
	UPDATE "Shop"."Order" SET made = 'no date' WHERE id <= 4;
	UPDATE "Shop"."Order" SET price = 40000 + id WHERE id <= 9;
	UPDATE "Shop"."Order" SET during = int4range(1, 5) WHERE id IN (10, 20, 30);
	UPDATE "Shop"."Order" SET code = 'it is;(long)' WHERE id < 6;
	CREATE TYPE mood AS ENUM ('c7', 'c8');
	ANALYZE;`

// TestOffenders counts the rows on which a statement has failed, for each kind of failure, on the
// rows themselves; the wanted numbers are counted by hand from how the rows are made.
func TestOffenders(t *testing.T) {
	t.Parallel()
	expectOffenders(t, postgrestest.Database(t), []failing{
		{alter + `ALTER COLUMN "Mail" SET NOT NULL`, "23502", 7},
		{alter + `ADD COLUMN plan text NOT NULL`, "23502", 100},
		{alter + `ADD COLUMN a int, ALTER "Mail" SET NOT NULL`, "23502", 7},
		{`CREATE UNIQUE INDEX ix ON "Shop"."Order" ("Mail")`, "23505", 3},
		{`CREATE UNIQUE INDEX ix ON "Shop"."Order" (lower("Mail") DESC NULLS LAST) WHERE id > 9 AND "Mail" <> 'a;)' -- why`, "23505", 1},
		{`create unique index on "Shop"."Order" using btree ("Mail", (id % 90)) include (id)`, "23505", 3},
		{`CREATE UNIQUE INDEX ix ON "Shop"."Order" ("Mail") NULLS NOT DISTINCT`, "23505", 9},
		{`CREATE UNIQUE INDEX ix ON "Shop"."Order" ((true)) WHERE (deleted)`, "23505", 49},
		{alter + `ADD CONSTRAINT uq UNIQUE (room, deleted), ADD CONSTRAINT uq2 UNIQUE (id)`, "23505", 90},
		{alter + `ADD CHECK (price < 100 /* ) */ AND code <> 'a)b')`, "23514", 10},
		{alter + `ADD CONSTRAINT ck CHECK (code !~ E'it\'s|is;\\(')`, "23514", 5},
		{alter + `ADD CONSTRAINT fk FOREIGN KEY(parent) REFERENCES "Shop".parents (id) ON DELETE CASCADE`, "23503", 3},
		{alter + `ADD CONSTRAINT fk FOREIGN KEY(parent, other) REFERENCES "Shop".parents (id, kind)`, "23503", 52},
		{alter + `ADD CONSTRAINT ex EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (id > 0)`, "23P01", 3},
		{alter + `ALTER COLUMN code TYPE VARCHAR(4)`, "22001", 5},
		{alter + `ALTER COLUMN price TYPE SMALLINT`, "22003", 9},
		{alter + `ALTER COLUMN price TYPE NUMERIC(4, 2)`, "22003", 10},
		{alter + `ALTER COLUMN price TYPE int2 USING (price::smallint)`, "22003", -1},
		{alter + `ALTER COLUMN price TYPE smallint USING price::smallint`, "22003", 9},
		{alter + `ALTER COLUMN code TYPE INTEGER USING code::int`, "22P02", 100},
		{alter + `ALTER COLUMN code TYPE INTEGER USING (substr(code, 2))::integer`, "22P02", 5},
		{alter + `ALTER COLUMN code TYPE integer USING 1 + code::integer`, "22P02", -1},
		{`INSERT INTO "Shop"."Order" VALUES (1)`, "23505", -1},
	})
}

// TestOffendersOfCasts is about what only pg_input_is_valid can tell, which is there from PostgreSQL 16 on.
func TestOffendersOfCasts(t *testing.T) {
	t.Parallel()
	binaries, err := postgres.FindBinaries(t.Context(), 17, cacheDir(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	expectOffenders(t, postgrestest.DatabaseOn(t, postgrestest.ServerOf(t, binaries)), []failing{
		{alter + `ALTER COLUMN made TYPE date USING CAST(made AS date)`, "22007", 4},
		{alter + `ALTER COLUMN code TYPE mood USING code::text::mood`, "22P02", 98},
		{alter + `ALTER COLUMN deleted TYPE int4range USING (made)::"int4range"`, "22P02", 100},
	})
}

// failing is a statement that fails on violated, and on how many rows.
type failing struct {
	sql   string
	state string
	want  int64
}

const alter = `ALTER TABLE "Shop"."Order" `

func expectOffenders(t *testing.T, direct postgres.Address, cases []failing) {
	t.Helper()
	postgrestest.Exec(t, direct, violated)
	conn := postgrestest.Connect(t, direct)
	for _, c := range cases {
		e := failure(t, conn, c.sql)
		if e == nil || e.SQLState != c.state {
			t.Errorf("%s: failed with %+v, want %s", c.sql, e, c.state)
			continue
		}
		if got := offending(t, conn, *e, c.sql); got != c.want {
			query, _ := hazard.Offenders(*e, c.sql)
			t.Errorf("%s: %d rows stand in the way, want %d\n%s", c.sql, got, c.want, query)
		}
	}
}

func cacheDir(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return postgres.CacheDir(cache)
}

// failure runs a statement that is to fail, and gives its error as a recording has it; nil where it went well.
func failure(t testing.TB, conn *pgx.Conn, sql string) *recorder.StatementError {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	_, err = tx.Exec(t.Context(), sql)
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return nil
	}
	return &recorder.StatementError{
		SQLState: told.Code, Message: told.Message, Schema: told.SchemaName, Table: told.TableName,
		Column: told.ColumnName, Constraint: told.ConstraintName,
	}
}

// offending asks how many rows stand in the way, as the caller of Offenders does; -1 where there is no query.
func offending(t testing.TB, conn *pgx.Conn, e recorder.StatementError, sql string) int64 {
	t.Helper()
	query, ok := hazard.Offenders(e, sql)
	if !ok {
		return -1
	}
	tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	var rows int64
	if err := tx.QueryRow(t.Context(), query).Scan(&rows); err != nil {
		t.Errorf("%s\n%v", query, err)
		return -1
	}
	return rows
}

// TestOffendersRefuses has texts that no query is made of: what is pasted must be one expression of
// the statement that failed, and certainly so.
func TestOffendersRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`ALTER TABLE t ADD CHECK (a > 0); DROP TABLE t`,
		`ALTER TABLE t ADD CHECK (a > 0)) UNION SELECT (1)`,
		`ALTER TABLE t ADD CHECK (a > 0`,
		`ALTER TABLE t ADD CHECK (a > 'x)`,
		`ALTER TABLE t ADD CHECK (a > '\')`,
		`ALTER TABLE t ADD CHECK (a > $1)`,
		`ALTER TABLE t ADD CHECK (a > $q$x)`,
		`ALTER TABLE t ADD CHECK (a > U&'\0029')`,
		`ALTER TABLE t ADD CHECK (a[1) > 0])`,
		`ALTER TABLE t ADD CHECK (a > 0 …`,
		`ALTER TABLE t ADD CHECK (a > 0 /* ) `,
		`ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (b > 0)`,
		`ALTER TABLE t VALIDATE CONSTRAINT c`,
		`ALTER DOMAIN d ADD CHECK (VALUE > 0)`,
		``, `;`, `ALTER TABLE`, `ALTER TABLE t`, `ALTER TABLE t ADD`, `ALTER TABLE t ADD CHECK ()`, `ALTER TABLE t ADD CONSTRAINT CHECK`,
	} {
		if query, ok := hazard.Offenders(recorder.StatementError{SQLState: "23514", Table: "t"}, text); ok {
			t.Errorf("%s: %s", text, query)
		}
	}
}
