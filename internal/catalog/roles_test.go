package catalog

import (
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestMapRoles makes one schema as two teams would, each with roles of its own.
func TestMapRoles(t *testing.T) {
	build := func(owner, reader string) *Snapshot {
		conn := postgrestest.Connect(t, postgrestest.Database(t))
		for _, role := range []string{owner, reader} {
			execute(t, conn, `DO $$ BEGIN CREATE ROLE `+quote(role)+`; EXCEPTION WHEN duplicate_object THEN END $$`)
		}
		o, r := quote(owner), quote(reader)
		execute(t, conn, `CREATE SCHEMA app AUTHORIZATION `+o+`; SET ROLE `+o+`;
			GRANT USAGE ON SCHEMA app TO PUBLIC; CREATE TABLE app.t (a integer); CREATE POLICY p ON app.t TO `+r+`, `+o+`;
			GRANT SELECT, UPDATE ON app.t TO `+r+` WITH GRANT OPTION;
			SET ROLE `+r+`; GRANT SELECT ON app.t TO PUBLIC; RESET ROLE;
			ALTER DEFAULT PRIVILEGES FOR ROLE `+o+` IN SCHEMA app GRANT SELECT ON TABLES TO `+r+`;
			CREATE FOREIGN DATA WRAPPER mapped; CREATE SERVER mapped FOREIGN DATA WRAPPER mapped; CREATE USER MAPPING FOR `+r+` SERVER mapped`)
		return read(t, conn)
	}
	ours := build("mapped_boss", `mapped "GRANTED BY" z`)
	theirs := build(`Mapped owner`, "mapped_a_reader")
	wantDifferent(t, ours, theirs)
	ours.MapRoles(map[string]string{"mapped_boss": "Mapped owner", `mapped "GRANTED BY" z`: "mapped_a_reader", "nobody": "x"})
	wantSame(t, theirs, ours)
}

func TestMapRolesOfObjectsThatShareFields(t *testing.T) {
	fields := []Field{{Name: "owner", Value: "anna"}}
	s := &Snapshot{Objects: []Object{
		{Identity: Identity{Kind: Table, Schema: "public", Name: "a"}, Fields: fields},
		{Identity: Identity{Kind: Table, Schema: "public", Name: "b"}, Fields: fields},
	}}
	s.MapRoles(map[string]string{"anna": "berta", "berta": "anna"})
	for _, o := range s.Objects {
		if o.Get("owner") != "berta" {
			t.Errorf("%s belongs to %q, want berta", o.Name, o.Get("owner"))
		}
	}
}
