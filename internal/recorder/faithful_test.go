package recorder_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// run sends SQL as the simple protocol has it.
func run(t testing.TB, conn *pgx.Conn, all ...string) {
	t.Helper()
	for _, sql := range all {
		if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// TestTheToolsSettingsDecide: whether a type change writes the table anew depends on the tool's time zone.
func TestTheToolsSettingsDecide(t *testing.T) {
	for zone, rewritten := range map[string]string{"UTC": "", "Asia/Tokyo": "moments"} {
		t.Run(strings.ReplaceAll(zone, "/", "-"), func(t *testing.T) {
			direct := postgrestest.Database(t)
			postgrestest.Exec(t, direct, "CREATE SCHEMA s; CREATE TABLE s.moments (at timestamp); INSERT INTO s.moments VALUES (now())")
			gateway := record(t, direct)
			address := gateway.Address().With("TimeZone", zone).With("search_path", "s").With("application_name", "the tool").
				With("options", "-c lock_timeout=1500 -c DateStyle=German")
			conn := postgrestest.Connect(t, address)
			run(t, conn, "BEGIN", "ALTER TABLE moments ALTER at TYPE timestamptz")
			var settings string
			err := conn.QueryRow(t.Context(), `SELECT concat_ws('|', current_setting('TimeZone'), current_setting('search_path'), current_setting('application_name'),
				current_setting('lock_timeout'), split_part(current_setting('DateStyle'), ',', 1))`).Scan(&settings)
			if want := zone + "|s|the tool|1500ms|German"; err != nil || settings != want {
				t.Errorf("settings %q, want %q (%v)", settings, want, err)
			}
			run(t, conn, "COMMIT")
			recording := take(t, gateway)
			s := statementOf(t, recording, "ALTER TABLE moments")
			if got := rewrites(s.Rewrites); got != rewritten || s.LockTimeout != 1500*time.Millisecond {
				t.Errorf("rewritten %q, want %q; lock_timeout %v", got, rewritten, s.LockTimeout)
			}
		})
	}
}

func statementOf(t *testing.T, r *recorder.Recording, prefix string) recorder.Statement {
	t.Helper()
	for _, s := range r.Statements {
		if strings.HasPrefix(s.Text, prefix) {
			return s
		}
	}
	show(t, r)
	t.Fatalf("no statement begins with %q", prefix)
	return recorder.Statement{}
}

// TestNothingIsAddedToTheSession: what only works as a transaction's first statement works, prepared statements are the tool's
// own, and the server's own record of the session shows the tool's last statement.
func TestNothingIsAddedToTheSession(t *testing.T) {
	direct := postgrestest.Database(t)
	postgrestest.Exec(t, direct, "CREATE TABLE users (id int)")
	gateway := record(t, direct)
	conn, watch := postgrestest.Connect(t, gateway.Address()), postgrestest.Connect(t, direct)
	run(t, conn, "PREPARE mine AS SELECT 1", "BEGIN", "LOCK TABLE users", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "ALTER TABLE users ADD COLUMN name text")
	var last string
	var stays bool
	const query = "SELECT query, xact_start IS NOT NULL FROM pg_stat_activity WHERE pid = $1"
	if err := watch.QueryRow(t.Context(), query, conn.PgConn().PID()).Scan(&last, &stays); err != nil || !stays || last != "ALTER TABLE users ADD COLUMN name text" {
		t.Errorf("the session's last statement is %q, in a transaction: %t (%v)", last, stays, err)
	}
	rows, err := conn.PgConn().Exec(t.Context(), "SELECT name FROM pg_prepared_statements").ReadAll()
	if err != nil || len(rows) != 1 || len(rows[0].Rows) != 1 || string(rows[0].Rows[0][0]) != "mine" {
		t.Errorf("prepared statements: %v, %v", rows, err)
	}
	run(t, conn, "ROLLBACK", "DISCARD ALL")
}

// TestTheRecorderNeverWaits: a migration may lock even what the recorder reads.
func TestTheRecorderNeverWaits(t *testing.T) {
	direct := postgrestest.Database(t)
	postgrestest.Exec(t, direct, "CREATE TABLE users (id int)")
	gateway := record(t, direct)
	conn := postgrestest.Connect(t, gateway.Address())
	began := time.Now()
	run(t, conn, "BEGIN", "LOCK TABLE pg_catalog.pg_namespace IN ACCESS EXCLUSIVE MODE", "ALTER TABLE users ADD COLUMN name text", "ALTER TABLE users ADD COLUMN more text", "COMMIT")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the migration took %v", took)
	}
	judgeUnmeasured(t, take(t, gateway), "locks the catalogs")
}

// judgeUnmeasured holds that a recording tells why it could not measure, and infers instead.
func judgeUnmeasured(t *testing.T, recording *recorder.Recording, why string) {
	t.Helper()
	if missing := strings.Join(recording.Missing, "\n"); !strings.Contains(missing, "not measured") || !strings.Contains(missing, why) {
		t.Errorf("missing: %q, want %q", missing, why)
	}
	s := statementOf(t, recording, "ALTER TABLE users ADD COLUMN name")
	if s.Evidence != recorder.Inferred || words(s.Locks) != "users AccessExclusive" {
		t.Errorf("%s: %s", s.Evidence, words(s.Locks))
	}
}

// TestWhatCannotBeMeasuredIsTold: a role that may not look at locks still migrates.
func TestWhatCannotBeMeasuredIsTold(t *testing.T) {
	direct := postgrestest.Database(t)
	role := "blind_" + strings.ToLower(direct.Database)
	postgrestest.Exec(t, direct, fmt.Sprintf(`CREATE ROLE %q LOGIN PASSWORD 'blind'; GRANT ALL ON SCHEMA public TO %q; GRANT CREATE ON DATABASE %q TO %q;
		CREATE TABLE users (id int); ALTER TABLE users OWNER TO %q; REVOKE SELECT ON pg_catalog.pg_locks FROM PUBLIC`, role, role, direct.Database, role, role))
	t.Cleanup(func() {
		postgrestest.Exec(t, direct, fmt.Sprintf("DROP OWNED BY %q CASCADE; DROP ROLE %q", role, role))
	})
	blind := direct
	blind.User, blind.Password = role, "blind"
	gateway := record(t, blind)
	conn := postgrestest.Connect(t, gateway.Address())
	run(t, conn, "BEGIN", "ALTER TABLE users ADD COLUMN name text", "COMMIT")
	judgeUnmeasured(t, take(t, gateway), "permission denied for view pg_locks")
}

// TestAPoolerIsFound by the process that answers: it is not the one that the connection was promised.
func TestAPoolerIsFound(t *testing.T) {
	plain, _ := open(t)
	address := plain.Address()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go poolLike(listener, fmt.Sprintf("%s:%d", address.Host, address.Port))
	address.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	_, err = recorder.Open(t.Context(), address.With("sslmode", "disable"), recorder.Options{Record: true})
	if !strings.Contains(adviceOf(err), "not of the pooler") {
		t.Errorf("error = %v, advice %q", err, adviceOf(err))
	}
	neon := postgres.Address{Host: "ep-cool-1-pooler.eu.example", Port: 5432, User: "u", Database: "d"}
	_, err = recorder.Open(t.Context(), neon, recorder.Options{Record: true})
	if !strings.Contains(adviceOf(err), "ep-cool-1.eu.example") {
		t.Errorf("the direct address is not in %q", adviceOf(err))
	}
}

// adviceOf is what an error tells to do.
func adviceOf(err error) string {
	var known *fault.Error
	if !errors.As(err, &known) {
		return ""
	}
	return known.Do
}

// poolLike passes connections on and names another process for each.
func poolLike(listener net.Listener, to string) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			client.Close()
			return
		}
		go func() { _, _ = io.Copy(server, client); server.Close() }()
		go func() {
			defer client.Close()
			buffer := make([]byte, 4096)
			for {
				n, err := server.Read(buffer)
				if err != nil {
					return
				}
				if at := bytes.Index(buffer[:n], []byte{'K', 0, 0, 0, 12}); at >= 0 && at+9 <= n {
					binary.BigEndian.PutUint32(buffer[at+5:], 1)
				}
				if _, err := client.Write(buffer[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// TestLongMigrationsLeaveMemoryFlat: equal statements cost nothing more; of different ones about their text is kept, up to the 20,000
// that a recording holds.
func TestLongMigrationsLeaveMemoryFlat(t *testing.T) {
	const few, many = 2000, 10_000
	for name, c := range map[string]struct {
		sql   func(i int) string
		bound uint64 // bytes a statement
	}{
		"equal":     {func(i int) string { return fmt.Sprintf("INSERT INTO rows VALUES (%d, 'row')", i) }, 20},
		"different": {func(i int) string { return fmt.Sprintf("SELECT id AS c%d FROM rows WHERE false", i) }, 2500},
	} {
		t.Run(name, func(t *testing.T) {
			direct := postgrestest.Database(t)
			postgrestest.Exec(t, direct, "CREATE TABLE rows (id int, body text)")
			gateway := record(t, direct)
			conn := postgrestest.Connect(t, gateway.Address())
			run(t, conn, "BEGIN")
			var used [2]uint64
			for i := range many {
				run(t, conn, c.sql(i))
				switch i {
				case few:
					used[0] = heap()
				case many - 1:
					used[1] = heap()
				}
			}
			grown := int64(used[1]) - int64(used[0])
			t.Logf("%d kB after %d, %d kB after %d statements: %d bytes each", used[0]>>10, few, used[1]>>10, many, grown/(many-few))
			if grown > int64(c.bound)*(many-few) {
				t.Errorf("memory grew by %d kB", grown>>10)
			}
			run(t, conn, "COMMIT")
		})
	}
}

// TestFullPipelines: a tool that sends and takes more than the wires between hold is not brought to a halt.
func TestFullPipelines(t *testing.T) {
	gateway := record(t, postgrestest.Database(t))
	conn := postgrestest.Connect(t, gateway.Address()).PgConn()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	pipeline := conn.StartPipeline(ctx)
	value := [][]byte{bytes.Repeat([]byte("x"), 20_000)}
	const statements = 300
	for range statements {
		pipeline.SendQueryParams("SELECT repeat($1::text, 5)", value, nil, nil, nil)
		if err := pipeline.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	taken := 0
	for {
		results, err := pipeline.GetResults()
		if err != nil {
			t.Fatal(err)
		}
		if results == nil {
			break
		}
		if reader, ok := results.(*pgconn.ResultReader); ok {
			for reader.NextRow() {
				taken += len(reader.Values()[0])
			}
		}
	}
	if err := pipeline.Close(); err != nil || taken != statements*5*len(value[0]) {
		t.Errorf("%d bytes came, error %v", taken, err)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestNothingIsLeftBehind: sessions and gateways end with all that they started.
func TestNothingIsLeftBehind(t *testing.T) {
	direct := postgrestest.Database(t)
	before := runtime.NumGoroutine()
	gateway, err := recorder.Open(t.Context(), direct, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		conn, err := pgx.Connect(t.Context(), gateway.Address().URL().Reveal())
		if err != nil {
			t.Fatal(err)
		}
		run(t, conn, "BEGIN", "CREATE TABLE IF NOT EXISTS x (id int)", "COMMIT")
		conn.PgConn().Conn().Close() // without a good-bye
	}
	if err := gateway.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
	watch := postgrestest.Connect(t, direct)
	eventually(t, "all connections have ended", func() (gone bool) {
		const query = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
		if err := watch.QueryRow(t.Context(), query).Scan(&gone); err != nil {
			t.Fatal(err)
		}
		return gone
	})
}
