package recorder

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

var update = flag.Bool("update", false, "write the expected results anew")

// statementCase is one paragraph of statements.txt.
type statementCase struct {
	name, schema       string
	only, setup        string
	before, run        string
	autocommit         bool
	locks              []string
	rewrites, scans    []string
	supposed           string
	unknownToInference string
	found              bool
	evidence           string // what is wrong with it
}

// readCases reads statements.txt.
func readCases(t testing.TB) []*statementCase {
	t.Helper()
	text, err := os.ReadFile("testdata/statements.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []*statementCase
	for line := range strings.Lines(string(text)) {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if key == "case" {
			all = append(all, &statementCase{name: rest, schema: fmt.Sprintf("case_%d", len(all)+1)})
			continue
		}
		if key == "" || key == "#" {
			continue
		}
		c := all[len(all)-1]
		rest = strings.ReplaceAll(rest, "{schema}", c.schema)
		switch key {
		case "only":
			c.only = rest
		case "setup":
			c.setup = rest
		case "before":
			c.before = rest
		case "run":
			c.run = rest
		case "autocommit":
			c.autocommit = true
		case "locks":
			c.locks = append(c.locks, rest)
		case "rewrites":
			c.rewrites = append(c.rewrites, rest)
		case "reads":
			c.scans = append(c.scans, rest)
		case "uninferred":
			c.unknownToInference = rest
		default:
			t.Fatalf("statements.txt: what is %q?", line)
		}
	}
	return all
}

// serversOf gives the servers that the cases are held to.
func serversOf(t *testing.T) map[string]*postgres.Server {
	t.Helper()
	servers := map[string]*postgres.Server{"15": postgrestest.Server(t)}
	for _, version := range []string{"17", "18"} {
		servers[version] = postgrestest.ServerOf(t, packaged(t, "pg"+version))
	}
	return servers
}

// packaged is a PostgreSQL from the development tools.
func packaged(t testing.TB, name string) postgres.Binaries {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := postgres.BinariesIn(t.Context(), filepath.Join(here, "..", "..", ".tools", "node", "node_modules", name, "native", "bin"))
	if err != nil {
		t.Fatalf("%v; run: make setup", err)
	}
	return binaries
}

// TestWhatStatementsLock holds the recorder, and the table that it infers from, to real servers.
func TestWhatStatementsLock(t *testing.T) {
	var all sync.WaitGroup
	results := map[string][]*statementCase{}
	var mu sync.Mutex
	for version, server := range serversOf(t) {
		all.Go(func() {
			seen := runCases(t, version, server)
			mu.Lock()
			defer mu.Unlock()
			results[version] = seen
		})
	}
	all.Wait()
	if *update {
		writeCases(t, results["15"], results["18"])
	}
	want := readCases(t)
	for version, got := range results {
		for i, w := range want {
			if w.only != "" && w.only != version {
				continue
			}
			t.Run(version+"/"+w.name, func(t *testing.T) {
				compareCase(t, w, got[i])
			})
		}
	}
}

func compareCase(t *testing.T, want, got *statementCase) {
	t.Helper()
	if !got.found {
		t.Fatalf("%s is not in the recording", want.run)
	}
	if got.evidence != "" {
		t.Error(got.evidence)
	}
	for what, pair := range map[string][2][]string{
		"locks": {want.locks, got.locks}, "rewrites": {want.rewrites, got.rewrites}, "reads": {want.scans, got.scans},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", what, want.run, diff)
		}
	}
	if measured := tables(want.locks); want.unknownToInference == "" && measured != got.supposed {
		t.Errorf("%s: measured %q, inferred %q", want.run, measured, got.supposed)
	}
}

// tables writes what is said about tables: indexes are inferred where that is worth it only.
func tables(locks []string) string { return strings.Join(onTables(locks), ", ") }

func onTables(locks []string) []string {
	var kept []string
	for _, l := range locks {
		name, _, _ := strings.Cut(l, " ")
		if slices.Contains([]string{"t", "q", "child", "p", "loose", "mv", "v", "bare"}, name) && !strings.HasSuffix(l, " RowShare") {
			kept = append(kept, l)
		}
	}
	return kept
}

// runCases runs every case on one server, each in a schema of its own, in one recording.
func runCases(t testing.TB, version string, server *postgres.Server) []*statementCase {
	direct := postgrestest.DatabaseOn(t, server)
	setup, err := os.ReadFile("testdata/tables.sql")
	if err != nil {
		t.Error(err)
		return nil
	}
	postgrestest.Exec(t, direct, "DO $$ BEGIN CREATE ROLE other; EXCEPTION WHEN duplicate_object THEN END $$; CREATE SCHEMA elsewhere; GRANT CREATE ON SCHEMA elsewhere TO public")
	cases := readCases(t)
	paragraphs := strings.Split(string(setup), "\n\n-- ")
	admin := postgrestest.Connect(t, direct)
	for _, c := range cases {
		sql := fmt.Sprintf("CREATE SCHEMA %s; SET search_path TO %s;\n%s;%s", c.schema, c.schema, c.tables(paragraphs), c.setup)
		if err := execAll(admin, sql); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := execAll(admin, "VACUUM ANALYZE"); err != nil {
		t.Error(err)
	}
	gateway, err := Open(t.Context(), direct, Options{Record: true})
	if err != nil {
		t.Error(err)
		return nil
	}
	defer gateway.Close()
	conn := postgrestest.Connect(t, gateway.Address())
	for _, c := range cases {
		if c.only == "" || c.only == version {
			c.runOn(t, gateway, conn)
		}
	}
	conn.Close(context.Background())
	recording, err := gateway.Take(t.Context())
	if err != nil {
		t.Error(err)
		return nil
	}
	for _, c := range cases {
		c.read(recording)
	}
	return cases
}

// tables chooses the paragraphs of tables.sql that a case needs.
func (c *statementCase) tables(paragraphs []string) string {
	words := map[string]bool{}
	for _, token := range lex(c.setup+" "+c.run, false) {
		words[token.text] = true
	}
	needs := map[string]bool{
		"q": words["q"] || words["child"], "p": words["p"] || words["loose"], "v": words["v"], "mv": words["mv"],
	}
	needs["t"] = !needs["p"] && !words["child"] || words["t"]
	var sql []string
	for _, paragraph := range paragraphs[1:] {
		name, text, _ := strings.Cut(paragraph, "\n")
		if needs[name] {
			sql = append(sql, text)
		}
	}
	return strings.Join(sql, "\n")
}

func execAll(conn *pgx.Conn, sql string) error {
	_, err := conn.PgConn().Exec(context.Background(), sql).ReadAll()
	return err
}

func (c *statementCase) runOn(t testing.TB, gateway *Gateway, conn *pgx.Conn) {
	s := &session{gateway: gateway, tape: gateway.tape, settings: newSettings(map[string]string{"search_path": c.schema})}
	supposed, _ := infer(readScript(c.run, false, false).sentences, s)
	var all []Lock
	for _, l := range supposed {
		all = append(all, Lock{Relation: *l.relation.relation(), Mode: l.mode})
	}
	c.supposed = tables(strongestOf(all))

	if c.autocommit {
		for _, sql := range []string{"SET search_path TO " + c.schema, c.run} {
			if err := execAll(conn, sql); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		return
	}
	for _, sql := range []string{"BEGIN", "SET LOCAL search_path TO " + c.schema, c.before, c.run, "COMMIT"} {
		if err := execAll(conn, sql); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// read takes a case's results out of the recording: those of its schema.
func (c *statementCase) read(r *Recording) {
	c.locks, c.rewrites, c.scans = nil, nil, nil
	for _, s := range r.Statements {
		if s.Text != readScript(c.run, false, false).shown {
			continue
		}
		if len(s.Locks) == 0 {
			c.found = true // it may be that of another case: nothing tells them apart
			continue
		}
		if s.Locks[0].Relation.Schema != c.schema {
			continue
		}
		c.found = true
		c.locks = strongestOf(s.Locks)
		if c.autocommit { // those of its indexes are seen if it takes long enough
			c.locks = onTables(c.locks)
		}
		c.judgeEvidence(&s)
		for _, w := range s.Rewrites {
			c.rewrites = append(c.rewrites, w.Relation.Name)
		}
	}
	for _, s := range r.Scans {
		if s.Relation.Schema == c.schema && s.Relation.Rows > 0 {
			c.scans = append(c.scans, fmt.Sprintf("%s %.1f", s.Relation.Name, float64(s.TuplesRead)/float64(s.Relation.Rows)))
		}
	}
}

// judgeEvidence holds that within a transaction everything is measured, and outside the locks alone are not.
func (c *statementCase) judgeEvidence(s *Statement) {
	for _, l := range s.Locks {
		if measured := l.Evidence == Measured; measured == c.autocommit || !c.autocommit && s.Evidence != Measured {
			c.evidence = fmt.Sprintf("#%d %s: %s, its lock on %s %s", s.Number, s.Text, s.Evidence, l.Relation.Name, l.Evidence)
		}
	}
	for _, w := range s.Rewrites {
		if w.Evidence != Measured {
			c.evidence = fmt.Sprintf("#%d %s: the rewrite of %s is %s", s.Number, s.Text, w.Relation.Name, w.Evidence)
		}
	}
	if s.Autocommit != c.autocommit {
		c.evidence = fmt.Sprintf("#%d %s: autocommit %t", s.Number, s.Text, s.Autocommit)
	}
}

// strongestOf writes the strongest lock of each relation.
func strongestOf(locks []Lock) []string {
	best := map[string]Mode{}
	var names []string
	for _, l := range locks {
		if l.Mode == AccessShare {
			continue // which disturbs nobody, and differs between versions
		}
		if _, known := best[l.Relation.Name]; !known {
			names = append(names, l.Relation.Name)
		}
		if m := best[l.Relation.Name]; m == "" || strength(l.Mode) > strength(m) {
			best[l.Relation.Name] = l.Mode
		}
	}
	slices.Sort(names)
	var all []string
	for _, n := range names {
		all = append(all, n+" "+strings.TrimSuffix(string(best[n]), "Lock"))
	}
	return all
}

// writeCases writes the results into statements.txt.
func writeCases(t testing.TB, oldest, newest []*statementCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/statements.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	n := -1
	for line := range strings.Lines(string(text)) {
		key, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if key == "case" {
			n++
		}
		if key == "locks" || key == "rewrites" || key == "reads" {
			continue
		}
		out.WriteString(line)
		if key != "run" {
			continue
		}
		c := oldest[n]
		if c.only != "" {
			c = newest[n]
		}
		for _, pair := range []struct {
			key string
			all []string
		}{{"locks", c.locks}, {"rewrites", c.rewrites}, {"reads", c.scans}} {
			for _, one := range pair.all {
				fmt.Fprintf(&out, "%s %s\n", pair.key, one)
			}
		}
	}
	if err := os.WriteFile("testdata/statements.txt", []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
