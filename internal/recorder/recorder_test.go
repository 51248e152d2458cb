package recorder_test

import (
	"fmt"
	"strings"
	"testing"

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

func TestTransaction(t *testing.T) {
	direct := postgrestest.Database(t)
	postgrestest.Exec(t, direct, `CREATE TABLE users (id int PRIMARY KEY, name varchar(100)); INSERT INTO users SELECT g, 'n' FROM generate_series(1, 50000) g;
		CREATE TABLE orders (id int PRIMARY KEY, user_id int); INSERT INTO orders SELECT g, g FROM generate_series(1, 50000) g; CREATE TABLE alembic_version (version_num varchar(32)); ANALYZE`)
	gateway := record(t, direct)
	conn := postgrestest.Connect(t, gateway.Address())
	for _, sql := range []string{
		"BEGIN", "SET LOCAL lock_timeout = '3s'", "ALTER TABLE users ADD COLUMN token text DEFAULT md5(random()::text) NOT NULL",
		"ALTER TABLE users ADD COLUMN plan text DEFAULT 'free'", "ALTER TABLE users ALTER id TYPE bigint", "CREATE TABLE extra (id int REFERENCES orders)",
		"INSERT INTO alembic_version VALUES ('r01')", "COMMIT",
		"BEGIN", "CREATE INDEX ON orders (user_id)", "UPDATE alembic_version SET version_num = 'r02' WHERE version_num='r01'", "COMMIT",
		"CREATE INDEX CONCURRENTLY i2 ON orders (user_id)",
		"DROP INDEX i2", "VACUUM FULL users", "SELECT count(*) FROM users WHERE name = 'secret'",
	} {
		if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Fatal(sql, err)
		}
	}
	conn.Close(t.Context())
	show(t, take(t, gateway))
}
