package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the bench, which measures itself in processes of its own.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "task" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestBench runs all of it on a few tables.
func TestBench(t *testing.T) {
	p, err := parse([]string{"-servers", "15", "-tables", "6", "-rounds", "1", "-only", ours + "," + pgDump, "-regress", t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	results, err := p.onVersion(t.Context(), 15)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(shapes) * len(ways); len(results) != want {
		t.Fatalf("%d results, want %d", len(results), want)
	}
	for _, r := range results {
		for _, s := range r.series {
			if s.failed() != nil {
				t.Error(s.failed())
			}
		}
		if took, _, ok := r.of(ours, "again").median("again"); !ok || took < r.way.rtt {
			t.Errorf("%s by %s: the second snapshot took %v", r.wanted.name, r.way.name, took)
		}
		if r.peak(ours) < 1<<20 {
			t.Errorf("%s: peak of %d bytes", r.wanted.name, r.peak(ours))
		}
		if over, ok := r.traffic(ours, "one"); r.way.rtt > 0 && (!ok || over.Connections != 1 || over.Down < 10_000) {
			t.Errorf("%s: traffic %+v", r.wanted.name, over)
		}
	}
}

// TestImpatience stops what takes too long, and says so.
func TestImpatience(t *testing.T) {
	slow := contender{name: pgDump, what: "one", whole: true, command: func(_, _ string) []string { return []string{"sleep", "60"} }}
	o := slow.run(t.Context(), 50*time.Millisecond, "", "")
	if !o.late || o.Times["one"] < 50*time.Millisecond || o.err != nil {
		t.Errorf("outcome %+v", o)
	}
}

func TestAFailureIsTold(t *testing.T) {
	broken := contender{name: stripe, what: "both", command: func(_, _ string) []string {
		return []string{"sh", "-c", "echo first >&2; echo reason >&2; exit 1"}
	}}
	if o := broken.run(t.Context(), time.Minute, "", ""); o.err == nil || !strings.HasSuffix(o.err.Error(), "reason") {
		t.Errorf("error %v", o.err)
	}
	blind := contender{name: stripe, what: "both", command: func(_, _ string) []string { return []string{"echo", `{"times":{"both":5}}`} }}
	if o := blind.run(t.Context(), time.Minute, "", ""); o.err == nil {
		t.Error("a comparison that finds nothing between different databases counts")
	}
}

func TestFolderKnowsVersions(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"lago.sql", "regression-15.sql", "regression-18.sql", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := folder(dir, 18)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range found {
		names = append(names, w.name)
	}
	if want := []string{"lago", "regression"}; !slices.Equal(names, want) {
		t.Errorf("schemas %v, want %v", names, want)
	}
}

// made is a result as a measurement would make it; the times are milliseconds.
func made(schema wantedSchema, w way, oursTook, dumpTook int, more ...*series) result {
	of := func(name, what string, took int) *series {
		s := &series{contender: contender{name: name, what: what}}
		for _, t := range []int{took * 2, took, took / 2} { // the median is took
			times := map[string]time.Duration{what: time.Duration(t) * time.Millisecond}
			s.outcomes = append(s.outcomes, outcome{report: report{Times: times, Peak: 99e6}})
		}
		return s
	}
	series := append([]*series{of(ours, "one", oursTook), of(pgDump, "one", dumpTook), of(ours, "again", 90), of(ours, "both", oursTook)}, more...)
	return result{wanted: schema, major: 15, way: w, series: series}
}

func TestTables(t *testing.T) {
	late := &series{
		contender: contender{name: pgDelta, what: "both"},
		outcomes:  []outcome{{late: true, report: report{Times: map[string]time.Duration{"both": time.Minute}}}},
	}
	fails := &series{contender: contender{name: stripe, what: "one"}, outcomes: []outcome{{err: errors.New("no")}}}
	heavy := made(wantedSchema{name: "heavy", tables: 10000}, ways[0], 1000, 3000)
	for i := range heavy.of(ours, "one").outcomes {
		heavy.of(ours, "one").outcomes[i].Peak = 100e6
	}
	var b bytes.Buffer
	writeTables(&b, []result{
		heavy,
		made(wantedSchema{name: "small", tables: 1000}, ways[0], 500, 1600, late, fails),
		made(wantedSchema{name: "big", tables: 5000}, ways[0], 3100, 6200),
		made(wantedSchema{name: "huge", tables: 10000}, ways[0], 1000, 3000),
		made(wantedSchema{name: regression}, ways[1], 100, 9000),
	})
	for _, want := range []string{
		"### PostgreSQL 15, loopback",
		"| small | 500 ms | 1.60 s | 3.2× | 90 ms | – | – | fails | – | 500 ms | – | > 60.0 s | 99 MB | 99 MB |",
		"### PostgreSQL 15, a line of 30 ms",
		"within 0.8 s, loopback | small (15): 500 ms | – |",
		"within 3 s, loopback | – | big (15): 3.10 s |",
		"pg_dump -s, loopback | heavy (15): 3.0×; small (15): 3.2×; huge (15): 3.0× | big (15): 2.0× |",
		"pg_dump -s, 30 ms | regression (15): 90× | – |",
		"regression database | – | regression (15): 90× |",
		"at 10,000 tables | huge (15): 99 MB | heavy (15): 100 MB |",
		"schemas of some hundred tables | regression (15): 90 ms | – |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the tables lack %q:\n%s", want, b.String())
		}
	}
}

func TestALateDumpStillKeepsABar(t *testing.T) {
	r := made(wantedSchema{name: "big", tables: 10000}, ways[1], 1000, 60_000)
	r.of(pgDump, "one").outcomes = r.of(pgDump, "one").outcomes[1:2]
	r.of(pgDump, "one").outcomes[0].late = true
	if got := r.ratioCell(); got != "> 60×" {
		t.Errorf("ratio %q", got)
	}
	if words, kept, applies := ratioAtLeast(ratioLine, func(result) bool { return true })(r); !kept || !applies {
		t.Errorf("the bar: %s kept %v applies %v", words, kept, applies)
	}
}

func TestSeconds(t *testing.T) {
	for took, want := range map[time.Duration]string{
		34 * time.Millisecond: "34 ms", 1234 * time.Millisecond: "1.23 s", 12340 * time.Millisecond: "12.3 s", 670 * time.Second: "670 s",
	} {
		if got := seconds(took); got != want {
			t.Errorf("%v is shown as %q, want %q", took, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	if got, err := numbers("1000,5000"); err != nil || !slices.Equal(got, []int{1000, 5000}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := numbers("1,x"); err == nil {
		t.Error("1,x are numbers")
	}
}
