package catalog

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestStatements goes over each mutation in both directions: statements made of two snapshots must
// make of the one database the other.
func TestStatements(t *testing.T) {
	server := postgrestest.Server(t)
	t.Parallel()
	address := database(t, server)
	conn := postgrestest.Connect(t, address)
	major := majorOf(t, conn)
	execute(t, conn, "SET check_function_bodies = off") // some mutations give a function a body that cannot run
	written, left := 0, 0
	for _, m := range mutations(t, major) {
		switch {
		case m.undo == "":
			if _, err := conn.PgConn().Exec(t.Context(), m.sql).ReadAll(); err != nil {
				t.Logf("%s: %v", m.name, err)
			}
			continue
		case !*thorough && m.place%shareOfMutations != 0, m.name == "view: temporary views of circular definitions",
			m.silent(), strings.Contains(m.sql, "UPDATE pg_"), strings.Contains(m.sql, "INSERT INTO pg_"):
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			before := apart(read(t, conn))
			execute(t, conn, m.sql)
			after := read(t, conn)
			back, lost := Statements(after, before)
			forth, more := Statements(before, after)
			switch {
			case len(lost)+len(more) > 0:
				left++
				for _, c := range append(lost, more...) {
					if !rarely(c) {
						t.Errorf("nothing is written for %s %s:\n%s", c.Action, c.Object, c.Diff())
					}
				}
				execute(t, conn, m.undo)
			case followed(t, conn, back, before) && followed(t, conn, forth, after):
				written++
				execute(t, conn, m.undo)
			}
		})
	}
	t.Logf("%d written, %d left", written, left)
}

// shareOfMutations is one in how many mutations runs; with -thorough all do.
const shareOfMutations = 6

// rarely tells what Statements says that it does not write.
func rarely(c Change) bool {
	switch c.Object.Kind {
	case Schema, Extension, View, MaterializedView, Enum, Function, Procedure, Policy:
		return false
	case Table, Column, Constraint, Index, Sequence, Trigger, Domain:
		return len(c.Details) > 0 || c.Object.Kind == Index || c.Object.Kind == Trigger || c.Object.Kind == Table
	default:
		return true
	}
}

// apart is a snapshot that knows nothing of OIDs.
func apart(s *Snapshot) *Snapshot {
	s.Lineage = ""
	return s
}

func majorOf(t testing.TB, conn *pgx.Conn) int {
	t.Helper()
	return read(t, conn).ServerVersion / 10000
}

// followed runs statements and tells that the database is then what they were made for.
func followed(t *testing.T, conn *pgx.Conn, sql []string, want *Snapshot) bool {
	t.Helper()
	for _, s := range sql {
		if _, err := conn.PgConn().Exec(t.Context(), s).ReadAll(); err != nil {
			t.Errorf("%v\nin %s\nof\n%s", err, s, strings.Join(sql, ";\n"))
			return false
		}
	}
	got := apart(read(t, conn))
	good := true
	for _, c := range Compare(want, got) {
		if c.Physical() || onlyOrder(c) {
			continue
		}
		good = false
		t.Errorf("%s %s\n%safter\n%s", c.Action, c.Object, c.Diff(), strings.Join(sql, ";\n"))
	}
	return good
}

func onlyOrder(c Change) bool {
	for _, d := range c.Details {
		if d.Attribute != "column order" && !d.Physical() {
			return false
		}
	}
	return len(c.Details) > 0
}
