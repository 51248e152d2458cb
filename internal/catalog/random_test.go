package catalog

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

var (
	rounds = flag.Int("rounds", 2, "random schemas that TestRandom makes on each version of PostgreSQL")
	seed   = flag.Uint64("seed", 1, "seed of TestRandom's first round; 0 takes the time")
)

const (
	laidSteps   = 40 // of which a random schema is made
	readEvery   = 4  // of these, so that what came is built upon
	undoneSteps = 25 // that are made on top of it and taken back
	// dumpEvery is how many of these are held against pg_dump, one in so many: it takes as
	// long as all else.
	dumpEvery = 5
)

// TestRandom makes random schemas and random changes of them. A change is seen exactly when
// pg_dump sees it; a copy made from a dump is the same; and when all is taken back, last
// first, nothing is left that Compare or the fingerprint would see.
func TestRandom(t *testing.T) {
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	for _, major := range []int{15, 18} {
		t.Run(postgresName(major), func(t *testing.T) {
			t.Parallel()
			server := serverOf(t, major)
			count := map[string]int{}
			for n := range *rounds {
				t.Run(fmt.Sprintf("seed %d", first+uint64(n)), func(t *testing.T) {
					newWalk(t, server, first+uint64(n), count).run(t)
				})
			}
			for _, o := range operations {
				if *rounds >= 50 && count[o.name] == 0 {
					t.Errorf("the operation %q never worked", o.name)
				}
			}
			t.Logf("statements that worked, by operation: %v", count)
		})
	}
}

// walk is one random schema and its changes.
type walk struct {
	*generator
	server  *postgres.Server
	address postgres.Address
	conn    *pgx.Conn
	count   map[string]int // of steps that worked, by operation
	done    []reversible
}

func newWalk(t *testing.T, server *postgres.Server, seed uint64, count map[string]int) *walk {
	t.Helper()
	address := postgrestest.DatabaseOn(t, server)
	postgrestest.Exec(t, address, roles)
	conn := postgrestest.Connect(t, address)
	w := &walk{
		generator: &generator{random: rand.New(rand.NewPCG(seed, 0)), now: read(t, conn)},
		server:    server, address: address, conn: conn, count: count,
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with -run 'TestRandom/PostgreSQL_%d' -rounds 1 -seed %d; the statements were:\n%s",
				w.now.ServerVersion/10000, seed, statements(w.done))
		}
	})
	return w
}

func statements(steps []reversible) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(s.do + ";\n")
	}
	return b.String()
}

func (w *walk) run(t *testing.T) {
	t.Helper()
	for n := range laidSteps {
		w.step(t)
		if n%readEvery == 0 || n == laidSteps-1 {
			w.now = read(t, w.conn)
		}
	}
	first, dumped, laid := w.now, dump(t, w.server, w.address), len(w.done)
	for n := range undoneSteps {
		if n%dumpEvery == 0 {
			w.dumpedStep(t)
		} else {
			w.step(t)
			w.now = read(t, w.conn)
		}
	}
	w.wantRestored(t)
	for _, s := range backwards(w.done[laid:]) {
		execute(t, w.conn, s.undo)
	}
	wantSame(t, first, read(t, w.conn))
	if now := dump(t, w.server, w.address); now != dumped {
		t.Errorf("undone, and yet the dump is another one:\n%s", unifiedDiff(dumped, now))
	}
}

// wantRestored fails if a copy made from a dump is another schema. Some copies are, because
// pg_dump itself does not bring all back: then their dump is another one, too. Since 18, for
// one, a name that PostgreSQL gave to a NOT NULL may be taken when the copy is made. And of
// older servers pg_dump 18 writes some things in a way that only 18 can read.
func (w *walk) wantRestored(t *testing.T) {
	t.Helper()
	address := postgrestest.DatabaseOn(t, w.server)
	if err := restore(t, w.server, address, rawDump(t, w.server, w.address)); err != nil {
		if w.now.ServerVersion >= 180000 {
			t.Errorf("restoring: %v", err)
		}
		return
	}
	copied := readAt(t, address)
	if w.now.Fingerprint() != copied.Fingerprint() && dump(t, w.server, w.address) == dump(t, w.server, address) {
		wantSame(t, w.now, copied)
	}
}

func backwards(steps []reversible) []reversible {
	var reversed []reversible
	for i := len(steps) - 1; i >= 0; i-- {
		reversed = append(reversed, steps[i])
	}
	return reversed
}

// dumpedStep holds a step against pg_dump.
func (w *walk) dumpedStep(t *testing.T) {
	t.Helper()
	before, dumped := w.now, dump(t, w.server, w.address)
	made := w.step(t)
	w.now = read(t, w.conn)
	seen := len(logical(Compare(before, w.now))) > 0
	if now := dump(t, w.server, w.address); seen != (now != dumped) {
		t.Errorf("after %s\nthe snapshot shows a change: %t, pg_dump: %t\n%s", made.do, seen, now != dumped, unifiedDiff(dumped, now))
	}
	if seen {
		wantDifferent(t, before, w.now)
	}
}

// step makes one random statement that works. What cannot be known beforehand, such as what
// depends on a column, PostgreSQL decides: a statement that it refuses is not made.
func (w *walk) step(t *testing.T) reversible {
	t.Helper()
	for range 200 {
		o := operations[w.random.IntN(len(operations))]
		s := o.make(w.generator)
		if s.do == "" {
			continue
		}
		if _, err := w.conn.PgConn().Exec(t.Context(), s.do).ReadAll(); err != nil {
			continue
		}
		w.count[o.name]++
		w.done = append(w.done, s)
		return s
	}
	t.Fatal("no statement worked, of 200")
	return reversible{}
}
