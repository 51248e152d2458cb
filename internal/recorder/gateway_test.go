package recorder_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

func open(t *testing.T) (*recorder.Gateway, postgres.Address) {
	t.Helper()
	direct := postgrestest.Database(t)
	gateway, err := recorder.Open(t.Context(), direct, recorder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := gateway.Close(); err != nil {
			t.Error(err)
		}
	})
	return gateway, direct
}

func TestGatewayHidesTheRealPassword(t *testing.T) {
	gateway, direct := open(t)
	if gateway.Address().Password == direct.Password {
		t.Error("the tool would get the real password")
	}
	impostor := gateway.Address()
	impostor.Password = direct.Password
	_, err := pgx.Connect(t.Context(), impostor.URL().Reveal())
	wantCode(t, err, "28P01")
	stranger := direct
	stranger.Password = gateway.Address().Password
	_, err = pgx.Connect(t.Context(), stranger.URL().Reveal())
	wantCode(t, err, "28P01")
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != code {
		t.Errorf("error = %v, want SQLSTATE %s", err, code)
	}
}

func TestGatewayLeadsToOneDatabase(t *testing.T) {
	gateway, _ := open(t)
	other := gateway.Address()
	other.Database = "postgres"
	_, err := pgx.Connect(t.Context(), other.URL().Reveal())
	wantCode(t, err, "3D000")
}

func TestGatewayCarriesTheSession(t *testing.T) {
	for _, sslmode := range []string{"disable", "prefer", "require"} {
		t.Run(sslmode, func(t *testing.T) {
			gateway, direct := open(t)
			address := gateway.Address().With("sslmode", sslmode).With("application_name", "the tool").With("search_path", "elsewhere")
			conn := postgrestest.Connect(t, address)
			var name, path, database string
			err := conn.QueryRow(t.Context(), "SELECT current_setting('application_name'), current_setting('search_path'), current_database()").
				Scan(&name, &path, &database)
			if err != nil {
				t.Fatal(err)
			}
			if name != "the tool" || path != "elsewhere" || database != direct.Database {
				t.Errorf("application_name %q, search_path %q, database %q", name, path, database)
			}
			rows, err := conn.CopyFrom(t.Context(), pgx.Identifier{"pg_temp", "numbers"}, []string{"n"}, pgx.CopyFromRows(nil))
			if err == nil || rows != 0 {
				t.Errorf("copying into a missing table: %d rows, %v", rows, err)
			}
			if strings.Contains(err.Error(), direct.Password.Reveal()) {
				t.Error("an error shows the password")
			}
		})
	}
}

func TestGatewayPassesCancelRequests(t *testing.T) {
	gateway, _ := open(t)
	conn := postgrestest.Connect(t, gateway.Address())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE started ()"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "SELECT pg_sleep(60)")
		ended <- err
	}()
	// A request that comes before the statement began is lost, as on any server: so ask again.
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-ended:
			wantCode(t, err, "57014")
			return
		case <-again.C:
			if err := conn.PgConn().CancelRequest(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCloseEndsSessions(t *testing.T) {
	gateway, direct := open(t)
	conn := postgrestest.Connect(t, gateway.Address())
	pid := conn.PgConn().PID()
	if err := gateway.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("the session outlived its gateway")
	}
	watch := postgrestest.Connect(t, direct)
	deadline := time.Now().Add(10 * time.Second)
	for alive := true; alive; {
		if err := watch.QueryRow(t.Context(), "SELECT exists(SELECT FROM pg_stat_activity WHERE pid = $1)", pid).Scan(&alive); err != nil {
			t.Fatal(err)
		}
		if alive && time.Now().After(deadline) {
			t.Fatal("the server still has the session")
		}
	}
}

// TestAStatementEndsWithItsTool: neither a tool that is killed nor a gateway that closes may
// leave a statement running on the server, with its locks.
func TestAStatementEndsWithItsTool(t *testing.T) {
	for name, end := range map[string]func(*recorder.Gateway, *pgx.Conn) error{
		"killed": func(_ *recorder.Gateway, c *pgx.Conn) error { return c.PgConn().Conn().Close() },
		"closed": func(g *recorder.Gateway, _ *pgx.Conn) error { return g.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			gateway, direct := open(t)
			conn := postgrestest.Connect(t, gateway.Address())
			pid := conn.PgConn().PID()
			var tool sync.WaitGroup
			tool.Go(func() { _, _ = conn.Exec(context.Background(), "SELECT pg_sleep(60)") })
			defer tool.Wait()
			watch := postgrestest.Connect(t, direct)
			running := func() (active bool) {
				const query = "SELECT exists(SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE '%pg_sleep(60)%')"
				if err := watch.QueryRow(t.Context(), query, pid).Scan(&active); err != nil {
					t.Fatal(err)
				}
				return active
			}
			eventually(t, "the statement runs", running)
			if err := end(gateway, conn); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the statement has ended", func() bool { return !running() })
		})
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestGatewayRefusesAPooler(t *testing.T) {
	address := postgres.Address{Host: "ep-cool-1-pooler.example", Port: 5432, User: "u", Database: "d"}
	if _, err := recorder.Open(t.Context(), address, recorder.Options{}); err == nil || !strings.Contains(err.Error(), "pooler") {
		t.Errorf("error = %v", err)
	}
}

func TestUnreachableBranchShowsNoAddress(t *testing.T) {
	address := postgres.Address{Host: "127.0.0.1", Port: 1, User: "u", Password: "real-password", Database: "d"}
	gateway, err := recorder.Open(t.Context(), address, recorder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	_, err = pgx.Connect(t.Context(), gateway.Address().URL().Reveal())
	wantCode(t, err, "08001")
	if strings.Contains(err.Error(), "real-password") {
		t.Errorf("the error shows the password: %v", err)
	}
}
