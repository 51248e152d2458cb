package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/probe"
)

// hostileNames are names of tables and columns that PostgreSQL takes, at most 63 bytes long:
// each means something to Markdown, to HTML, to GitHub or to mermaid.
var hostileNames = []string{
	"```\n</details>", "a|b `c` \\| d", `"quoted" 'twice'`, "two\nlines\r\nand\tmore", "safe\u202egnp.exe \u2066iso\u2069",
	"@everyone @acme/team #1", "--><script>document.documentElement.dataset.pwned=1</script>", "<img src=x onerror=document.documentElement.dataset.pwned=1>",
	strings.Repeat("ab_", 21), `%%{init: {"theme": "forest"}}%%`, "end", "a; b; c;", "🙈🙉🙊 table", "direction TB", `x"] { int y } t9 }o--|| t1 : "z`,
	"#quot;#35;#amp;ﬂ°°60¶ß&lt;b&gt;", "style x:y#35; classDef z:#1;", "~a~ *b* __c__ _d_ $e$", "pk", "::error::[x](javascript:alert(1)) https://evil.example",
}

// hostileComparison is what a migration changed in a database with these names, as read by
// [TestHostileDatabase] from a real one.
func hostileComparison() catalog.Comparison {
	data, err := os.ReadFile(filepath.Join("testdata", "hostile.json"))
	if err != nil {
		panic(err)
	}
	c, err := catalog.ParseComparison(data)
	if err != nil {
		panic(err)
	}
	return *c
}

// hostileReport is a rehearsal of that migration.
func hostileReport() Report {
	r := passing()
	r.Compared(hostileComparison())
	r.Recording, r.Directory = strangers(), "back end"
	for i, name := range hostileNames {
		f := Finding{Code: "H001", Severity: SeverityWarn, Title: "a name is strange", Known: name, Evidence: "seen", Fix: name, Revision: name, Path: name, Line: 1}
		if i%4 == 0 {
			f.Allowed = &Allowed{Reason: "seen", Where: name}
		}
		r.Findings = append(r.Findings, f)
		r.Stalls = append(r.Stalls, probe.Stall{Table: probe.Table{Schema: name, Name: name}, Gone: i%2 == 0})
	}
	return r
}

// TestHostileDatabase makes a database with every hostile name where a name can stand and every
// hostile text where a text can, changes it, and keeps what the catalog says of it. Reading a
// real one takes seconds, so it is done with -update only.
func TestHostileDatabase(t *testing.T) {
	if !*update {
		c := hostileComparison()
		if c.Diagram.Touched != len(hostileNames) || len(c.Changes) < 2*len(hostileNames) {
			t.Fatalf("the hostile database has %d changes of %d tables; -update reads it anew", len(c.Changes), c.Diagram.Touched)
		}
		return
	}
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute := func(sql string) {
		if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Fatalf("running %q: %v", sql, err)
		}
	}
	read := func() *catalog.Snapshot {
		s, err := catalog.Read(t.Context(), conn)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for i, name := range hostileNames {
		execute(hostileBefore(i, name))
	}
	before := read()
	for i, name := range hostileNames {
		execute(hostileChange(i, name))
	}
	after := read()
	c := catalog.NewComparison(before, after)
	c.Before.Database, c.After.Database = hostileNames[6], hostileNames[9]
	encoded, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", "hostile.json"), append(encoded, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// hostileBefore makes the tables that are changed or dropped later, and an enum and a function
// for each.
func hostileBefore(i int, name string) string {
	q, text := postgres.QuoteIdentifier(name), postgres.QuoteLiteral(name)
	sql := fmt.Sprintf("CREATE TYPE %s AS ENUM ('first');", postgres.QuoteIdentifier(fmt.Sprintf("e%d %.50s", i, name))) + hostileFunction(name, "before")
	if i%3 == 0 {
		return sql // the table is new
	}
	return sql + fmt.Sprintf("CREATE TABLE %s (id bigint PRIMARY KEY, stays text); COMMENT ON TABLE %s IS %s", q, q, text)
}

// hostileChange adds, changes and drops, in turn; each table refers to the one before it.
func hostileChange(i int, name string) string {
	q, text := postgres.QuoteIdentifier(name), postgres.QuoteLiteral(name)
	enum := postgres.QuoteIdentifier(fmt.Sprintf("e%d %.50s", i, name))
	sql := fmt.Sprintf("ALTER TYPE %s ADD VALUE %s;", enum, text) + hostileFunction(name, "after")
	if i%3 == 2 {
		return sql + "DROP TABLE " + q
	}
	if i%3 == 0 {
		sql += fmt.Sprintf("CREATE TABLE %s (id bigint PRIMARY KEY, stays text);", q)
	}
	sql += fmt.Sprintf(`ALTER TABLE %s ADD COLUMN %s text DEFAULT %s, ADD CONSTRAINT %s CHECK (%s <> %s);
		CREATE INDEX ON %s (%s) WHERE %s <> %s; COMMENT ON COLUMN %s.%s IS %s;`,
		q, q, text, postgres.QuoteIdentifier("c"+name[:min(len(name), 40)]), q, text, q, q, q, text, q, q, text)
	if i%3 == 1 {
		sql += fmt.Sprintf("ALTER TABLE %s ADD up bigint REFERENCES %s", q, postgres.QuoteIdentifier(hostileNames[i-1]))
	}
	return sql
}

// hostileFunction has the name in a line of its body that stays when the next one changes.
func hostileFunction(name, result string) string {
	comment := strings.NewReplacer("/*", "", "*/", "").Replace(name)
	return fmt.Sprintf("CREATE OR REPLACE FUNCTION %s() RETURNS text LANGUAGE sql AS %s;",
		postgres.QuoteIdentifier(name), postgres.QuoteLiteral("\n/*\n"+comment+"\n*/\nSELECT '"+result+"'\n"))
}
