package catalog

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// oracleVersions are the versions of PostgreSQL on which each mutation is held against
// pg_dump; on otherVersions it is held to its name alone, to save the time that a dump takes.
var (
	oracleVersions = []int{15, 17, 18}
	otherVersions  = []int{14, 16}
)

// newest is the version on which everything is looked at most closely.
const newest = 18

var thorough = flag.Bool("thorough", false, "dump on every version of PostgreSQL, and once more after each undo")

// exception is a mutation that a snapshot and a dump disagree on, on purpose.
type exception struct {
	mutation string
	// seen tells that the snapshot shows what the dump does not; else it is the reverse.
	seen bool
	why  string
}

// exceptions are all there are. They are listed in docs/catalog.md.
var exceptions = []exception{
	{"silent: an index that was never built to its end", true, "it slows every write, and its name is taken when the index is built again"},
	{"silent: an invalid index that is not ready either", true, "it is the mark of where building broke off"},
	{"silent: security label of a column of a composite type", true, "pg_dump forgets it; it is set and kept like that of a table's column"},
	{"subscription: connection", false, "it may hold a password, and only superusers may read it"},
	{"user mapping: password", false, "its options are secrets, and only some roles may read them"},
	{"server: password", false, "what is a secret by its name is in no snapshot"},
}

// subject is a database that mutations are tried on, one after the other.
type subject struct {
	server  *postgres.Server
	address postgres.Address
	conn    *pgx.Conn
	now     *Snapshot
	// dumped is the dump of the database as it is between two mutations; "" if nobody dumps it.
	dumped string
}

func newSubject(t testing.TB, major int) *subject {
	t.Helper()
	server := serverOf(t, major)
	address := database(t, server)
	conn := postgrestest.Connect(t, address)
	s := &subject{server: server, address: address, conn: conn, now: read(t, conn)}
	if *thorough || slices.Contains(oracleVersions, major) {
		// What initdb says of the system's own functions is in no dump, and reading it takes a
		// sixth of the time that one takes. 2615 is pg_namespace: of the schema public it counts.
		execute(t, conn, "DELETE FROM pg_catalog.pg_description WHERE objoid < 16384 AND classoid <> 2615")
		s.dumped = s.dump(t)
		t.Logf("holding PostgreSQL %d against pg_dump", s.now.ServerVersion)
	}
	return s
}

func (s *subject) dump(t testing.TB) string {
	t.Helper()
	return dump(t, s.server, s.address)
}

// TestOracle holds the table of mutations, and so Compare, against pg_dump: a mutation is
// seen exactly when it changes the text of the dump.
//
// What they cover together is written to docs/catalog.md.
func TestOracle(t *testing.T) {
	var covered coverage
	var tried atomic.Int32
	t.Run("mutations", func(t *testing.T) {
		for _, major := range slices.Concat(oracleVersions, otherVersions) {
			t.Run(postgresName(major), func(t *testing.T) {
				t.Parallel()
				s := newSubject(t, major)
				for _, m := range onTurn(t, major) {
					t.Run(m.name, func(t *testing.T) {
						tried.Add(1)
						s.try(t, m, &covered)
					})
				}
				s.wantTraceless(t)
			})
		}
	})
	all := 0
	for _, major := range slices.Concat(oracleVersions, otherVersions) {
		all += len(onTurn(t, major))
	}
	if n := onAll(t); n < 200 {
		t.Errorf("%d mutations are held against pg_dump on each of %v, want 200", n, oracleVersions)
	}
	if int(tried.Load()) < all {
		t.Logf("%d of %d mutations ran: what they cover is not looked at", tried.Load(), all)
		return
	}
	covered.wantComplete(t)
	if !*thorough { // it runs more of them on the newest version
		covered.wantTouched(t)
	}
	wantDocs(t, "kinds", covered.table())
	wantDocs(t, "exceptions", exceptionTable())
}

// onAll counts the mutations that run on all oracleVersions.
func onAll(t testing.TB) int {
	t.Helper()
	times := map[string]int{}
	for _, major := range oracleVersions {
		for _, m := range onTurn(t, major) {
			times[m.name]++
		}
	}
	maps.DeleteFunc(times, func(_ string, n int) bool { return n < len(oracleVersions) })
	return len(times)
}

func onTurn(t testing.TB, major int) []mutation {
	t.Helper()
	return slices.DeleteFunc(mutations(t, major), func(m mutation) bool { return !m.turn(major) })
}

// try runs a mutation, compares what the snapshot and the dump say of it, and takes it back.
func (s *subject) try(t *testing.T, m mutation, covered *coverage) {
	t.Helper()
	before := s.now
	execute(t, s.conn, m.sql)
	after := read(t, s.conn)
	s.now = after
	seen := len(logical(Compare(before, after))) > 0
	if s.dumped == "" {
		m.wantNamed(t, seen)
	} else {
		dumped := s.dump(t)
		m.wantAgreement(t, seen, dumped != s.dumped)
		if m.undo == "" {
			s.dumped = dumped
		}
	}
	switch {
	case !seen:
		wantSame(t, before, after)
	case s.careful():
		wantDifferent(t, before, after)
	case before.Fingerprint() == after.Fingerprint():
		t.Error("the fingerprint stayed the same")
	}
	if !strings.HasPrefix(m.sql, "DROP SCHEMA app") { // what drops all tells nothing of any kind
		covered.add(m.name, before, after)
	}
	if m.undo == "" {
		return
	}
	execute(t, s.conn, m.undo)
	if s.now = before; !s.careful() {
		return
	}
	s.now = read(t, s.conn)
	wantSame(t, before, s.now)
	if *thorough {
		s.wantTraceless(t)
	}
}

// careful tells that each undo is looked at, and not only all of them in the end. Where it is
// not, OIDs are others than the last snapshot says, so that texts of changes tell too much.
func (s *subject) careful() bool {
	return *thorough || s.now.ServerVersion/10000 == newest
}

// wantTraceless fails if an undo left a trace. That none does is what spares a dump, and on
// most versions a reading, after each.
func (s *subject) wantTraceless(t *testing.T) {
	t.Helper()
	wantSame(t, s.now, read(t, s.conn))
	if s.dumped == "" {
		return
	}
	if now := s.dump(t); now != s.dumped {
		t.Errorf("undone, and yet not what was there:\n%s", unifiedDiff(s.dumped, now))
	}
}

// wantAgreement fails if the snapshot and the dump disagree on a mutation that is no
// exception, or if the dump belies the mutation's name.
func (m mutation) wantAgreement(t *testing.T, seen, dumped bool) {
	t.Helper()
	e, found := m.exception()
	switch {
	case found && (seen == dumped || seen != e.seen):
		t.Errorf("an exception, yet the snapshot shows a change: %t, pg_dump: %t", seen, dumped)
	case !found && seen != dumped:
		t.Errorf("the snapshot shows a change: %t, pg_dump: %t", seen, dumped)
	case m.silent() == dumped:
		t.Errorf("pg_dump shows a change: %t; the name of the mutation says otherwise", dumped)
	}
}

// wantNamed fails if the snapshot belies the mutation's name.
func (m mutation) wantNamed(t *testing.T, seen bool) {
	t.Helper()
	want := !m.silent()
	if e, found := m.exception(); found {
		want = e.seen
	}
	if seen != want {
		t.Errorf("the snapshot shows a change: %t, want %t", seen, want)
	}
}

func (m mutation) exception() (exception, bool) {
	at := slices.IndexFunc(exceptions, func(e exception) bool { return e.mutation == m.name })
	if at < 0 {
		return exception{}, false
	}
	return exceptions[at], true
}

// logical are the changes of the schema, without those that only tell that files or OIDs are
// other ones.
func logical(changes []Change) []Change {
	return slices.DeleteFunc(changes, Change.Physical)
}

// serverOf starts a server of that version for this test alone.
func serverOf(t testing.TB, major int) *postgres.Server {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := postgres.FindBinaries(t.Context(), major, postgres.CacheDir(cache), func(s string) { t.Log(s) })
	if err != nil {
		missing(t, "no "+postgresName(major)+" here: "+err.Error()+"; run make setup")
	}
	return postgrestest.ServerOf(t, binaries)
}

func exceptionTable() string {
	var b strings.Builder
	b.WriteString("| Mutation | pg_dump | Snapshot | Why |\n|---|---|---|---|\n")
	for _, e := range exceptions {
		shows := []string{"shows it", "silent"}
		if e.seen {
			slices.Reverse(shows)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", strings.TrimPrefix(e.mutation, "silent: "), shows[0], shows[1], e.why)
	}
	return b.String()
}
