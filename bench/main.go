// Command bench measures the catalog: snapshots and comparisons of databases of up to 10,000
// tables beside pg_dump, pg-schema-diff and pg-delta, in turns, on loopback and on a line of 30 ms.
// It prints Markdown tables and what they say about the bars; progress goes to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

var (
	majors = []int{15, 18}
	ways   = []way{{name: "loopback"}, {name: "a line of 30 ms", rtt: 30 * time.Millisecond}}
	shapes = []shape{typical, worst}
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		say(err.Error())
		os.Exit(1) //nolint:gocritic // stop gives back a signal handler, which the end does too
	}
}

// say tells the person who waits.
func say(what string) { fmt.Fprintln(os.Stderr, what) }

func run(ctx context.Context, args []string) error {
	if len(args) > 1 && args[0] == "task" {
		return runTask(ctx, os.Stdout, args[1:])
	}
	p, err := parse(args)
	if err != nil {
		return err
	}
	var results []result
	for _, major := range p.majors {
		found, err := p.onVersion(ctx, major)
		if err != nil {
			return err
		}
		results = append(results, found...)
	}
	writeTables(os.Stdout, results)
	return nil
}

// plan is what is to be measured.
type plan struct {
	majors, tables []int
	regress        string
	only           []string
	effort         effort
}

func parse(args []string) (plan, error) {
	var p plan
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	servers := flags.String("servers", "15,18", "major versions of PostgreSQL, of 15 and 18")
	tables := flags.String("tables", "1000", "sizes of the synthetic schemas; empty for none")
	flags.StringVar(&p.regress, "regress", "../.tools/regress", "what scripts/regress has made: PostgreSQL's own tests, and schemas/NAME.sql, or NAME-MAJOR.sql for one version")
	only := flags.String("only", strings.Join([]string{ours, pgDump, stripe, pgDelta}, ","), "contenders")
	flags.IntVar(&p.effort.rounds, "rounds", 5, "turns of each contender")
	flags.DurationVar(&p.effort.spend, "spend", 20*time.Second, "a contender takes no further turns after so long")
	flags.DurationVar(&p.effort.patience, "patience", time.Minute, "a single run is stopped after so long, and shown as longer")
	long := flags.Bool("long", false, "let single runs take half an hour")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if *long {
		p.effort.patience = 30 * time.Minute
	}
	p.only = strings.Split(*only, ",")
	var serversErr, tablesErr, placeErr error
	p.majors, serversErr = numbers(*servers)
	p.tables, tablesErr = numbers(*tables)
	p.regress, placeErr = filepath.Abs(p.regress) // PostgreSQL's tests ask for a place, wherever the server stands
	return p, errors.Join(serversErr, tablesErr, placeErr)
}

func numbers(list string) ([]int, error) {
	var found []int
	for word := range strings.SplitSeq(list, ",") {
		if word == "" {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", list, err)
		}
		found = append(found, n)
	}
	return found, nil
}

// onVersion measures all schemas on one version of the server.
func (p plan) onVersion(ctx context.Context, major int) ([]result, error) {
	binaries, err := usual(ctx, major)
	if err != nil {
		return nil, err
	}
	wanted, err := p.schemas(major)
	if err != nil {
		return nil, err
	}
	results, err := p.onServer(ctx, binaries, wanted)
	if err != nil {
		return nil, err
	}
	// PostgreSQL's own tests need functions in C, which only the server built with them can load.
	built := filepath.Join(p.regress, strconv.Itoa(major))
	if binaries, err = postgres.BinariesIn(ctx, filepath.Join(built, "bin")); err != nil {
		say(fmt.Sprintf("PostgreSQL %d: no regression database: %v; run scripts/regress", major, err))
		return results, nil
	}
	more, err := p.onServer(ctx, binaries, []wantedSchema{regressed(filepath.Join(built, "tests"))})
	return append(more, results...), err
}

func (p plan) onServer(ctx context.Context, binaries postgres.Binaries, wanted []wantedSchema) (results []result, err error) {
	s, err := startServer(ctx, binaries)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop(context.WithoutCancel(ctx))) }()
	all, err := p.contenders(s)
	if err != nil {
		return nil, err
	}
	for _, schema := range wanted {
		say(fmt.Sprintf("PostgreSQL %d: %s; load %s", s.Major(), schema.name, load()))
		if err := s.prepare(ctx, schema); err != nil {
			return nil, fmt.Errorf("preparing %s: %w", schema.name, err)
		}
		for _, w := range ways {
			series, err := measure(ctx, s, w, all, p.effort)
			if err != nil {
				return nil, err
			}
			results = append(results, result{wanted: schema, major: s.Major(), way: w, series: series})
		}
	}
	return results, nil
}

// load is how many processes of this machine wanted to run of late (Linux's proc(5), loadavg):
// with more than the processors, seconds say little.
func load() string {
	averages, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	lastMinute, _, _ := strings.Cut(string(averages), " ")
	return lastMinute
}

func (p plan) schemas(major int) ([]wantedSchema, error) {
	all, err := folder(filepath.Join(p.regress, "schemas"), major)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		say("the public schemas are not there; run scripts/regress schemas")
	}
	for _, n := range p.tables {
		for _, s := range shapes {
			all = append(all, synthetic(n, s))
		}
	}
	return all, nil
}

func (p plan) contenders(s *server) ([]contender, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dump, err := findDump(s.Binaries())
	if err != nil {
		return nil, err
	}
	all := contenders(self, dump)
	return slices.DeleteFunc(all, func(c contender) bool { return !slices.Contains(p.only, c.name) }), nil
}

// findDump finds the pg_dump of the server's version: beside the server, or where scripts/setup
// puts what the embedded servers lack.
func findDump(b postgres.Binaries) ([]string, error) {
	if path, found := b.Path("pg_dump"); found {
		return []string{path}, nil
	}
	path := filepath.Join("..", ".tools", fmt.Sprintf("postgresql-client-%d", b.Major), "bin", "pg_dump")
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no pg_dump of PostgreSQL %d: run scripts/setup test: %w", b.Major, err)
	}
	return []string{path}, nil
}
