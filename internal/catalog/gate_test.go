package catalog

import (
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestGate holds that the gate moves with whatever Compare sees, and stands still else.
func TestGate(t *testing.T) {
	address := database(t, postgrestest.Server(t))
	conn, other := postgrestest.Connect(t, address), postgrestest.Connect(t, address)
	gate := func() string {
		t.Helper()
		g, err := Gate(t.Context(), conn)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	before := gate()
	execute(t, other, `INSERT INTO app.users (email) VALUES ('a@b'); SELECT count(*) FROM app.users; BEGIN; DROP TABLE app.orders; ROLLBACK`)
	if gate() != before {
		t.Error("rows and what was rolled back moved it")
	}
	execute(t, other, `SET ROLE catalog_reader`)
	if g, err := Gate(t.Context(), other); g != before || err != nil {
		t.Errorf("a role without rights sees %q, %v", g, err)
	}
	execute(t, other, `RESET ROLE`)
	for _, m := range mutations(t, 14) {
		if e, found := m.exception(); m.silent() || found && !e.seen {
			continue
		}
		before = gate()
		execute(t, other, m.sql)
		if gate() == before {
			t.Errorf("%s did not move it", m.name)
		}
		if m.undo != "" {
			execute(t, other, m.undo)
		}
	}
}

func TestRefresh(t *testing.T) {
	address := database(t, postgrestest.Server(t))
	conn := postgrestest.Connect(t, address)
	first, err := ReadWith(t.Context(), conn, ReadOptions{Gate: true})
	if err != nil {
		t.Fatal(err)
	}
	refresh := func(before *Snapshot) *Snapshot {
		t.Helper()
		s, err := Refresh(t.Context(), conn, before)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if refresh(first) != first {
		t.Error("an unchanged database was read again")
	}
	if plain := read(t, conn); refresh(plain) == plain || plain.Gate != "" {
		t.Error("a snapshot without its gate cannot be known to be fresh")
	}
	execute(t, conn, `ALTER TABLE app.users ADD COLUMN more text`)
	second := refresh(first)
	if changes := Compare(first, second); len(changes) != 1 || second.Gate == first.Gate || second.Gate == "" {
		t.Errorf("%d changes, gates %q and %q", len(changes), first.Gate, second.Gate)
	}
	if first.Lineage == "" || first.Lineage != second.Lineage {
		t.Errorf("the lineages are %q and %q", first.Lineage, second.Lineage)
	}
	if copied := readAt(t, postgrestest.Database(t)); copied.Lineage == first.Lineage {
		t.Error("another database has the same lineage")
	}
}

// TestChangedWhileRead commits a rename between the beginning of a reading and its end. The
// column would have its old name, and the definitions that mention it the new one.
func TestChangedWhileRead(t *testing.T) {
	address := postgrestest.Database(t)
	conn, other := postgrestest.Connect(t, address), postgrestest.Connect(t, address)
	execute(t, conn, `CREATE TABLE t (a integer, CONSTRAINT positive CHECK (a > 0)); CREATE VIEW v AS SELECT a AS x FROM t`)
	execute(t, other, `BEGIN; ALTER TABLE t RENAME COLUMN a TO b`)
	done := make(chan *Snapshot, 1)
	go func() {
		s, err := Read(t.Context(), conn)
		if err != nil {
			t.Error(err)
		}
		done <- s
	}()
	waitForLock(t, address, conn.PgConn().PID())
	execute(t, other, `COMMIT`)
	got := <-done
	if got == nil {
		return
	}
	if _, found := got.Find(Identity{Kind: Column, Schema: "public", Parent: "t", Name: "b"}); !found {
		t.Error("the snapshot is older than the change that it shows a part of")
	}
	wantSame(t, read(t, conn), got)
}

// waitForLock returns when the backend waits for a lock.
func waitForLock(t *testing.T, address postgres.Address, pid uint32) {
	t.Helper()
	conn := postgrestest.Connect(t, address)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var waits bool
		if err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)`, pid).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		if waits {
			return
		}
	}
	t.Fatal("the reading did not wait for a lock")
}
