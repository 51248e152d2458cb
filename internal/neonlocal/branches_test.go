package neonlocal

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pages are cut at the cap whatever is asked for, and together they are everything, once.
func TestPages(t *testing.T) {
	w := startWorld(t, func(c *Config) { c.Limits.PageSize = 2 })
	for i := range 4 {
		w.must(http.StatusCreated, "POST", w.branches(), object{"branch": object{"name": fmt.Sprintf("ci/pr-%d", 11-i)}})
	}
	for _, test := range []struct {
		query string
		want  string
	}{
		{"?sort_by=name&sort_order=asc&limit=10000", "ci/pr-10 ci/pr-11 ci/pr-8 ci/pr-9 main"},
		{"?sort_by=name&limit=1", "main ci/pr-9 ci/pr-8 ci/pr-11 ci/pr-10"},
		{"", "ci/pr-8 ci/pr-9 ci/pr-10 ci/pr-11 main"},
		{"?sort_by=created_at&sort_order=asc", "main ci/pr-11 ci/pr-10 ci/pr-9 ci/pr-8"},
		{"?search=pr-1&sort_by=name&sort_order=asc", "ci/pr-10 ci/pr-11"},
		{"?search=nothing", ""},
	} {
		if got := strings.Join(w.pages(t, test.query), " "); got != test.want {
			t.Errorf("%q: %q, want %q", test.query, got, test.want)
		}
	}
	if got := w.must(http.StatusOK, "GET", w.branches("count")+"?search=ci/", nil); got.at("count") != 4.0 {
		t.Errorf("count: %v", got)
	}
	if status, out := w.send("GET", w.branches()+"?cursor=nonsense", nil); status != http.StatusBadRequest {
		t.Errorf("a bad cursor: %d %v", status, out)
	}
}

// pages walks over all pages and gives the names.
func (w *world) pages(t *testing.T, query string) []string {
	t.Helper()
	var names []string
	for cursor := ""; ; {
		path := w.branches() + query
		if cursor != "" {
			path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "cursor=" + cursor
		}
		page := w.must(http.StatusOK, "GET", path, nil)
		list, _ := page.at("branches").([]any)
		if len(list) > 2 || len(names) > 10 {
			t.Fatalf("a page of %d", len(list))
		}
		for i := range list {
			names = append(names, page.text(fmt.Sprintf("branches.%d.name", i)))
		}
		if cursor = page.text("pagination.next"); cursor == "" {
			return names
		}
	}
}

// An expiry is heard inside "branch" only, can be cleared, and is carried out.
func TestExpiry(t *testing.T) {
	shift := make(chan time.Duration, 1)
	shift <- 0
	now := func() time.Time { d := <-shift; shift <- d; return time.Now().Add(d) }
	w := startWorld(t, func(c *Config) { c.Now = now })
	ignored := w.must(http.StatusCreated, "POST", w.branches(), object{"branch": object{"name": "outside"}, "expires_at": at(time.Hour)})
	if got := ignored.at("branch.expires_at"); got != nil {
		t.Errorf("an expiry outside branch was heard: %v", got)
	}
	until := at(time.Hour)
	id := w.create("inside", object{"expires_at": until}).text("branch.id")
	if got := w.must(http.StatusOK, "GET", w.branches(id), nil); got.text("branch.expires_at") != until || got.at("branch.ttl_interval_seconds") != 3600.0 && got.at("branch.ttl_interval_seconds") != 3599.0 {
		t.Errorf("expiry: %v", got)
	}
	w.must(http.StatusOK, "PATCH", w.branches(id), object{"branch": object{"name": "still"}})
	if got := w.must(http.StatusOK, "GET", w.branches(id), nil); got.text("branch.expires_at") != until {
		t.Errorf("a rename changed the expiry: %v", got)
	}
	cleared := w.create("cleared", object{"expires_at": until}).text("branch.id")
	if got := w.must(http.StatusOK, "PATCH", w.branches(cleared), object{"branch": object{"expires_at": nil}}); got.at("branch.expires_at") != nil {
		t.Errorf("null did not clear: %v", got)
	}
	<-shift
	shift <- 2 * time.Hour
	w.until(t, "the branch expires", func() bool { status, _ := w.send("GET", w.branches(id), nil); return status == http.StatusNotFound })
	w.must(http.StatusOK, "GET", w.branches(cleared), nil)
}

// until polls; what it waits for is the test's business, not luck.
func (w *world) until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// Children of an unprotected branch have its passwords, those of a protected one have new ones.
func TestPasswordsOfChildren(t *testing.T) {
	w := startWorld(t, nil)
	parent := w.uri(w.project.BranchID)
	if same := w.uri(w.create("same", nil).text("branch.id")); passwordIn(t, same) != passwordIn(t, parent) {
		t.Error("the child of an unprotected branch has another password")
	}
	w.must(http.StatusOK, "PATCH", w.branches(w.project.BranchID), object{"branch": object{"protected": true}})
	id := w.create("other", nil).text("branch.id")
	other := w.uri(id)
	if passwordIn(t, other) == passwordIn(t, parent) {
		t.Fatal("the child of a protected branch has its password")
	}
	connect(t, other)
	if _, err := pgx.Connect(t.Context(), strings.Replace(other, passwordIn(t, other), passwordIn(t, parent), 1)); err == nil {
		t.Error("the parent's password opens the child")
	}
	revealed := w.must(http.StatusOK, "GET", w.branches(id, "roles", w.project.Role, "reveal_password"), nil)
	if revealed.text("password") != passwordIn(t, other) {
		t.Error("reveal_password and connection_uri differ")
	}
	w.must(http.StatusOK, "POST", w.branches(id, "restore"), object{"source_branch_id": w.project.BranchID})
	if reset := w.uri(id); passwordIn(t, reset) != passwordIn(t, parent) {
		t.Error("a reset keeps other passwords than Neon's does")
	}
	connect(t, w.uri(id))
}

func passwordIn(t *testing.T, uri string) string {
	t.Helper()
	config, err := pgx.ParseConfig(uri)
	if err != nil {
		t.Fatal(err)
	}
	return config.Password
}

// Restoring from the parent keeps the address, ends the sessions, and begins the time to live anew.
func TestReset(t *testing.T) {
	w := startWorld(t, nil)
	main := connect(t, w.project.URI.Reveal())
	execute(t, main, "CREATE TABLE item (id int)")
	made := w.create("ci/pr-1", object{"expires_at": at(time.Hour)})
	id, uri := made.text("branch.id"), w.uri(made.text("branch.id"))
	branch := connect(t, uri)
	execute(t, branch, "DROP TABLE item", "CREATE TABLE mine (id int)")
	execute(t, main, "INSERT INTO item VALUES (1)")

	answer := w.must(http.StatusOK, "POST", w.branches(id, "restore"), object{"source_branch_id": w.project.BranchID})
	if answer.text("branch.current_state") != "resetting" || answer.text("branch.id") != id {
		t.Errorf("the answer: %v", answer)
	}
	if err := branch.Ping(t.Context()); err == nil {
		t.Error("the session outlived the reset")
	}
	if w.uri(id) != uri {
		t.Error("the address changed")
	}
	again := connect(t, uri)
	if n := scalar[int](t, again, "SELECT count(*) FROM item"); n != 1 {
		t.Errorf("%d rows after the reset", n)
	}
	now := w.must(http.StatusOK, "GET", w.branches(id), nil)
	if now.text("branch.last_reset_at") == "" || now.text("branch.expires_at") < made.text("branch.expires_at") {
		t.Errorf("after the reset: %v", now)
	}

	child := w.create("child", object{"parent_id": w.create("middle", nil).text("branch.id")})
	middle := child.text("branch.parent_id")
	w.must(http.StatusOK, "POST", w.branches(middle, "restore"), object{"source_branch_id": w.project.BranchID, "preserve_under_name": "middle-before"})
	if names := w.names(); !slices.Contains(names, "middle-before") {
		t.Errorf("not preserved: %v", names)
	}
	kept := w.must(http.StatusOK, "GET", w.branches(child.text("branch.id")), nil)
	if kept.text("branch.parent_id") == middle {
		t.Error("the child did not follow what was preserved")
	}
	w.must(http.StatusOK, "POST", w.branches(child.text("branch.id"), "restore"), object{"source_branch_id": kept.text("branch.parent_id")})
	connect(t, w.uri(child.text("branch.id")))
}

func (w *world) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, b := range w.projects[0].Branches {
		names = append(names, b.Name)
	}
	return names
}

// A schema-only branch is a root with the tables and none of their rows.
func TestSchemaOnly(t *testing.T) {
	w := startWorld(t, func(c *Config) { c.Limits.RootBranches = 2 })
	main := connect(t, w.project.URI.Reveal())
	execute(t, main, "CREATE TABLE item (id serial PRIMARY KEY)", "INSERT INTO item DEFAULT VALUES",
		"CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('abc')")
	made := w.create("schema", object{"init_source": "schema-only"})
	if made.at("branch.parent_id") != nil || made.text("branch.init_source") != "parent-schema" {
		t.Errorf("the answer: %v", made)
	}
	branch := connect(t, w.uri(made.text("branch.id")))
	if n := scalar[int](t, branch, "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM alembic_version)"); n != 0 {
		t.Errorf("%d rows", n)
	}
	w.refuses(t, []refusal{{
		"root limit", "POST", w.branches(),
		object{"branch": object{"name": "more", "init_source": "schema-only"}},
		422, "ROOT_BRANCHES_LIMIT_EXCEEDED", "limit",
	}})
}
