package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

func TestHostileNames(t *testing.T) {
	server := postgrestest.Server(t)
	address := postgrestest.DatabaseOn(t, server)
	postgrestest.Exec(t, address, `DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog "role"') THEN CREATE ROLE "catalog ""role"""; END IF; END $$`)
	empty := readAt(t, address)
	postgrestest.Exec(t, address, file(t, "hostile.sql"))
	full := readAt(t, address)

	changes := wantDifferent(t, empty, full)
	wantSame(t, full, readAt(t, restored(t, server, address)))
	enum, found := full.Find(Identity{Kind: Enum, Schema: `a"b.c`, Name: `E',`})
	if !found {
		t.Fatal("the enum is missing")
	}
	labels := []string{"", "a,b", `"`, "{}", "NULL", "new\nline", `\`, "it's"}
	if diff := cmp.Diff(labels, enum.List("label")); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	golden(t, "hostile.diff", changes)
}

// TestSettings reads through a session whose settings change how PostgreSQL writes things.
func TestSettings(t *testing.T) {
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	execute(t, conn, `CREATE TABLE t (at timestamptz DEFAULT '2026-01-02 03:04:05+00', b bytea DEFAULT '\x00ff',
		f float8 DEFAULT 0.1, i interval DEFAULT '1 day 2 hours', "select" text DEFAULT 'a\b');
		CREATE VIEW v AS SELECT * FROM t WHERE at > '2026-01-02 03:04:05+00'`)
	want := read(t, conn)
	execute(t, conn, `SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'escape';
		SET extra_float_digits = -10; SET quote_all_identifiers = on; SET standard_conforming_strings = off; SET search_path = public`)
	wantSame(t, want, read(t, conn))
	var zone string
	if err := conn.QueryRow(t.Context(), "SHOW TimeZone").Scan(&zone); err != nil || zone != "Asia/Tokyo" {
		t.Errorf("after the snapshot TimeZone is %q (%v): the session was changed", zone, err)
	}
}

// TestLeastPrivilege reads as a role that may do nothing but log in, on every version: each has
// its own idea of what is not for everybody's eyes.
func TestLeastPrivilege(t *testing.T) {
	for _, major := range slices.Concat(oracleVersions, otherVersions) {
		t.Run(postgresName(major), func(t *testing.T) {
			t.Parallel()
			conn := postgrestest.Connect(t, database(t, serverOf(t, major)))
			execute(t, conn, `ALTER USER MAPPING FOR catalog_reader SERVER far OPTIONS (ADD password 'x'); SELECT lo_create(0);
				CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere password=x' PUBLICATION p WITH (connect = false, slot_name = NONE)`)
			want := read(t, conn)
			execute(t, conn, `SET SESSION AUTHORIZATION catalog_reader`)
			got := read(t, conn)
			wantSame(t, want, got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a role without rights sees another picture (-superuser +it):\n%s", diff)
			}
		})
	}
}

func TestLeftOut(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	before := read(t, conn)
	t.Run("version tables", func(t *testing.T) {
		execute(t, conn, `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
			CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint)`)
		after := read(t, conn)
		wantSame(t, before, after)
		table, _ := after.Find(Identity{Kind: Table, Schema: "public", Name: "alembic_version"})
		if table.Tool != "alembic" {
			t.Errorf("the tool of alembic_version is %q", table.Tool)
		}
		if n := len(CompareWith(before, after, Options{VersionTables: true})); n != 2 {
			t.Errorf("asked for version tables, Compare shows %d changes, want 2", n)
		}
	})
	t.Run("a version table of another name", func(t *testing.T) {
		execute(t, conn, `CREATE TABLE revisions (version_num varchar(32) PRIMARY KEY)`)
		after := read(t, conn)
		after.SetTool("public", "no such table", "alembic")
		wantDifferent(t, before, after)
		after.SetTool("public", "revisions", "alembic")
		wantSame(t, before, after)
		execute(t, conn, `DROP TABLE revisions`)
	})
	t.Run("Neon's roles", func(t *testing.T) {
		execute(t, conn, `CREATE TABLE t (id integer)`)
		before := read(t, conn)
		execute(t, conn, `DO $$ BEGIN IF to_regrole('neon_superuser') IS NULL THEN CREATE ROLE neon_superuser; END IF;
			IF to_regrole('cloud_admin') IS NULL THEN CREATE ROLE cloud_admin; END IF; END $$;
			GRANT ALL ON t TO neon_superuser, cloud_admin WITH GRANT OPTION; GRANT ALL ON SCHEMA public TO neon_superuser`)
		wantSame(t, before, read(t, conn))
	})
	t.Run("an ordinary table of that name", func(t *testing.T) {
		before := read(t, conn)
		execute(t, conn, `CREATE TABLE databasechangelog (note text)`)
		wantDifferent(t, before, read(t, conn))
	})
}

// TestSizes holds that rows and bytes come when asked for, and else do not make snapshots of
// the same schema differ as files.
func TestSizes(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, `CREATE TABLE t (a integer PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000); CREATE INDEX i ON t (a); ANALYZE t`)
	sized, err := ReadWith(t.Context(), conn, ReadOptions{Sizes: true})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[Identity]Facts{
		{Kind: Table, Schema: "public", Name: "t"}:                        {Rows: 1000, Bytes: 5 * 8192},
		{Kind: Index, Schema: "public", Name: "i", Parent: "t"}:           {Bytes: 5 * 8192},
		{Kind: Constraint, Schema: "public", Name: "t_pkey", Parent: "t"}: {Bytes: 5 * 8192},
	} {
		o, _ := sized.Find(id)
		if o.Facts.Rows != want.Rows || o.Facts.Bytes != want.Bytes || o.Facts.File == 0 {
			t.Errorf("%s: %+v, want %+v and a file", id, o.Facts, want)
		}
	}
	table, _ := read(t, conn).Find(Identity{Kind: Table, Schema: "public", Name: "t"})
	if table.Facts.Rows != 0 || table.Facts.Bytes != 0 {
		t.Errorf("nobody asked for %+v", table.Facts)
	}
}

// TestInvalidIndex leaves behind what a failed CREATE INDEX CONCURRENTLY does. pg_dump keeps
// silent about it.
func TestInvalidIndex(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, `CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1)`)
	if _, err := conn.Exec(t.Context(), `CREATE UNIQUE INDEX CONCURRENTLY once ON t (a)`); err == nil {
		t.Fatal("a unique index over equal values was built")
	}
	index, found := read(t, conn).Find(Identity{Kind: Index, Schema: "public", Parent: "t", Name: "once"})
	if !found || !index.Has("invalid") {
		t.Errorf("index = %+v, want it flagged invalid", index)
	}
}

func TestJSON(t *testing.T) {
	server := postgrestest.Server(t)
	address := database(t, server)
	before := readAt(t, address)
	postgrestest.Exec(t, address, `ALTER TYPE app.status ADD VALUE 'sent' AFTER 'paid'; DROP TABLE app.child`)
	comparison := NewComparison(before, readAt(t, address))

	data, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := ParseSnapshot(data)
	if diff := cmp.Diff(before, snapshot); err != nil || diff != "" {
		t.Errorf("snapshot does not round-trip: %v\n%s", err, diff)
	}
	if data, err = json.Marshal(comparison); err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseComparison(data)
	if err != nil || len(comparison.Changes) != 2 {
		t.Fatalf("comparison: %v, %d changes", err, len(comparison.Changes))
	}
	if diff := cmp.Diff(&comparison, parsed); diff != "" {
		t.Errorf("comparison does not round-trip:\n%s", diff)
	}
}

func TestParseFaults(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": "CREATE TABLE", "other JSON": `{"name": "x"}`, "a newer version": `{"version": 99}`, "a list": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseSnapshot([]byte(text))
			if why, ok := fault.Explain(err); !ok || !why.Usage || why.Do == "" {
				t.Errorf("error %v, explained as %+v", err, why)
			}
		})
	}
}

func TestReadFaults(t *testing.T) {
	address := postgrestest.Database(t)
	conn, other := postgrestest.Connect(t, address), postgrestest.Connect(t, address)
	execute(t, conn, `CREATE TABLE t (a integer CHECK (a > 0)); CREATE VIEW v AS SELECT a FROM t`)

	t.Run("a lock", func(t *testing.T) {
		execute(t, other, `BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE`)
		_, err := ReadWith(t.Context(), conn, ReadOptions{LockTimeout: 50 * time.Millisecond})
		why, ok := fault.Explain(err)
		if !ok || !strings.Contains(why.Why, "locked") || why.Do == "" {
			t.Errorf("error %v, explained as %+v", err, why)
		}
		execute(t, other, `ROLLBACK`)
		read(t, conn) // the connection survived
	})
	t.Run("a transaction", func(t *testing.T) {
		execute(t, conn, `BEGIN`)
		if _, err := Read(t.Context(), conn); err == nil || !strings.Contains(err.Error(), "in a transaction") {
			t.Errorf("error %v", err)
		}
		execute(t, conn, `ROLLBACK`)
	})
	t.Run("a right taken away", func(t *testing.T) {
		execute(t, conn, `REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC`)
		execute(t, other, roles+`; SET SESSION AUTHORIZATION catalog_reader`)
		_, err := Read(t.Context(), other)
		if why, ok := fault.Explain(err); !ok || !strings.Contains(why.Do, "GRANT") && !strings.Contains(why.Do, "grant") {
			t.Errorf("error %v, explained as %+v", err, why)
		}
	})
	t.Run("a connection that broke", func(t *testing.T) {
		execute(t, conn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", other.PgConn().PID()))
		_, err := Read(t.Context(), other)
		if why, ok := fault.Explain(err); !ok || why.Do == "" {
			t.Errorf("error %v, explained as %+v", err, why)
		}
	})
}

func TestServerMajor(t *testing.T) {
	for parameter, want := range map[string]int{"15.18 (Debian 15.18-0+deb12u1)": 15, "18beta1": 18, "19devel": 19, "14.0": 14} {
		if got, err := serverMajor(parameter); got != want || err != nil {
			t.Errorf("serverMajor(%q) = %d, %v", parameter, got, err)
		}
	}
	for _, parameter := range []string{"", "13.22", "9.6.24", "CockroachDB"} {
		_, err := serverMajor(parameter)
		if _, ok := fault.Explain(err); !ok {
			t.Errorf("serverMajor(%q): error %v has no advice", parameter, err)
		}
	}
}

// TestFaultWords holds that each known state has its own words and keeps its cause.
func TestFaultWords(t *testing.T) {
	seen := map[string]string{}
	for _, code := range []string{"55P03", "42501", "57014", "53200", "57P01", "XX000"} {
		cause := &pgconn.PgError{Code: code}
		err := readFault(cause, false, ReadOptions{})
		why, _ := fault.Explain(err)
		if why.Why == "" || why.Do == "" || seen[why.Why] != "" || !errors.Is(err, cause) {
			t.Errorf("%s: %v, explained as %+v (also %s)", code, err, why, seen[why.Why])
		}
		seen[why.Why] = code
	}
}
