// Package postgrestest gives tests a real PostgreSQL server and fresh databases on it.
package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const startTimeout = time.Minute

// cluster is a server and the guard that removes its directory when the test binary ends,
// killed or not.
type cluster struct {
	*postgres.Server
	release func()
}

// shared is the one server of a test binary: starting one for each test would cost a
// second each. It dies with the process, by its guard.
var shared = sync.OnceValues(startShared)

func startShared() (cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	binaries, err := postgres.FindBinaries(ctx, 0, postgres.CacheDir(cache), nil)
	if err != nil {
		return cluster{}, err
	}
	return start(ctx, binaries)
}

func start(ctx context.Context, binaries postgres.Binaries) (c cluster, err error) {
	dir, err := postgres.TempDir("neon-migrations-test-")
	if err != nil {
		return cluster{}, err
	}
	if c.release, err = postgres.Guard(0, dir); err != nil {
		return cluster{}, err
	}
	config := postgres.ServerConfig{
		Binaries: binaries, DataDir: filepath.Join(dir, "data"), Password: secret.Text(rand.Text()),
		Settings: map[string]string{"max_connections": "60", "autovacuum": "off"},
	}
	if err := postgres.InitCluster(ctx, config); err != nil {
		return cluster{}, err
	}
	c.Server, err = postgres.StartServer(ctx, config)
	return c, err
}

// Server gives the test binary's server, of the newest PostgreSQL of this machine. A machine
// without any fails the test.
func Server(t testing.TB) *postgres.Server {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("starting a PostgreSQL server for tests: %v", err)
	}
	return server.Server
}

// ServerOf starts a server of the given installation for this test alone.
func ServerOf(t testing.TB, binaries postgres.Binaries) *postgres.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	server, err := start(ctx, binaries)
	if err != nil {
		t.Fatalf("starting PostgreSQL %d for this test: %v", binaries.Major, err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Errorf("stopping PostgreSQL: %v", err)
		}
		runtime.KeepAlive(server.release) // its directory is the guard's to remove
	})
	return server.Server
}

// Database makes a fresh, empty database on the test binary's server and drops it when the
// test ends.
func Database(t testing.TB) postgres.Address {
	t.Helper()
	return DatabaseOn(t, Server(t))
}

// DatabaseOn makes a fresh, empty database on the given server.
func DatabaseOn(t testing.TB, server *postgres.Server) postgres.Address {
	t.Helper()
	address := server.Address()
	address.Database = "t_" + strings.ToLower(rand.Text()[:12])
	Exec(t, server.Address(), "CREATE DATABASE "+postgres.QuoteIdentifier(address.Database)+" TEMPLATE template0")
	t.Cleanup(func() {
		// A subscription belongs to the server and keeps its database from being dropped.
		Exec(t, server.Address(), fmt.Sprintf("DELETE FROM pg_subscription s USING pg_database d WHERE s.subdbid = d.oid AND d.datname = '%s'", address.Database))
		Exec(t, server.Address(), fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", postgres.QuoteIdentifier(address.Database)))
	})
	return address
}

// Exec runs SQL, one or several statements, on a connection of its own.
func Exec(t testing.TB, address postgres.Address, sql string) {
	t.Helper()
	conn := Connect(t, address)
	defer conn.Close(context.Background())
	if _, err := conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
		t.Fatalf("running %.200q: %v", sql, err)
	}
}

// Connect opens a connection that is closed when the test ends.
func Connect(t testing.TB, address postgres.Address) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), address.URL().Reveal())
	if err != nil {
		t.Fatalf("connecting to %s: %v", address, err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
