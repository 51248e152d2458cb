package story_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// in is the address of another database of production.
func (h *house) in(database string) postgres.Address {
	h.t.Helper()
	address := h.address("main")
	address.Database = database
	return address
}

// stocked is a shop with a second database at the same head, and a task for both.
func stocked(t *testing.T) (*house, func(number int) story.Task) {
	t.Helper()
	h := newShop(t)
	h.call(http.MethodPost, fmt.Sprintf("%s/projects/%s/branches/%s/databases", h.neon.URL(), h.project, h.branch("main").ID), neonKey,
		`{"database": {"name": "stock", "owner_name": "shop_owner"}}`)
	task := h.task(0)
	task.HeadSHA, task.Database, task.Promotion.RestoreFor = "", "stock", 0
	if _, err := h.stage().Promote(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	return h, func(number int) story.Task {
		task := h.task(number)
		task.ModelDrift, task.Databases = story.Ignore, []string{"shop", "stock"}
		return task
	}
}

// TestSeveralDatabasesTakenBack holds for two databases in one what is told of one elsewhere: the plan is adapted where
// one of them moved, and a failure in the second takes both back.
func TestSeveralDatabasesTakenBack(t *testing.T) {
	h, both := stocked(t)
	h.repository()
	h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
	second := change{"bbbb00002222", aNote.id, strings.Replace(onlyOnProduction, "objid = 4711", "objid = 4711 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", 1), "SELECT 1"}
	h.writeChange(aNote)
	h.writeChange(second)
	number := h.openWithFiles("", aNote.path(), second.path())
	if o, err := h.stage().Rehearse(t.Context(), both(number)); err != nil || o.Report.Verdict == report.Block {
		t.Fatalf("%s, %v, %+v", o.Report.Verdict, err, o.Report.Failure)
	}
	sha, err := h.github.Merge(number, "squash")
	if err != nil {
		t.Fatal(err)
	}
	task := both(0)
	task.HeadSHA, task.Promotion.RestoreOnFailure, task.Promotion.Moved = sha, true, story.Block

	h.exec("main", "CREATE TABLE elsewhere (id int)")
	was := h.fingerprint("main")
	holder := postgrestest.Connect(t, h.in("stock"))
	if _, err := holder.Exec(t.Context(), "SELECT pg_advisory_lock(4711)"); err != nil {
		t.Fatal(err)
	}
	o, err := h.stage().Promote(t.Context(), task)
	told := o.Report.Promotion
	if err == nil || !strings.HasPrefix(told.Comparison, "adapted") || strings.Join(told.Moved, "; ") != "shop: added table public.elsewhere" {
		t.Errorf("%v, %+v", err, told)
	}
	if told.Restored == nil || !told.Restored.Done || told.Stand == nil || !strings.Contains(told.Stand.What, "shop is upgraded. stock was left half-way") {
		t.Fatalf("%+v, %+v", told.Restored, told.Stand)
	}
	var stock string
	if err := postgrestest.Connect(t, h.in("stock")).QueryRow(t.Context(), "SELECT version_num FROM alembic_version").Scan(&stock); err != nil {
		t.Fatal(err)
	}
	if h.at() != aNote.down || stock != aNote.down || h.fingerprint("main") != was {
		t.Errorf("shop is at %s, stock at %s", h.at(), stock)
	}
}
