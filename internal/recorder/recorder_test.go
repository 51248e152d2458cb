package recorder_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// record opens a gateway that records.
func record(t testing.TB, direct postgres.Address) *recorder.Gateway {
	t.Helper()
	gateway, err := recorder.Open(t.Context(), direct, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := gateway.Close(); err != nil {
			t.Error(err)
		}
	})
	return gateway
}

func take(t testing.TB, gateway *recorder.Gateway) *recorder.Recording {
	t.Helper()
	recording, err := gateway.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func show(t testing.TB, r *recorder.Recording) {
	for _, s := range r.Statements {
		t.Logf("#%d s%d rev=%q %q tags=%v n=%d took=%v rows=%d wal=%d ev=%s auto=%v hk=%v err=%+v", s.Number, s.Session, s.Revision, s.Text, s.Tags, s.Count, s.Took, s.Rows, s.WAL, s.Evidence, s.Autocommit, s.Housekeeping, s.Error)
		t.Logf("    locks=%s under=%s rewrites=%s created=%v", words(s.Locks), words(s.Under), rewrites(s.Rewrites), s.Created)
	}
	for _, h := range r.Holds {
		t.Logf("hold %s.%s %s s%d #%d-#%d %v..%v..%v %s", h.Relation.Schema, h.Relation.Name, h.Mode, h.Session, h.Since, h.Until, h.Start, h.Sure, h.End, h.Evidence)
	}
	t.Logf("floor=%v scans=%+v missing=%q blocked=%+v server=%s", r.Floor, r.Scans, r.Missing, r.Blocked, r.Server)
}

// words writes locks for comparing: relation mode, relation mode.
func words(locks []recorder.Lock) string {
	var all []string
	for _, l := range locks {
		all = append(all, fmt.Sprintf("%s %s", l.Relation.Name, strings.TrimSuffix(string(l.Mode), "Lock")))
	}
	return strings.Join(all, ", ")
}

func rewrites(all []recorder.Rewrite) string {
	var names []string
	for _, r := range all {
		names = append(names, r.Relation.Name)
	}
	return strings.Join(names, ", ")
}

// TestTransaction records two revisions, a statement of its own and a rewrite, and holds the whole recording to what they did.
func TestTransaction(t *testing.T) {
	direct := postgrestest.Database(t)
	postgrestest.Exec(t, direct, `CREATE TABLE users (id int PRIMARY KEY, name varchar(100)); INSERT INTO users SELECT g, 'n' FROM generate_series(1, 20000) g;
		CREATE TABLE orders (id int PRIMARY KEY, user_id int); INSERT INTO orders SELECT g, g FROM generate_series(1, 20000) g; CREATE TABLE alembic_version (version_num varchar(32)); ANALYZE`)
	gateway := record(t, direct)
	conn := postgrestest.Connect(t, gateway.Address())
	run(t, conn, "BEGIN", "SET LOCAL lock_timeout = '3s'", "ALTER TABLE users ADD COLUMN token text DEFAULT md5(random()::text) NOT NULL",
		"ALTER TABLE users ADD COLUMN plan text DEFAULT 'free'", "ALTER TABLE users ALTER id TYPE bigint", "CREATE TABLE extra (id int REFERENCES orders)",
		"INSERT INTO alembic_version VALUES ('r01')", "COMMIT",
		"BEGIN", "CREATE INDEX ON orders (user_id)", "UPDATE alembic_version SET version_num = 'r02' WHERE version_num='r01'", "COMMIT",
		"VACUUM FULL users", "SELECT count(*) FROM users WHERE name = 'secret'")
	conn.Close(t.Context())
	recording := take(t, gateway)
	if diff := cmp.Diff(strings.TrimSpace(wholeRecording), strings.TrimSpace(sketch(recording))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, s := range recording.Statements {
		if len(s.Rewrites) > 0 && (s.WAL < 100_000 || s.Took <= 0) {
			t.Errorf("#%d %s: %d bytes of WAL, %v", s.Number, s.Text, s.WAL, s.Took)
		}
	}
}

const wholeRecording = `
3 ALTER TABLE users ADD COLUMN token text DEFAULT md5(random()::text) NOT NULL
   "r01" 3s measured; locks users AccessExclusive, users Share, users_pkey AccessExclusive; under ; rewritten users; created []
4 ALTER TABLE users ADD COLUMN plan text DEFAULT 'free'
   "r01" 3s measured; locks ; under users AccessExclusive, users Share, users_pkey AccessExclusive; rewritten ; created []
5 ALTER TABLE users ALTER id TYPE bigint
   "r01" 3s measured; locks ; under users AccessExclusive, users Share, users_pkey AccessExclusive; rewritten users, users_pkey; created []
6 CREATE TABLE extra (id int REFERENCES orders)
   "r01" 3s measured; locks orders ShareRowExclusive, orders AccessShare; under users AccessExclusive, users Share, users_pkey AccessExclusive; rewritten ; created [public.extra]
10 CREATE INDEX ON orders (user_id)
   "r02" 0s measured; locks orders Share; under ; rewritten ; created [public.orders_user_id_idx]
13 VACUUM FULL users
   rewritten users, users_pkey; created []
14 SELECT count(*) FROM users WHERE name = ?
   rewritten ; created []
users AccessExclusiveLock 3 to 8
users ShareLock 3 to 8
orders ShareRowExclusiveLock 6 to 8
orders ShareLock 10 to 12
alembic_version read 1 times
orders read 1 times
users read 7 times`

// sketch writes a recording's statements, and the strong locks on tables.
func sketch(r *recorder.Recording) string {
	var b strings.Builder
	for _, s := range r.Statements {
		if s.Housekeeping || strings.HasPrefix(s.Text, "SET") {
			continue
		}
		if s.Autocommit { // how much of it was seen while it ran is chance
			fmt.Fprintf(&b, "%d %s\n   rewritten %s; created %v\n", s.Number, s.Text, rewrites(s.Rewrites), s.Created)
			continue
		}
		fmt.Fprintf(&b, "%d %s\n   %q %v %s; locks %s; under %s; rewritten %s; created %v\n",
			s.Number, s.Text, s.Revision, s.LockTimeout, s.Evidence, words(s.Locks), words(s.Under), rewrites(s.Rewrites), s.Created)
	}
	for _, h := range r.Holds {
		if h.Evidence == recorder.Measured && h.Relation.Kind == "r" && h.Mode != recorder.AccessShare && h.Relation.Name != "alembic_version" {
			fmt.Fprintf(&b, "%s %s %d to %d\n", h.Relation.Name, h.Mode, h.Since, h.Until)
		}
	}
	for _, s := range r.Scans {
		fmt.Fprintf(&b, "%s read %d times\n", s.Relation.Name, s.TuplesRead/max(s.Relation.Rows, 1))
	}
	return b.String()
}
