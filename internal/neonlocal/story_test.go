package neonlocal

import (
	"net/http"
	"testing"
)

// The whole life of a branch, over the API and over SQL.
func TestBranchIsARealCopy(t *testing.T) {
	w := startWorld(t, nil)
	main := connect(t, w.project.URI.Reveal())
	execute(t, main, "CREATE TABLE item (id int PRIMARY KEY, name text)", "INSERT INTO item VALUES (1, 'one')")

	made := w.create("ci/pr-1", nil)
	id := made.text("branch.id")
	if made.text("branch.current_state") != "init" || made.text("branch.pending_state") != "ready" ||
		made.text("operations.0.status") != "running" || made.text("operations.1.status") != "scheduling" {
		t.Errorf("a new branch is not like Neon's: %v", made)
	}
	if now := w.must(http.StatusOK, "GET", w.branches(id), nil); now.text("branch.current_state") != "ready" {
		t.Errorf("the branch is not ready: %v", now)
	}
	if made.text("connection_uris.0.connection_uri") != w.uri(id) {
		t.Errorf("two addresses: %v and %v", made.text("connection_uris.0.connection_uri"), w.uri(id))
	}
	branch := connect(t, w.uri(id))
	execute(t, branch, "INSERT INTO item VALUES (2, 'two')", "ALTER TABLE item ADD COLUMN more int")
	if n := scalar[int](t, branch, "SELECT count(*) FROM item"); n != 2 {
		t.Errorf("the branch has %d rows", n)
	}
	if n := scalar[int](t, main, "SELECT count(*) FROM item"); n != 1 {
		t.Errorf("the parent has %d rows", n)
	}
	w.must(http.StatusOK, "DELETE", w.branches(id), nil)
	w.must(http.StatusNotFound, "GET", w.branches(id), nil)
	w.must(http.StatusNoContent, "DELETE", w.branches(id), nil)
}
