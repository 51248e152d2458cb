package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// golden holds changes, written as a person reads them, against a file in testdata.
func golden(t *testing.T, name string, changes []Change) {
	t.Helper()
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "== %s %s\n", c.Action, c.Object)
		for _, d := range c.Details {
			b.WriteString(strings.TrimRight(fmt.Sprintf("   %s %s %s: %q -> %q %s", d.Action, d.Object, d.Attribute, d.Before, d.After, d.Place), " ") + "\n")
		}
		b.WriteString(c.Diff())
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(file(t, name), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got); -update writes it anew:\n%s", name, diff)
	}
}

// TestReadableDiff is a migration as teams write them, and how it reads.
func TestReadableDiff(t *testing.T) {
	address := database(t, postgrestest.Server(t))
	before := readAt(t, address)
	postgrestest.Exec(t, address, `
		ALTER TYPE app.status ADD VALUE 'sent' AFTER 'paid';
		ALTER TABLE app.users ADD COLUMN nick varchar(30) NOT NULL DEFAULT '', ALTER COLUMN score TYPE numeric(12,2), DROP COLUMN tags;
		CREATE UNIQUE INDEX users_nick ON app.users (nick) WHERE nick <> '';
		DROP INDEX app.users_name;
		COMMENT ON COLUMN app.users.nick IS 'shown to others';
		CREATE TABLE app.invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			order_id integer NOT NULL REFERENCES app.orders ON DELETE CASCADE, amount numeric(12,2) NOT NULL CHECK (amount > 0));
		DROP TABLE app.child;
		CREATE OR REPLACE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.created := clock_timestamp();
    RETURN NEW;
END
$$;
		GRANT INSERT, UPDATE ON app.users TO catalog_reader;
		ALTER TABLE app.parent OWNER TO catalog_owner`)
	after := readAt(t, address)
	golden(t, "readable.diff", Compare(before, after))
	golden(t, "readable-undone.diff", Compare(after, before))
}

// TestDetails tells the smallest difference of changes that are easily told too broadly.
func TestDetails(t *testing.T) {
	column := func(name string) Identity { return Identity{Column, "public", name, "t"} }
	enum, table := Identity{Kind: Enum, Schema: "public", Name: "e"}, Identity{Kind: Table, Schema: "public", Name: "t"}
	tests := []struct {
		name, setup, sql string
		want             []Detail
	}{{
		name: "a label at its place", setup: `CREATE TYPE e AS ENUM ('a', 'c')`, sql: `ALTER TYPE e ADD VALUE 'b' BEFORE 'c'`,
		want: []Detail{{Action: Added, Object: enum, Attribute: "label", After: "b", Place: "after 'a'"}},
	}, {
		name: "the first label", setup: `CREATE TYPE e AS ENUM ('a')`, sql: `ALTER TYPE e ADD VALUE 'A' BEFORE 'a'`,
		want: []Detail{{Action: Added, Object: enum, Attribute: "label", After: "A", Place: "first"}},
	}, {
		name: "labels in another order", setup: `CREATE TYPE e AS ENUM ('a', 'b')`, sql: `DROP TYPE e; CREATE TYPE e AS ENUM ('b', 'a')`,
		want: []Detail{{Action: Changed, Object: enum, Attribute: "label order", Before: "a, b", After: "b, a"}},
	}, {
		name: "columns in another order", setup: `CREATE TABLE t (a integer, b integer)`, sql: `ALTER TABLE t DROP COLUMN a, ADD COLUMN a integer`,
		want: []Detail{
			{Action: Recreated, Object: column("a")},
			{Action: Changed, Object: table, Attribute: "column order", Before: "a, b", After: "b, a"},
		},
	}, {
		name: "a column in the middle gone", setup: `CREATE TABLE t (a integer, b integer, c integer)`, sql: `ALTER TABLE t DROP COLUMN b`,
		want: []Detail{{Action: Removed, Object: column("b"), Before: "b integer"}},
	}, {
		name: "a default and its comment", setup: `CREATE TABLE t (a integer DEFAULT 1)`, sql: `ALTER TABLE t ALTER a SET DEFAULT 2; COMMENT ON COLUMN t.a IS 'x'`,
		want: []Detail{
			{Action: Changed, Object: column("a"), Attribute: "default", Before: "1", After: "2"},
			{Action: Added, Object: column("a"), Attribute: "comment", After: "x"},
		},
	}, {
		name:  "options by key",
		setup: `CREATE TABLE t (a integer) WITH (fillfactor = 70, autovacuum_enabled = off)`,
		sql:   `ALTER TABLE t SET (fillfactor = 80, parallel_workers = 2), RESET (autovacuum_enabled)`,
		want: []Detail{
			{Action: Added, Object: table, Attribute: "option", After: "parallel_workers=2"},
			{Action: Changed, Object: table, Attribute: "option", Before: "fillfactor=70", After: "fillfactor=80"},
			{Action: Removed, Object: table, Attribute: "option", Before: "autovacuum_enabled=off"},
		},
	}, {
		name:  "privileges one at a time",
		setup: roles + `; CREATE TABLE t (a integer); GRANT SELECT, INSERT ON t TO catalog_reader`,
		sql:   `GRANT SELECT ON t TO catalog_reader WITH GRANT OPTION; REVOKE INSERT ON t FROM catalog_reader; GRANT UPDATE ON t TO catalog_reader`,
		want: []Detail{
			{Action: Added, Object: table, Attribute: "grant", After: "UPDATE TO catalog_reader"},
			{Action: Changed, Object: table, Attribute: "grant", Before: "SELECT TO catalog_reader", After: "SELECT TO catalog_reader WITH GRANT OPTION"},
			{Action: Removed, Object: table, Attribute: "grant", Before: "INSERT TO catalog_reader"},
		},
	}, {
		name:  "a policy's check",
		setup: `CREATE TABLE t (a integer); CREATE POLICY p ON t USING (a > 0) WITH CHECK (a > 0)`,
		sql:   `ALTER POLICY p ON t WITH CHECK (a > 1)`,
		want:  []Detail{{Action: Changed, Object: Identity{Policy, "public", "p", "t"}, Attribute: "check", Before: "(a > 0)", After: "(a > 1)"}},
	}, {
		name:  "the most important first",
		setup: `CREATE TABLE t (a integer, b integer, c integer, d integer)`,
		sql: `COMMENT ON TABLE t IS 'x'; ALTER TABLE t ADD e integer, ALTER c SET DEFAULT 1, ALTER c SET NOT NULL; ALTER TABLE t RENAME b TO f;
			ALTER TABLE t DROP a, ALTER d TYPE bigint; GRANT SELECT ON t TO PUBLIC`,
		want: []Detail{
			{Action: Removed, Object: column("a"), Before: "a integer"},
			{Action: Renamed, Object: column("f"), Was: &Identity{Column, "public", "b", "t"}},
			{Action: Rewritten, Object: table},
			{Action: Changed, Object: column("d"), Attribute: "type", Before: "integer", After: "bigint"},
			{Action: Added, Object: column("c"), Attribute: "not_null", After: "true"},
			{Action: Added, Object: column("c"), Attribute: "default", After: "1"},
			{Action: Added, Object: column("e"), After: "e integer"},
			{Action: Added, Object: table, Attribute: "grant", After: "SELECT TO PUBLIC"},
			{Action: Added, Object: table, Attribute: "comment", After: "x"},
		},
	}, {
		name: "a table that became a view", setup: `CREATE TABLE t (a integer)`, sql: `DROP TABLE t; CREATE VIEW t AS SELECT 1 AS a`,
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := postgrestest.Connect(t, postgrestest.Database(t))
			changes := between(t, conn, tt.setup, tt.sql)
			var got []Detail
			for _, c := range changes {
				got = append(got, c.Details...)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || len(changes) == 0 {
				t.Errorf("%d changes; details (-want +got):\n%s", len(changes), diff)
			}
		})
	}
}

func between(t *testing.T, conn *pgx.Conn, setup, sql string) []Change {
	t.Helper()
	execute(t, conn, setup)
	before := read(t, conn)
	execute(t, conn, sql)
	return wantDifferent(t, before, read(t, conn))
}

// TestNothingUnwritten gives the renderer a field that it does not know.
func TestNothingUnwritten(t *testing.T) {
	object := func(value string) *Snapshot {
		id := Identity{Kind: Index, Schema: "public", Parent: "t", Name: "i"}
		return &Snapshot{Objects: []Object{
			{Identity: Identity{Kind: Table, Schema: "public", Name: "t"}},
			{Identity: id, Fields: []Field{{"definition", "CREATE INDEX i"}, {"from the future", value}}},
		}}
	}
	changes := Compare(object("1"), object("2"))
	if len(changes) != 1 || !strings.Contains(changes[0].Diff(), "+-- INDEX public.i: from the future 2") {
		t.Errorf("changes: %+v", changes)
	}
}

// sound holds what is true of every comparison, in both directions.
func sound(t testing.TB, before, after *Snapshot) {
	t.Helper()
	there, back := Compare(before, after), Compare(after, before)
	physical := !slices.ContainsFunc(there, func(c Change) bool { return !c.Physical() })
	if same := before.Fingerprint() == after.Fingerprint(); same != physical {
		t.Errorf("fingerprints are equal: %t; all changes are physical: %t\n%s", same, physical, retold(there))
	}
	for _, c := range append(slices.Clone(there), back...) {
		if c.Diff() == "" {
			t.Errorf("%s %s has an empty diff:\n%s", c.Action, c.Object, retold([]Change{c}))
		}
		if c.Action == Changed && len(c.Details) == 0 {
			t.Errorf("%s %s has no details", c.Action, c.Object)
		}
		for i := 1; i < len(c.Details); i++ {
			if c.Details[i-1].weight() > c.Details[i].weight() {
				t.Errorf("%s %s: detail %d is out of order\n%s", c.Action, c.Object, i, retold(there))
			}
		}
	}
	if diff := cmp.Diff(mirrored(there, false), mirrored(back, true)); diff != "" {
		t.Errorf("the way back is another one (-there +back):\n%s\nthere:\n%s\nback:\n%s", diff, retold(there), retold(back))
	}
	if again := Compare(before, after); !cmp.Equal(there, again) {
		t.Error("the same snapshots gave other changes the second time")
	}
	for _, s := range []*Snapshot{before, after} {
		if changes := Compare(s, s); len(changes) != 0 {
			t.Errorf("a snapshot differs from itself:\n%s", retold(changes))
		}
	}
}

// mirrored writes what was told, sorted; turned as the comparison the other way round should
// tell it.
func mirrored(changes []Change, turn bool) []string {
	var list []string
	line := func(action Action, object Identity, was *Identity, rest ...any) {
		name := object.String()
		if turn {
			switch action {
			case Added:
				action = Removed
			case Removed:
				action = Added
			default:
				rest[0], rest[1] = rest[1], rest[0]
			}
		}
		if was != nil {
			names := []string{name, was.String()}
			slices.Sort(names)
			name = strings.Join(names, " or ")
		}
		list = append(list, fmt.Sprintln(append([]any{action, name}, rest...)...))
	}
	for _, c := range changes {
		line(c.Action, c.Object, c.Was, "", "", c.Suspected)
		for _, d := range c.Details {
			object := d.Object
			if d.Was == nil {
				// The name of what did not change its own is that of a table that may have.
				object = Identity{Kind: object.Kind}
			}
			before, after := d.Before, d.After
			if d.Action == Added || d.Action == Removed {
				before, after = before+after, ""
			}
			line(d.Action, object, d.Was, before, after, d.Follows, d.Attribute)
		}
	}
	slices.Sort(list)
	return list
}
