package catalog

import (
	"cmp"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	randv2 "math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

var (
	regressFrom   = flag.String("regress", "", "the folder that scripts/regress has filled; without it PostgreSQL's own tests are not run")
	regressSchema = flag.String("schemas", "", "a folder with schemas of applications, *.sql; default: schemas in the folder of -regress")
	regressScript = flag.String("scripts", "", "regular expression: after the statements of which scripts to look (the others run, because they build on each other)")
)

// regressVersions are those that scripts/regress builds.
var regressVersions = []int{15, 18}

// TestRegress runs PostgreSQL's own tests statement by statement, and holds after each that the snapshot shows a
// change exactly when pg_dump does. It takes about an hour; make regress runs it.
func TestRegress(t *testing.T) {
	if *regressFrom == "" {
		t.Skip("this takes an hour: make regress runs it")
	}
	tallies := make([]tally, len(regressVersions))
	t.Run("on", func(t *testing.T) {
		for i, major := range regressVersions {
			t.Run(postgresName(major), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, major)
				defer func() { tallies[i] = b.tally }()
				t.Run("regression", b.regression)
				for _, script := range b.singles(t) {
					t.Run(scriptName(script), func(t *testing.T) { b.single(t, script) })
				}
				for _, file := range schemas(t) {
					t.Run(scriptName(file), func(t *testing.T) { b.schema(t, file) })
				}
			})
		}
	})
	t.Log("| PostgreSQL | " + tallyColumns)
	for i, major := range regressVersions {
		t.Logf("| %d | %s", major, tallies[i].row())
	}
}

func scriptName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".sql") }

// bench is a server of PostgreSQL's own tests, and what they are made of.
type bench struct {
	server *postgres.Server
	tests  string   // the folder of the scripts
	env    []string // what the scripts ask psql for
	tally  tally    // of all scripts
}

func newBench(t *testing.T, major int) *bench {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(*regressFrom, fmt.Sprint(major)))
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := postgres.BinariesIn(t.Context(), filepath.Join(dir, "bin"))
	if err != nil {
		t.Fatalf("%v; run scripts/regress", err)
	}
	results, err := postgres.TempDir("neon-migrations-regress-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(results) })
	b := &bench{server: regressServer(t, binaries, results), tests: filepath.Join(dir, "tests")}
	b.env = []string{
		"PGTZ=PST8PDT", "PGDATESTYLE=Postgres, MDY", "PGOPTIONS=-c intervalstyle=postgres_verbose", "PG_DLSUFFIX=.so",
		"PG_ABS_SRCDIR=" + b.tests, "PG_ABS_BUILDDIR=" + results, "PG_LIBDIR=" + filepath.Join(dir, "lib"),
	}
	if err := os.Mkdir(filepath.Join(results, "results"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Own(filepath.Join(results, "results")); err != nil {
		t.Fatal(err)
	}
	return b
}

// regressServer starts a server with the settings of PostgreSQL's own test driver.
func regressServer(t *testing.T, binaries postgres.Binaries, dir string) *postgres.Server {
	t.Helper()
	config := postgres.ServerConfig{
		Binaries: binaries, DataDir: filepath.Join(dir, "data"), Password: secret.Text(rand.Text()),
		Settings: map[string]string{
			"autovacuum": "off", "allow_in_place_tablespaces": "on", "wal_level": "logical", "max_prepared_transactions": "5", "shared_buffers": "128MB",
			"session_preload_libraries": "dummy_seclabel", // so that security labels can be restored
		},
	}
	release, err := postgres.Guard(0, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.InitCluster(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	server, err := postgres.StartServer(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		runtime.KeepAlive(release)
	})
	return server
}

// database makes one as PostgreSQL's own test driver does, and looks at it for the first time.
func (b *bench) database(t *testing.T, name string) *watch {
	t.Helper()
	quoted := postgres.QuoteIdentifier(name)
	postgrestest.Exec(t, b.server.Address(), "CREATE DATABASE "+quoted+" TEMPLATE template0")
	for _, setting := range []string{
		"lc_messages = 'C'", "lc_monetary = 'C'", "lc_numeric = 'C'", "lc_time = 'C'", "bytea_output = 'hex'", "timezone_abbreviations = 'Default'",
	} {
		postgrestest.Exec(t, b.server.Address(), "ALTER DATABASE "+quoted+" SET "+setting)
	}
	address := b.server.Address()
	address.Database = name
	w := &watch{server: b.server, address: address, conn: postgrestest.Connect(t, address), random: randv2.New(randv2.NewPCG(1, 2))}
	w.begin(t)
	return w
}

// feed gives a script to psql and looks at the database after each line that ends a statement outside of a transaction.
func (b *bench) feed(t *testing.T, w *watch, script string, looking bool) {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.tally = tally{scripts: 1}
	session := startPsql(t, b.server, w.address.Database, b.env)
	at := place{script: filepath.Base(script)}
	for line := range strings.Lines(string(text)) {
		at.line++
		at.statement = lastLines(at.statement+line, 40)
		state := session.send([]byte(line))
		if state == "" {
			break
		}
		if state == idle && looking && strings.TrimSpace(line) != "" {
			w.look(t, at)
			at.statement = ""
		}
	}
	session.end()
	w.settle(t, 0)
	if looking {
		w.look(t, at)
		t.Logf("%s: %s, in %.0f s", at.script, w.tally, time.Since(began).Seconds())
		b.tally.add(w.tally)
	}
}

func lastLines(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n-1):], "")
}

// regression runs the scripts of src/test/regress in their order, one after the other, in one database.
func (b *bench) regression(t *testing.T) {
	w := b.database(t, "regression")
	wanted, err := regexp.Compile(*regressScript)
	if err != nil {
		t.Fatal(err)
	}
	looked := false
	for _, name := range b.schedule(t) {
		looking := wanted.MatchString(name)
		if looking && !looked {
			w.begin(t)
		}
		looked = looking
		b.feed(t, w, filepath.Join(b.tests, "sql", name+".sql"), looking)
	}
	b.copied(t, w)
}

// schedule are the names of the scripts; those of a group may run in any order.
func (b *bench) schedule(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.tests, "parallel_schedule"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if group, found := strings.CutPrefix(line, "test: "); found {
			names = append(names, strings.Fields(group)...)
		}
	}
	if len(names) < 150 {
		t.Fatalf("there are %d scripts: the schedule was read wrongly", len(names))
	}
	return names
}

// singles are the scripts that stand alone: those of pg_dump's own test, and of a module that writes security labels.
func (b *bench) singles(t *testing.T) []string {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(b.tests, "pg_dump", "*.sql"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("there are no statements of pg_dump's own test: %v", err)
	}
	slices.Sort(scripts)
	return append(scripts, filepath.Join(b.tests, "dummy_seclabel.sql"))
}

func (b *bench) single(t *testing.T, script string) {
	w := b.database(t, "regress_"+scriptName(script))
	b.feed(t, w, script, true)
	b.copied(t, w)
}

// schemas are the files with schemas of applications that the user has put somewhere.
func schemas(t *testing.T) []string {
	t.Helper()
	dir := cmp.Or(*regressSchema, filepath.Join(*regressFrom, "schemas"))
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Logf("there are no schemas in %s", dir)
	}
	return files
}
