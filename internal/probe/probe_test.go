package probe_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/probe"
)

// stalls runs the statements in one transaction of at least the time given, under a probe.
func stalls(t *testing.T, hold time.Duration, statements ...string) probe.Stall {
	t.Helper()
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	for _, sql := range []string{
		`CREATE TABLE "Orders" (id int PRIMARY KEY, note text, twice int GENERATED ALWAYS AS (id * 2) STORED)`,
		`INSERT INTO "Orders" SELECT n, 'x' FROM generate_series(1, 10) n`,
	} {
		run(t, conn, sql)
	}
	p, err := probe.Start(t.Context(), address, []probe.Table{{Schema: "public", Name: "Orders"}})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	run(t, conn, "BEGIN")
	for _, sql := range statements {
		run(t, conn, sql)
	}
	time.Sleep(hold)
	run(t, conn, "COMMIT")
	time.Sleep(100 * time.Millisecond)
	found := p.Stop()
	if len(found) != 1 {
		t.Fatalf("%d tables instead of one: %v", len(found), found)
	}
	return found[0]
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestStalls(t *testing.T) {
	const hold = time.Second
	for _, c := range []struct {
		name          string
		statements    []string
		reads, writes bool // whether they wait
	}{
		{"nothing", nil, false, false},
		{"an index keeps writers out", []string{`CREATE INDEX ON "Orders" (note)`}, false, true},
		{"a new column keeps everybody out", []string{`ALTER TABLE "Orders" ADD COLUMN more int`}, true, true},
		{"a backfill keeps writers of its rows out", []string{`UPDATE "Orders" SET note = 'y'`}, false, true},
		// Without short waits this is what PostgreSQL calls a deadlock.
		{"a backfill and a lock", []string{`UPDATE "Orders" SET note = 'y'`, `SELECT pg_sleep(0.3)`, `ALTER TABLE "Orders" DROP COLUMN note`}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := stalls(t, hold, c.statements...)
			if got := s.Reads > hold/2; got != c.reads {
				t.Errorf("reads waited %s", s.Reads)
			}
			if got := s.Writes > hold/2; got != c.writes {
				t.Errorf("writes waited %s", s.Writes)
			}
			if s.Beats < 4 || s.Gone {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestTableThatGoes(t *testing.T) {
	if s := stalls(t, 0, `DROP TABLE "Orders"`); !s.Gone {
		t.Errorf("%+v", s)
	}
}
