package drift_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/drift"
)

// upgradedOf is a database of one table, with a column, an index, a key and a sequence of its own.
func upgradedOf(schema, table string) []catalog.Object {
	of := func(kind catalog.Kind, parent, name string, fields ...catalog.Field) catalog.Object {
		return catalog.Object{Identity: catalog.Identity{Kind: kind, Schema: schema, Parent: parent, Name: name}, Fields: fields}
	}
	return []catalog.Object{
		of(catalog.Table, "", table), of(catalog.Sequence, "", table+"_id_seq", catalog.Field{Name: "owned_by_table", Value: table}),
		of(catalog.Column, table, "id", catalog.Field{Name: "type", Value: "integer"}),
		of(catalog.Constraint, table, table+"_fk", catalog.Field{Name: "type", Value: "foreign key"}),
		of(catalog.Index, table, table+"_id", catalog.Field{Name: "definition", Value: "CREATE INDEX"}),
	}
}

func TestFilter(t *testing.T) {
	upgraded := &catalog.Snapshot{Objects: upgradedOf("public", "tasks")}
	part := func(skip catalog.Kind) *catalog.Snapshot {
		var objects []catalog.Object
		for _, o := range upgraded.Objects {
			if o.Kind != skip {
				objects = append(objects, o)
			}
		}
		return &catalog.Snapshot{Objects: objects}
	}
	rejects := func(want ...string) func(kind, schema, table, name string) bool {
		return func(kind, schema, table, name string) bool {
			return strings.Join(want, " ") == strings.Join([]string{kind, schema, table, name}, " ")
		}
	}
	none := &catalog.Snapshot{}
	tests := []struct {
		name   string
		models *catalog.Snapshot
		filter drift.Filter
	}{
		{"table", none, drift.Filter{Rejected: rejects("table", "public", "tasks", "tasks")}},
		{"table in the schema that goes without saying", none, drift.Filter{Rejected: rejects("table", "", "tasks", "tasks")}},
		{"schema", none, drift.Filter{Rejected: rejects("schema", "public", "", "public")}},
		{"column", part(catalog.Column), drift.Filter{Rejected: rejects("column", "public", "tasks", "id")}},
		{"index", part(catalog.Index), drift.Filter{Rejected: rejects("index", "public", "tasks", "tasks_id")}},
		{"foreign key", part(catalog.Constraint), drift.Filter{Rejected: rejects("foreign_key_constraint", "public", "tasks", "tasks_fk")}},
		{"version table", none, drift.Filter{VersionTables: [][2]string{{"public", "tasks"}}}},
		{"version table in the schema that goes without saying", none, drift.Filter{VersionTables: [][2]string{{"", "tasks"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if found := drift.Models(tt.models, upgraded, tt.filter); len(found) > 0 {
				t.Errorf("not left out:\n%s", lines(found))
			}
			if found := drift.Models(tt.models, upgraded, drift.Filter{}); len(found) == 0 {
				t.Error("without the filter nothing is found either")
			}
		})
	}
}

func TestRevisionText(t *testing.T) {
	body := drift.AlembicRevision([]drift.Difference{{
		Object: catalog.Identity{Kind: catalog.Table, Schema: "public", Name: "notes"},
		Adopt:  []string{"COMMENT ON TABLE public.notes IS ' :name \"and\" 12:30 a::text \\'", "SELECT 1\nFROM t"},
	}})
	const want = `    op.execute("COMMENT ON TABLE public.notes IS ' \\:name \"and\" 12:30 a::text \\'")
    op.execute("""SELECT 1
FROM t""")
`
	if body != want {
		t.Errorf("got\n%s\nwant\n%s", body, want)
	}
	if got := drift.AlembicRevision(nil); got != "    pass\n" {
		t.Errorf("of nothing: %q", got)
	}
}
