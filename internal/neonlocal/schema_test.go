package neonlocal

import (
	"net/http"
	"strings"
	"testing"
)

func TestSchema(t *testing.T) {
	w := startWorld(t, nil)
	execute(t, connect(t, w.project.URI.Reveal()),
		"CREATE TABLE shelf (id int PRIMARY KEY, code text UNIQUE NOT NULL)",
		"CREATE TABLE item (id int, shelf_id int REFERENCES shelf, twice int GENERATED ALWAYS AS (id * 2) STORED)")
	id := w.create("changed", nil).text("branch.id")
	at := func(what string) string { return w.branches(id, what) + "?db_name=" + w.project.Database }

	if got := w.must(http.StatusOK, "GET", at("compare_schema"), nil); got.text("diff") != "" {
		t.Errorf("a fresh branch differs: %v", got)
	}
	execute(t, connect(t, w.uri(id)), "ALTER TABLE item ADD COLUMN note text")
	sql := w.must(http.StatusOK, "GET", at("schema"), nil).text("sql")
	for _, want := range []string{"CREATE TABLE public.item", "note text", "OWNER TO " + w.project.Role, "TO neon_superuser WITH GRANT OPTION"} {
		if !strings.Contains(sql, want) {
			t.Errorf("no %q in\n%s", want, sql)
		}
	}
	if strings.Contains(sql, `\restrict`) {
		t.Error("the dump has a random line")
	}
	diff := w.must(http.StatusOK, "GET", at("compare_schema"), nil).text("diff")
	if !strings.HasPrefix(diff, "--- a/neondb\n+++ b/neondb\n@@ ") || !strings.Contains(diff, "\n+    note text") {
		t.Errorf("the diff:\n%s", diff)
	}
	same := w.must(http.StatusOK, "GET", at("compare_schema")+"&base_branch_id="+id, nil)
	if same.text("diff") != "" {
		t.Errorf("a branch differs from itself: %v", same)
	}
	json := w.must(http.StatusOK, "GET", at("schema")+"&format=json", nil)
	if json.text("json.tables.0.name") != "item" || json.at("json.tables.0.columns.2.generated") != true ||
		json.text("json.tables.0.constraints.0.referenced_table.table") != "shelf" || json.text("json.tables.1.constraints.1.type") != "primary_key" {
		t.Errorf("as JSON: %v", json)
	}
	w.refuses(t, []refusal{
		{"no such database", "GET", w.branches(id, "schema") + "?db_name=none", nil, 404, "RESOURCE_NOT_FOUND", "database"},
		{"no base", "GET", w.branches(w.project.BranchID, "compare_schema") + "?db_name=neondb", nil, 422, "", "no parent"},
		{"no such base", "GET", at("compare_schema") + "&base_branch_id=br-none", nil, 404, "BRANCH_NOT_FOUND", ""},
		{"no history", "GET", at("schema") + "&timestamp=2026-01-01T00:00:00Z", nil, 422, "", "no history"},
	})
}
