package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestWriteJSON holds the streamed form to what json.Marshal and ParseSnapshot say, also for
// names that look like the frame.
func TestWriteJSON(t *testing.T) {
	full := readAt(t, database(t, postgrestest.Server(t)))
	full.Database, full.NotModelled = `","objects":null,"`, []string{`"objects":null`, "cast <x>"}
	for name, s := range map[string]*Snapshot{"full": full, "empty": {Version: Version}, "one": {Version: Version, Objects: full.Objects[:1]}} {
		var streamed bytes.Buffer
		if err := s.WriteJSON(&streamed); err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseSnapshot(streamed.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		whole, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ParseSnapshot(whole)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, parsed, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -json.Marshal +WriteJSON\n%s", name, diff)
		}
		if lines := strings.Count(streamed.String(), "\n"); lines != len(s.Objects)+1 {
			t.Errorf("%s: %d lines for %d objects", name, lines, len(s.Objects))
		}
	}
}

// TestWriteText: each object stands in the text once, each version table in its head alone.
func TestWriteText(t *testing.T) {
	address := database(t, postgrestest.Server(t))
	postgrestest.Exec(t, address, "CREATE TABLE app.alembic_version (version_num varchar(32) PRIMARY KEY)")
	s := readAt(t, address)
	s.NotModelled = []string{"operator app.===", "cast\n-- x"}
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(text.String(), "\n\n")
	for _, want := range []string{"-- database t_", "PostgreSQL 1", "tables", "-- fingerprint " + s.Fingerprint(), "alembic_version, the version table of alembic", "-- not modelled: operator app.===, cast -- x"} {
		if !strings.Contains(head, want) {
			t.Errorf("%q is not in the head:\n%s", want, head)
		}
	}
	for line := range strings.Lines(head) {
		if !strings.HasPrefix(line, "-- ") {
			t.Errorf("the head holds the line %q", line)
		}
	}
	if strings.Contains(body, "alembic_version") {
		t.Error("the version table is among the objects")
	}
	for _, o := range s.Objects {
		if o.Kind != Table || o.Tool != "" {
			continue
		}
		if n := strings.Count("\n"+body, "\nCREATE TABLE "+o.QualifiedName()+" ") + strings.Count("\n"+body, "\nCREATE UNLOGGED TABLE "+o.QualifiedName()+" "); n != 1 {
			t.Errorf("%s stands in the text %d times", o.Identity, n)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteTellsFailures(t *testing.T) {
	s := &Snapshot{Version: Version, Objects: []Object{{Identity: Identity{Kind: Schema, Name: "s"}}}}
	if s.WriteJSON(full{}) == nil || s.WriteText(full{}) == nil {
		t.Error("a text that was not written is no failure")
	}
}

func TestPlural(t *testing.T) {
	for kind, want := range map[Kind]string{
		Table: "tables", Index: "indexes", Policy: "policies", "operator class": "operator classes", "operator family": "operator families",
		"statistics": "statistics", "foreign key": "foreign keys",
	} {
		if got := kind.Plural(); got != want {
			t.Errorf("several of %s are %s", kind, got)
		}
	}
	if Table.Count(1) != "1 table" || Table.Count(0) != "0 tables" {
		t.Error("a number and its noun do not agree")
	}
}
