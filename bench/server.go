package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// settings give the server what a production server of such schemas has, and quiet: no
// autovacuum in the middle of a run. pg_dump takes a lock on each table.
var settings = map[string]string{
	"shared_buffers": "512MB", "max_connections": "200", "max_locks_per_transaction": "512",
	"autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "8GB",
}

// server is a PostgreSQL of this bench, in a directory that goes with it.
type server struct {
	*postgres.Server
	dir     string
	release func()
}

func startServer(ctx context.Context, major int) (*server, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	binaries, err := postgres.FindBinaries(ctx, major, postgres.CacheDir(cache), say)
	if err != nil {
		return nil, err
	}
	s := &server{}
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

// wantedSchema is one of the schemas that are measured.
type wantedSchema struct {
	name   string
	tables int // of a synthetic one, else 0
	load   func(context.Context, *server) error
}

func synthetic(tables int, s shape) wantedSchema {
	const together = 200 // tables in one transaction
	load := func(ctx context.Context, on *server) error {
		var statements []string
		for first := 0; first < tables; first += together {
			var b strings.Builder
			s.writeTables(&b, first, min(tables, first+together))
			statements = append(statements, b.String())
		}
		return on.execute(ctx, one, statements...)
	}
	return wantedSchema{name: fmt.Sprintf("%s, %d tables", s.name, tables), tables: tables, load: load}
}

// folder lists the schemas in a folder: NAME.sql, or NAME-MAJOR.sql for one version of the server.
func folder(path string, major int) ([]wantedSchema, error) {
	files, err := filepath.Glob(filepath.Join(path, "*.sql"))
	var found []wantedSchema
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".sql")
		for _, version := range majors {
			if short, versioned := strings.CutSuffix(name, fmt.Sprint("-", version)); versioned {
				name = either(version == major, short, "")
			}
		}
		if name != "" {
			found = append(found, wantedSchema{name: name, load: fromFile(file)})
		}
	}
	return found, err
}

// fromFile loads a file by psql, since files that pg_dump wrote have commands for it. Statements
// that fail are told and skipped: an extension may be missing here.
func fromFile(file string) func(context.Context, *server) error {
	return func(ctx context.Context, on *server) error {
		input, err := os.Open(file)
		if err != nil {
			return err
		}
		defer input.Close()
		psql := exec.CommandContext(ctx, "psql", "--no-psqlrc", "--quiet", "--dbname="+on.url(one, on.Port()))
		var complained bytes.Buffer
		psql.Stdin, psql.Stdout, psql.Stderr = input, io.Discard, &complained
		if err := psql.Run(); err != nil {
			return fmt.Errorf("loading %s: %w: %s", file, err, lastLine(complained.String()))
		}
		if failed := strings.Count(complained.String(), "ERROR:"); failed > 0 {
			say(fmt.Sprintf("%s: %d statements failed, the last: %s", filepath.Base(file), failed, lastLine(complained.String())))
		}
		return nil
	}
}
