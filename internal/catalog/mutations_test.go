package catalog

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// mutation is one section of a file of mutations. Servers older than since cannot do it.
type mutation struct {
	name, sql, undo string
	since           int
}

// silent tells a mutation that must not be seen.
func (m mutation) silent() bool { return strings.HasPrefix(m.name, "silent") }

// mutations are those that a server of that version can do.
func mutations(t testing.TB, major int) []mutation {
	t.Helper()
	var list []mutation
	// The newer ones first: the last of the others drops what they work on.
	for _, name := range []string{"mutations-newer.sql", "mutations.sql"} {
		for _, section := range strings.Split("\n"+file(t, name), "\n== ")[1:] {
			if m := parseMutation(t, section); m.since <= major {
				list = append(list, m)
			}
		}
	}
	if len(list) < 100 {
		t.Fatalf("there are %d mutations: the files were read wrongly", len(list))
	}
	return list
}

func parseMutation(t testing.TB, section string) mutation {
	t.Helper()
	name, body, _ := strings.Cut(section, "\n")
	sql, undo, _ := strings.Cut(body, "\n-- undo\n")
	m := mutation{name: name, sql: strings.TrimSpace(sql), undo: strings.TrimSpace(undo)}
	if since, rest, found := strings.Cut(name, "] "); found {
		number, err := strconv.Atoi(strings.TrimPrefix(since, "["))
		if err != nil {
			t.Fatalf("reading the version of %q: %v", name, err)
		}
		m.name, m.since = rest, number
	}
	return m
}

// subject is a database that mutations are tried on, one after the other.
type subject struct {
	server  *postgres.Server
	address postgres.Address
	conn    *pgx.Conn
	now     *Snapshot
}

func newSubject(t testing.TB, server *postgres.Server) *subject {
	address := database(t, server)
	conn := postgrestest.Connect(t, address)
	return &subject{server: server, address: address, conn: conn, now: read(t, conn)}
}

// try runs a mutation and takes it back. between is called while it stands.
func (s *subject) try(t *testing.T, m mutation, between func()) {
	t.Helper()
	before := s.now
	execute(t, s.conn, m.sql)
	after := read(t, s.conn)
	s.now = after
	between()
	if m.silent() {
		wantSame(t, before, after)
	} else {
		wantDifferent(t, before, after)
	}
	if m.undo != "" {
		execute(t, s.conn, m.undo)
		s.now = read(t, s.conn)
		wantSame(t, before, s.now)
	}
}

// TestOracle holds the table of mutations, and so Compare, against pg_dump: a mutation is
// seen exactly when it changes the text of the dump.
func TestOracle(t *testing.T) {
	t.Parallel()
	s := newSubject(t, postgrestest.Server(t))
	var before string
	for _, m := range mutations(t, s.now.ServerVersion/10000) {
		t.Run(m.name, func(t *testing.T) {
			// A dump takes longer than all else here, and an undo brings the last one back.
			if before == "" || m.silent() {
				before = dump(t, s.server, s.address)
			}
			s.try(t, m, func() {
				after := dump(t, s.server, s.address)
				if changed := after != before; changed == m.silent() {
					t.Errorf("pg_dump shows a change: %t; the name of the mutation says otherwise", changed)
				}
				if m.undo == "" {
					before = after
				}
			})
		})
	}
}

// TestOtherVersions runs the same mutations on the other versions of PostgreSQL, without
// pg_dump, which no package of servers brings along.
func TestOtherVersions(t *testing.T) {
	for _, major := range []int{14, 17, 18} {
		t.Run(postgresName(major), func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, otherServer(t, major))
			for _, m := range mutations(t, s.now.ServerVersion/10000) {
				t.Run(m.name, func(t *testing.T) { s.try(t, m, func() {}) })
			}
		})
	}
}

func otherServer(t *testing.T, major int) *postgres.Server {
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
