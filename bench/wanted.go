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

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

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

// regressed is the database that PostgreSQL's own tests leave behind when they run one after the
// other. tests is where scripts/regress keeps them, and the server must be the one built with them.
func regressed(tests string) wantedSchema {
	return wantedSchema{name: regression, load: func(ctx context.Context, on *server) error {
		schedule, err := os.ReadFile(filepath.Join(tests, "parallel_schedule"))
		if err != nil {
			return err
		}
		results := filepath.Join(on.dir, "results") // written by the server
		if err := errors.Join(os.Mkdir(results, 0o700), postgres.Own(results)); err != nil {
			return err
		}
		for _, setting := range []string{"lc_messages = 'C'", "lc_monetary = 'C'", "bytea_output = 'hex'", "timezone_abbreviations = 'Default'"} {
			if err := on.execute(ctx, "postgres", "ALTER DATABASE "+one+" SET "+setting); err != nil {
				return err
			}
		}
		for line := range strings.Lines(string(schedule)) {
			group, _ := strings.CutPrefix(line, "test: ")
			for _, name := range strings.Fields(either(group == line, "", group)) {
				if err := regress(ctx, on, tests, name); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

// regress runs one of the scripts as PostgreSQL's own test driver does. Many of their statements
// fail, and are meant to.
func regress(ctx context.Context, on *server, tests, name string) error {
	input, err := os.Open(filepath.Join(tests, "sql", name+".sql"))
	if err != nil {
		return err
	}
	defer input.Close()
	program, _ := on.Binaries().Path("psql")
	psql := exec.CommandContext(ctx, program, "-X", "-a", "-q", "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on", on.url(one, on.Port()))
	psql.Stdin = input
	psql.Env = []string{
		"PGTZ=PST8PDT", "PGDATESTYLE=Postgres, MDY", "PGOPTIONS=-c intervalstyle=postgres_verbose", "PG_DLSUFFIX=.so",
		"PG_ABS_SRCDIR=" + tests, "PG_ABS_BUILDDIR=" + on.dir, "PG_LIBDIR=" + filepath.Join(filepath.Dir(on.Binaries().Dir), "lib"),
	}
	if err := psql.Run(); err != nil && ctx.Err() == nil {
		say(fmt.Sprintf("the script %s ended early: %v", name, err)) // one of them kills its own session
	}
	return ctx.Err()
}
