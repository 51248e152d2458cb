package scratch

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

const furniture = `
CREATE SCHEMA billing;
CREATE EXTENSION pg_trgm WITH SCHEMA billing;
CREATE FUNCTION billing.now_utc() RETURNS timestamp LANGUAGE sql AS 'SELECT now() AT TIME ZONE ''UTC''';
CREATE TABLE billing.invoices (id bigint PRIMARY KEY);
CREATE FUNCTION billing.total(i billing.invoices) RETURNS bigint LANGUAGE sql AS 'SELECT i.id';`

func TestEquip(t *testing.T) {
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	postgrestest.Exec(t, address, furniture)
	d, err := Create(t.Context(), conn, address, address.Database+"_models")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := d.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(empty.Objects); n > 1 { // the schema public
		t.Errorf("an empty database has %d objects", n)
	}
	if err := d.Equip(t.Context()); err != nil {
		t.Fatal(err)
	}
	equipped, err := d.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[catalog.Identity]bool{
		{Kind: catalog.Schema, Name: "billing"}:                                      true,
		{Kind: catalog.Extension, Name: "pg_trgm"}:                                   true,
		{Kind: catalog.Function, Schema: "billing", Name: "now_utc()"}:               true,
		{Kind: catalog.Function, Schema: "billing", Name: "total(billing.invoices)"}: false,
		{Kind: catalog.Table, Schema: "billing", Name: "invoices"}:                   false,
	}
	for id, there := range want {
		if _, found := equipped.Find(id); found != there {
			t.Errorf("%s is there: %t, want %t", id, found, there)
		}
	}
	wantDropped(t, d)
}

func wantDropped(t *testing.T, d *Database) {
	t.Helper()
	for range 2 { // the second time there is nothing to do
		if err := d.Drop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	var left int
	err := d.original.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname = $1", d.Address.Database).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d left, %v", left, err)
	}
}

// TestSettings holds that what was set for the original counts in the copy, and that one left
// behind by an earlier run is replaced.
func TestSettings(t *testing.T) {
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	postgrestest.Exec(t, address, `ALTER DATABASE "`+address.Database+`" SET search_path = app, "Odd name", public`)
	postgrestest.Exec(t, address, `ALTER DATABASE "`+address.Database+`" SET app.tenant = 'it''s'`)
	for _, last := range []bool{false, true} {
		d, err := Create(t.Context(), conn, address, address.Database+"_history")
		if err != nil {
			t.Fatal(err)
		}
		var path, tenant, encoding, collate string
		err = d.conn.QueryRow(t.Context(), `SELECT current_setting('search_path'), current_setting('app.tenant'), pg_encoding_to_char(encoding), datcollate
			FROM pg_database WHERE datname = current_database()`).Scan(&path, &tenant, &encoding, &collate)
		if err != nil || path != `app, "Odd name", public` || tenant != "it's" {
			t.Errorf("search_path %q, app.tenant %q, %v", path, tenant, err)
		}
		var same bool
		err = conn.QueryRow(t.Context(), `SELECT pg_encoding_to_char(encoding) = $1 AND datcollate = $2 FROM pg_database WHERE datname = current_database()`,
			encoding, collate).Scan(&same)
		if err != nil || !same {
			t.Errorf("encoding %s and collation %s are not the original's; %v", encoding, collate, err)
		}
		if last {
			wantDropped(t, d)
		}
	}
}

func TestNoRight(t *testing.T) {
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	postgrestest.Exec(t, address, "CREATE ROLE scratch_nobody LOGIN")
	t.Cleanup(func() { postgrestest.Exec(t, address, "DROP ROLE scratch_nobody") })
	if _, err := conn.Exec(t.Context(), "SET ROLE scratch_nobody"); err != nil {
		t.Fatal(err)
	}
	_, err := Create(t.Context(), conn, address, address.Database+"_models")
	advice, known := fault.Explain(err)
	if !known || !strings.Contains(advice.Do, "CREATEDB") {
		t.Errorf("got %v, %+v", err, advice)
	}
}
