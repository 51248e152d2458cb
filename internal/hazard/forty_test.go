package hazard_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var update = flag.Bool("update", false, "write the table of docs/risk.md anew")

// migration is one file of testdata/forty.
type migration struct {
	file, title, really string
	risk                bool
	statements          []string
}

var headerLine = regexp.MustCompile(`(?m)^-- (title|really|risk): (.*)\n`)

func readMigrations(t *testing.T) []migration {
	t.Helper()
	files, err := filepath.Glob("testdata/forty/[0-9]*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var all []migration
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header := map[string]string{}
		for _, line := range headerLine.FindAllStringSubmatch(string(text), -1) {
			header[line[1]] = line[2]
		}
		if len(header) != 3 || header["risk"] != "yes" && header["risk"] != "no" {
			t.Fatalf("%s: its header is %v", path, header)
		}
		all = append(all, migration{
			file: filepath.Base(path), title: header["title"], really: header["really"], risk: header["risk"] == "yes",
			statements: statementsOf(headerLine.ReplaceAllString(string(text), "")),
		})
	}
	return all
}

// statementsOf parts a script where a line ends in a semicolon, outside of $$.
func statementsOf(script string) []string {
	var all []string
	var statement strings.Builder
	for line := range strings.Lines(script) {
		statement.WriteString(line)
		if strings.HasSuffix(line, ";\n") && strings.Count(statement.String(), "$$")%2 == 0 {
			all = append(all, strings.TrimSpace(statement.String()))
			statement.Reset()
		}
	}
	return all
}

// outcome is what was said of one migration.
type outcome struct {
	findings []hazard.Finding
	sqlState string
}

// alarms are the codes that ask somebody to do something, each once. H048 is left out: it needs the new
// code too, which a migration by itself does not have.
func (o outcome) alarms() []string {
	var codes []string
	for _, f := range o.findings {
		if f.Severity != hazard.Info && f.Code != "H048" && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// tries is how often a migration may run until it is found harmless. What else the machine does can only
// make a statement longer, so that the shortest of some runs is nearest to the truth.
const tries = 3

// TestForty holds that each harmful migration of the forty is found, that no harmless one is, and that
// the table of docs/risk.md says so.
func TestForty(t *testing.T) {
	server := postgrestest.ServerOf(t, packaged(t, "pg17"))
	template := postgrestest.DatabaseOn(t, server)
	schema, err := os.ReadFile("testdata/forty/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	postgrestest.Exec(t, template, string(schema))
	postgrestest.Exec(t, server.Address(), "CHECKPOINT")
	limits := measuredLimits(t, template)
	t.Logf("limits: %+v", limits)
	migrations := readMigrations(t)
	outcomes := map[string]outcome{}
	for _, m := range migrations {
		t.Run(strings.TrimSuffix(m.file, ".sql"), func(t *testing.T) {
			o := rehearse(t, server, template, m, limits)
			for range tries - 1 {
				if m.risk || len(o.alarms()) == 0 {
					break
				}
				o = rehearse(t, server, template, m, limits)
			}
			outcomes[m.file] = o
			if found := len(o.alarms()) > 0; found != m.risk {
				t.Errorf("%s: a risk: %v; found: %v", m.title, m.risk, found)
			}
			t.Logf("findings:\n%s", told(o))
		})
	}
	if len(outcomes) < len(migrations) {
		return // some of them were asked for
	}
	holdTable(t, fortyTable(t, migrations, outcomes))
}

func told(o outcome) string {
	var text strings.Builder
	for _, f := range o.findings {
		fmt.Fprintf(&text, "    %s %s #%d %s: %s [%s]\n", f.Code, f.Severity, f.Statement, f.Object, f.Title, f.Evidence)
	}
	return text.String()
}

// measuredLimits scales the limits to this machine. The tables have 200,000 rows and a statement that reads
// them all closes them for some milliseconds; what takes an instant takes the same on any table. So
// the warning is at a third of what reading one of the tables takes, which at the 500 ms of the
// default stands for a table of some millions of rows.
func measuredLimits(t *testing.T, template postgres.Address) hazard.Limits {
	t.Helper()
	conn := postgrestest.Connect(t, template)
	defer conn.Close(context.Background())
	shortest := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := conn.Exec(t.Context(), "SET max_parallel_workers_per_gather = 0; SELECT count(*) FROM orders WHERE total < 0", pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		shortest = min(shortest, time.Since(start))
	}
	const share = 3
	limits := hazard.DefaultLimits()
	limits.WarnBlocked = shortest / share
	return limits
}

// rehearse runs one migration through the recorder, on a fresh copy of the template, and judges it.
func rehearse(t *testing.T, server *postgres.Server, template postgres.Address, m migration, limits hazard.Limits) outcome {
	t.Helper()
	branch := server.Address()
	branch.Database = "forty"
	postgrestest.Exec(t, server.Address(), "DROP DATABASE IF EXISTS forty WITH (FORCE)")
	postgrestest.Exec(t, server.Address(), "CREATE DATABASE forty TEMPLATE "+postgres.QuoteIdentifier(template.Database)+" STRATEGY file_copy")
	warm(t, branch)
	before := snapshot(t, branch)
	recording, sqlState := perform(t, branch, m)
	in := hazard.Input{Before: before, Recording: recording, Limits: limits, Offenders: -1}
	if sqlState == "" {
		in.After = snapshot(t, branch)
		in.Changes = catalog.Compare(before, in.After)
		in.Deploy = oldCode(t, branch, before)
	}
	return outcome{findings: hazard.Judge(in), sqlState: sqlState}
}

// warm reads the tables: a branch on which nobody worked yet is not what is compared here.
func warm(t *testing.T, branch postgres.Address) {
	t.Helper()
	postgrestest.Exec(t, branch, "SELECT count(*) FROM orders; SELECT count(*) FROM customers; SELECT count(*) FROM subscribers; SELECT count(*) FROM events_2025")
}

// oldCode tries what a program of before would do with each table after the upgrade: it names every column in
// what it reads and inserts, and gives each a value.
func oldCode(t *testing.T, branch postgres.Address, before *catalog.Snapshot) *hazard.Deploy {
	t.Helper()
	conn := postgrestest.Connect(t, branch)
	defer conn.Close(context.Background())
	deploy := &hazard.Deploy{}
	for table, columns := range columnsOf(before) {
		names := strings.Join(columns, ", ")
		reads := "SELECT " + names + " FROM " + table + " LIMIT 0"
		for operation, sql := range map[string]string{"select": reads, "insert": "INSERT INTO " + table + " (" + names + ") " + reads} {
			deploy.Tried++
			if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
				use := hazard.Use{Class: table, Table: "public." + table, Operation: operation, SQLState: stateOf(err), Message: err.Error()}
				deploy.OldCodeNewSchema = append(deploy.OldCodeNewSchema, use)
			}
		}
	}
	return deploy
}

// columnsOf are the columns of each table.
func columnsOf(s *catalog.Snapshot) map[string][]string {
	columns := map[string][]string{}
	for _, o := range s.Objects {
		if o.Kind == catalog.Column && slices.ContainsFunc(s.Objects, func(t catalog.Object) bool {
			return t.Kind == catalog.Table && t.Schema == o.Schema && t.Name == o.Parent
		}) {
			columns[o.Parent] = append(columns[o.Parent], o.Name)
		}
	}
	return columns
}

func snapshot(t *testing.T, a postgres.Address) *catalog.Snapshot {
	t.Helper()
	conn := postgrestest.Connect(t, a)
	defer conn.Close(context.Background())
	s, err := catalog.ReadWith(t.Context(), conn, catalog.ReadOptions{Sizes: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// perform sends the statements one after the other, as Alembic does, until one fails.
func perform(t *testing.T, branch postgres.Address, m migration) (recording *recorder.Recording, sqlState string) {
	t.Helper()
	gateway, err := recorder.Open(t.Context(), branch, recorder.Options{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	conn, err := pgx.Connect(t.Context(), gateway.Address().URL().Reveal())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.statements {
		if _, err := conn.PgConn().Exec(t.Context(), s).ReadAll(); err != nil {
			sqlState = stateOf(err)
			if sqlState == "" {
				t.Fatalf("%s: %v", m.file, err)
			}
			break
		}
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if recording, err = gateway.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	return recording, sqlState
}

// stateOf is the SQLSTATE of an answer of the server; empty for other errors.
func stateOf(err error) string {
	if answer := (*pgconn.PgError)(nil); errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// packaged is a PostgreSQL from the development tools.
func packaged(t *testing.T, name string) postgres.Binaries {
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

// peers is testdata/forty/peers.json, which scripts/risk-peers writes.
type peers struct {
	Tools []peer `json:"tools"`
}

type peer struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Style are rules about how things are written and typed, which count neither as found nor as wolf.
	Style []string `json:"style"`
	// Found are the rules that spoke, by file.
	Found map[string][]string `json:"found"`
}

// alarms are the rules that spoke about a risk in a file.
func (p peer) alarms(file string) []string {
	return slices.DeleteFunc(slices.Clone(p.Found[file]), func(rule string) bool { return slices.Contains(p.Style, rule) })
}

func readPeers(t *testing.T) peers {
	t.Helper()
	text, err := os.ReadFile("testdata/forty/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	var p peers
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// tally counts what one column of the table says.
type tally struct{ found, missed, wolf, silent int }

func (c *tally) add(risk, alarmed bool) {
	switch {
	case risk && alarmed:
		c.found++
	case risk:
		c.missed++
	case alarmed:
		c.wolf++
	default:
		c.silent++
	}
}

// cell writes what a tool said, and marks where it is wrong.
func cell(risk bool, rules []string) string {
	switch said := strings.Join(rules, ", "); {
	case risk && said == "":
		return "**missed**"
	case !risk && said != "":
		return "**wolf:** " + said
	case said == "":
		return "–"
	default:
		return said
	}
}

// fortyTable writes the comparison as markdown: the counts, then each migration.
func fortyTable(t *testing.T, migrations []migration, outcomes map[string]outcome) string {
	t.Helper()
	tools := readPeers(t).Tools
	counts := make([]tally, len(tools)+1)
	var rows strings.Builder
	for _, m := range migrations {
		ours := outcomes[m.file].alarms()
		counts[0].add(m.risk, len(ours) > 0)
		cells := []string{cell(m.risk, ours)}
		for i, p := range tools {
			said := p.alarms(m.file)
			counts[i+1].add(m.risk, len(said) > 0)
			cells = append(cells, cell(m.risk, said))
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", strings.TrimSuffix(m.file, ".sql")[:2]+" "+m.title, m.really, strings.Join(cells, " | "))
	}
	var text strings.Builder
	text.WriteString("| Tool | harmful ones found | missed | harmless ones passed | cried wolf |\n|---|---|---|---|---|\n")
	names := []string{"neon-migrations"}
	for _, p := range tools {
		names = append(names, p.Name+" "+p.Version)
	}
	for i, c := range counts {
		fmt.Fprintf(&text, "| %s | %d of %d | %d | %d of %d | %d |\n", names[i], c.found, c.found+c.missed, c.missed, c.silent, c.silent+c.wolf, c.wolf)
	}
	fmt.Fprintf(&text, "\n| Migration | What really happens | %s |\n|---|---|%s\n%s", strings.Join(names, " | "), strings.Repeat("---|", len(names)), rows.String())
	return text.String()
}

const (
	tableBegins = "<!-- written by TestForty of internal/hazard: begin -->\n\n"
	tableEnds   = "\n<!-- end -->"
)

// codes are our own in a row of the table. Which of several a migration gets depends on how long its
// statements take on this machine; whether it gets any does not.
var codes = regexp.MustCompile(`H\d{3}(?:, H\d{3})*`)

// holdTable compares the table with that of docs/risk.md, or writes it there.
func holdTable(t *testing.T, table string) {
	t.Helper()
	const path = "../../docs/risk.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begins := strings.Cut(string(page), tableBegins)
	old, tail, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", path)
	}
	if !*update {
		if codes.ReplaceAllString(old, "found") != codes.ReplaceAllString(table, "found") {
			t.Errorf("%s has another table; with -update it is written anew:\n%s", path, table)
		}
		return
	}
	if err := os.WriteFile(path, []byte(head+tableBegins+table+tableEnds+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
