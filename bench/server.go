package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// settings give the server what a production server of such schemas has, and quiet: no
// autovacuum in the middle of a run. pg_dump takes a lock on each table. The last ones are for
// the scripts of PostgreSQL's own tests.
var settings = map[string]string{
	"shared_buffers": "512MB", "max_connections": "200", "max_locks_per_transaction": "512", "autovacuum": "off", "max_wal_size": "8GB",
	"wal_level": "logical", "max_prepared_transactions": "5", "allow_in_place_tablespaces": "on",
}

// server is a PostgreSQL of this bench, in a directory that goes with it.
type server struct {
	*postgres.Server
	dir     string
	release func()
}

// usual finds the server that most schemas are measured on.
func usual(ctx context.Context, major int) (postgres.Binaries, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return postgres.Binaries{}, err
	}
	return postgres.FindBinaries(ctx, major, postgres.CacheDir(cache), say)
}

func startServer(ctx context.Context, binaries postgres.Binaries) (s *server, err error) {
	s = &server{}
	if s.dir, err = postgres.TempDir("neon-migrations-bench-"); err != nil {
		return nil, err
	}
	if s.release, err = postgres.Guard(0, s.dir); err != nil {
		return nil, err
	}
	config := postgres.ServerConfig{
		Binaries: binaries, DataDir: filepath.Join(s.dir, "data"), Settings: settings,
		// No passwords: SCRAM's two round trips and its hashing are the same for everybody.
		HBA: []string{"local all all trust", "host all all 127.0.0.1/32 trust"},
	}
	if err := postgres.InitCluster(ctx, config); err != nil {
		return nil, err
	}
	s.Server, err = postgres.StartServer(ctx, config)
	return s, err
}

func (s *server) stop(ctx context.Context) error {
	err := s.Stop(ctx)
	s.release()
	return errors.Join(err, os.RemoveAll(s.dir))
}

// url is the address of a database, at the server's own port or at that of a line to it.
func (s *server) url(database string, port int) string {
	address := s.Address()
	address.Database, address.Port = database, uint16(port)
	return address.URL().Reveal()
}

func (s *server) execute(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.url(database, s.Port()))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return fmt.Errorf("%.80s: %w", statement, err)
		}
	}
	return nil
}

// The two databases that are read and compared.
const (
	one   = "bench_one"
	other = "bench_other"
)

// prepare makes both databases with the schema, the other with the differences.
func (s *server) prepare(ctx context.Context, wanted wantedSchema) error {
	create := "CREATE DATABASE " + one + " TEMPLATE template0 ENCODING 'UTF8'"
	if err := s.execute(ctx, "postgres", "DROP DATABASE IF EXISTS "+one, "DROP DATABASE IF EXISTS "+other, create); err != nil {
		return err
	}
	if err := wanted.load(ctx, s); err != nil {
		return err
	}
	if err := s.execute(ctx, one, "VACUUM ANALYZE"); err != nil {
		return err
	}
	if err := s.execute(ctx, "postgres", "CREATE DATABASE "+other+" TEMPLATE "+one); err != nil {
		return err
	}
	return s.execute(ctx, other, differences, "VACUUM ANALYZE", "CHECKPOINT")
}
