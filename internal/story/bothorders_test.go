package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// fingerprint is that of a branch's database.
func (h *house) fingerprint(branch string) string {
	h.t.Helper()
	s, err := catalog.Read(h.t.Context(), postgrestest.Connect(h.t, h.address(branch)))
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Fingerprint()
}

// unproven expects a promotion that stops because production moved, and says why the order is not known to make no
// difference.
func (h *house) unproven(task story.Task, why string) report.Report {
	h.t.Helper()
	r := h.stops(task, "production-schema-changed")
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "not proven") || !strings.Contains(notes, why) || r.Promotion.Adapted != "" {
		h.t.Errorf("want %q: %+v, %s", why, r.Promotion, notes)
	}
	return r
}

// TestBothOrders holds that a plan is adapted where production moved in other objects and both orders were tried,
// and only there; what was tried leaves nothing behind.
func TestBothOrders(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	task.Promotion.Moved = story.Block
	h.exec("main", "ALTER TABLE orders ADD COLUMN by_hand int")
	r := h.unproven(task, "which the plan touches too")
	if moved := strings.Join(r.Promotion.Moved, "; "); !strings.Contains(moved, "table public.orders") {
		t.Errorf("moved: %s", moved)
	}

	h.exec("main", "ALTER TABLE orders DROP COLUMN by_hand; CREATE TABLE elsewhere (id int PRIMARY KEY, since date DEFAULT now())")
	h.exec("ci/pr-1", "ALTER TABLE users ADD COLUMN tried_out int")
	h.unproven(task, "somebody changed it since")

	h.exec("ci/pr-1", "ALTER TABLE users DROP COLUMN tried_out")
	r = h.promotes(task, aNote.id)
	if !strings.HasPrefix(r.Promotion.Comparison, "adapted") || r.Promotion.Adapted == r.Promotion.Reviewed || strings.Join(r.Promotion.Moved, "; ") != "added table public.elsewhere" {
		t.Errorf("%+v", r.Promotion)
	}
	h.sees("Production moved elsewhere, and the plan is adapted", r)
}

// TestOtherOrderFails holds that what works in one order only is no adapted plan, that the branch is put back, and that
// the policy decides then.
func TestOtherOrderFails(t *testing.T) {
	h := newShop(t)
	h.exec("main", "CREATE FUNCTION total() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'")
	task, _ := h.approved(change{aNote.id, aNote.down, "CREATE OR REPLACE FUNCTION total() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no longer''; END'", "SELECT 1"})
	task.Promotion.Moved = story.Block
	rehearsed := h.fingerprint("ci/pr-1")
	h.exec("main", "CREATE TABLE elsewhere (id int); CREATE MATERIALIZED VIEW totals AS SELECT total()")
	h.unproven(task, "after the plan, what moved production fails")
	if now := h.fingerprint("ci/pr-1"); now != rehearsed {
		t.Error("the branch was not put back")
	}

	task.Promotion.Moved = ""
	if err := h.removeBranch("ci/pr-1"); err != nil {
		t.Fatal(err)
	}
	r := h.promotes(task, aNote.id)
	if !strings.HasPrefix(r.Promotion.Comparison, "production moved") || !strings.Contains(strings.Join(r.Notes, "\n"), "is gone") {
		t.Errorf("%+v, %q", r.Promotion, r.Notes)
	}
}

func (h *house) removeBranch(name string) error {
	h.t.Helper()
	client := h.neonClient()
	operations, err := client.DeleteBranch(h.t.Context(), h.project, h.branch(name).ID)
	if err != nil {
		return err
	}
	return client.Wait(h.t.Context(), h.project, operations)
}
