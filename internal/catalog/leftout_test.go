package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestNotModelled makes all that a snapshot names and does not look into.
func TestNotModelled(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, roles+`; SELECT lo_create(0); SET allow_system_table_mods = on;
		CREATE TABLE pg_catalog.notes (line text);
		CREATE FUNCTION pg_catalog.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1';
		CREATE OPERATOR pg_catalog.<<<< (leftarg = text, rightarg = text, function = text_lt);
		CREATE FUNCTION less(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
		CREATE OPERATOR <<<< (leftarg = integer, rightarg = text, function = less);
		ALTER OPERATOR FAMILY integer_ops USING btree ADD OPERATOR 1 <<<< (integer, text);
		CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR catalog_reader SERVER s;
		CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)`)
	want := []string{
		"connection of subscription feed",
		"function pg_catalog.mine()",
		"large objects",
		"operator of a system operator family: 1 public.<<<<(integer,text)",
		"operator pg_catalog.<<<< (text, text)",
		"options of user mapping FOR catalog_reader SERVER s",
		"table pg_catalog.notes",
	}
	if diff := cmp.Diff(want, read(t, conn).NotModelled); diff != "" {
		t.Errorf("not modelled (-want +got):\n%s", diff)
	}
}

// TestFutureKind makes the query forget a kind, as it does not know those of newer servers.
func TestFutureKind(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, `CREATE TYPE pair AS (a integer, b integer); CREATE CAST (pair AS text) WITH INOUT`)
	text, err := sql("not_modelled", 15)
	if err != nil {
		t.Fatal(err)
	}
	forgetful := strings.Replace(text, "'pg_cast', ", "", 1)
	var name string
	if err := conn.QueryRow(t.Context(), forgetful).Scan(&name); err != nil || name != "cast (public.pair AS pg_catalog.text)" {
		t.Errorf("the kind that it forgot: %q, %v", name, err)
	}
}

// TestSecrets puts a password wherever PostgreSQL takes one, and into places where it is none.
func TestSecrets(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, roles+`; CREATE FOREIGN DATA WRAPPER w OPTIONS (api_key 'hunter2', place 'moon');
		CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'far', password 'hunter2', "Secret" 'hunter2', conn_string 'hunter2',
			address 'mysql://me:hunter2@far/db', parameters 'host=far password=hunter2', key 'id');
		CREATE USER MAPPING FOR catalog_reader SERVER s OPTIONS (user 'me', password 'hunter2');
		CREATE FOREIGN TABLE t (a integer OPTIONS (name 'b')) SERVER s OPTIONS (token 'hunter2', table_name 'u');
		CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere password=hunter2' PUBLICATION p WITH (connect = false, slot_name = NONE)`)
	s := read(t, conn)
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, c := range Compare(&Snapshot{}, s) {
		text += c.After
	}
	if strings.Contains(text, "hunter2") {
		t.Errorf("a password is in the snapshot: %s", text)
	}
	server, _ := s.Find(Identity{Kind: Server, Name: "s"})
	want := []string{"Secret=***", "address=***", "conn_string=***", "host=far", "key=id", "parameters=***", "password=***"}
	if diff := cmp.Diff(want, server.List("server_option")); diff != "" {
		t.Errorf("options of the server (-want +got):\n%s", diff)
	}
}

// TestNeonOwned makes what Neon has in every database, as its superuser.
func TestNeonOwned(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, roles+`; DO $$ BEGIN
		IF to_regrole('neon_superuser') IS NULL THEN CREATE ROLE neon_superuser; END IF;
		IF to_regrole('cloud_admin') IS NULL THEN CREATE ROLE cloud_admin SUPERUSER; END IF; END $$;
		ALTER ROLE cloud_admin SUPERUSER; CREATE TABLE t (id integer); GRANT SELECT ON t TO catalog_reader`)
	before := read(t, conn)
	execute(t, conn, `GRANT ALL ON t TO neon_superuser, cloud_admin WITH GRANT OPTION; GRANT ALL ON SCHEMA public TO neon_superuser;
		GRANT EXECUTE ON FUNCTION pg_export_snapshot() TO neon_superuser;
		SET ROLE cloud_admin;
		ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO neon_superuser;
		ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
		CREATE SCHEMA neon_migration; CREATE TABLE neon_migration.migration_id (key integer PRIMARY KEY, id bigint NOT NULL DEFAULT 0);
		CREATE FUNCTION neon_migration.note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
		CREATE EVENT TRIGGER neon_note ON ddl_command_end EXECUTE FUNCTION neon_migration.note();
		CREATE PUBLICATION neon_all FOR ALL TABLES;
		CREATE SUBSCRIPTION neon_feed CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
		RESET ROLE`)
	after := read(t, conn)
	wantSame(t, before, after)
	if len(after.NotModelled) > 0 {
		t.Errorf("not modelled: %q", after.NotModelled)
	}
}

// TestMembers says much of members of an extension and of the system's objects, of which a dump
// keeps the privileges alone.
func TestMembers(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, roles+`; CREATE EXTENSION tcn; CREATE TABLE notes (a integer, b integer); ALTER EXTENSION tcn ADD TABLE notes`)
	before := read(t, conn)
	execute(t, conn, `ALTER TABLE notes ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON notes TO catalog_reader USING (a > 0);
		GRANT INSERT ON notes TO catalog_reader; GRANT SELECT (a) ON notes TO catalog_reader;
		INSERT INTO pg_seclabel VALUES ('notes'::regclass, 'pg_class'::regclass, 0, 'lattice', 'top'), ('notes'::regclass, 'pg_class'::regclass, 1, 'lattice', 'low');
		REVOKE EXECUTE ON FUNCTION triggered_change_notification() FROM PUBLIC;
		REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT SELECT ON pg_authid TO catalog_reader;
		COMMENT ON TABLE notes IS 'not told'; CREATE STATISTICS s ON a, b FROM notes;
		CREATE INDEX ON notes (a); CREATE PUBLICATION p FOR TABLE notes`)
	golden(t, "members.diff", wantDifferent(t, before, read(t, conn)))
}

func TestPrivilegeLines(t *testing.T) {
	tests := map[string][]string{
		`=r/postgres`:           {"SELECT TO PUBLIC"},
		`postgres=r*w/postgres`: {"SELECT TO postgres WITH GRANT OPTION", "UPDATE TO postgres"},
		`reader=X/other`:        {"EXECUTE TO reader GRANTED BY other"},
		`"a=b/""c"=m/"x ""y"""`: {`MAINTAIN TO "a=b/""c" GRANTED BY "x ""y"""`},
		`neon_superuser=r/x`:    nil,
		`reader=U/cloud_admin`:  {"USAGE TO reader"},
		`=adDxtCZ/postgres`:     {"CREATE TO PUBLIC", "DELETE TO PUBLIC", "INSERT TO PUBLIC", "PRIVILEGE 'Z' TO PUBLIC", "REFERENCES TO PUBLIC", "TRIGGER TO PUBLIC", "TRUNCATE TO PUBLIC"},
		`"never ends`:           nil,
	}
	for item, want := range tests {
		if diff := cmp.Diff(want, privilegeLines([]string{item}, "postgres")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", item, diff)
		}
	}
}
