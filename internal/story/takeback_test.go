package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// hooked does something when a step begins or something is said.
type hooked struct {
	*said
	at string
	do func()
}

func (k hooked) Begin(step string) { k.said.Begin(step); k.heard(step) }
func (k hooked) Say(text string)   { k.said.Say(text); k.heard(text) }

func (k hooked) heard(text string) {
	if text == k.at {
		k.do()
	}
}

// promoteWith promotes once, and does something when a step begins or something is said.
func (h *house) promoteWith(task story.Task, at string, do func()) (report.Report, error) {
	h.t.Helper()
	stage := h.stage()
	stage.Progress = hooked{h.said, at, do}
	o, err := stage.Promote(h.t.Context(), task)
	if o.Report.Promotion == nil {
		h.t.Fatalf("no promotion: %v", err)
	}
	return o.Report, err
}

// halfWay is a shop whose promotion is left half-way as long as somebody holds a lock.
func halfWay(t *testing.T) (*house, story.Task) {
	t.Helper()
	h := newShop(t)
	h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
	task, _ := h.approved(aNote, change{"bbbb00002222", aNote.id, onlyOnProduction, "SELECT 1"})
	task.Promotion.RestoreOnFailure = true
	return h, task
}

// TestTakenBackByItself holds that a promotion left half-way takes production back where that was asked for and nobody
// wrote since.
func TestTakenBackByItself(t *testing.T) {
	h, task := halfWay(t)
	before, was := h.at(), h.fingerprint("main")
	h.hold(4711)
	r, err := h.promoteWith(task, "", nil)
	told := r.Promotion
	if err == nil || told.Restored == nil || !told.Restored.Done || !told.Stand.Safe || told.Stand.GoBack != "" || r.Reason != "failed-at-revision" {
		t.Fatalf("%v: %+v, %+v", err, told.Restored, told.Stand)
	}
	if h.at() != before || h.fingerprint("main") != was {
		t.Errorf("production is at %s", h.at())
	}
	if b := h.branch(told.Restored.Kept); b.ID == "" || b.ExpiresAt != nil {
		t.Errorf("what it was is not kept: %+v", b)
	}
	if all := h.github.Deployments(); all[0].State != "failure" || !strings.Contains(all[0].Description, "as it was before") {
		t.Errorf("%+v", all)
	}
	h.sees("It stopped half-way, and restore-on-failure takes it back", r)
	h.promotes(task, "bbbb00002222") // whoever held the lock is gone with the branch
}

// TestNotTakenBackByItself holds that nothing is taken back where somebody wrote, or that cannot be told.
func TestNotTakenBackByItself(t *testing.T) {
	for name, c := range map[string]struct {
		do  func(h *house)
		why string
	}{
		"a row was written": {func(h *house) {
			h.exec("main", "INSERT INTO users (email, full_name) VALUES ('late@example.com', 'Late')")
		}, "1 transaction wrote"},
		"in another database": {func(h *house) {
			h.exec("main", "CREATE DATABASE other")
		}, "wrote that"},
		"a writer is at work": {func(h *house) {
			conn := h.hold(4712)
			if _, err := conn.Exec(h.t.Context(), "BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE"); err != nil {
				h.t.Error(err)
			}
		}, "could not be kept out"},
	} {
		t.Run(name, func(t *testing.T) {
			h, task := halfWay(t)
			h.hold(4711)
			r, _ := h.promoteWith(task, "upgrade production", func() { c.do(h) })
			told := r.Promotion
			if told.Restored == nil || told.Restored.Done || !strings.Contains(told.Restored.Why, c.why) || told.Stand.GoBack == "" || told.Stand.GoOn == "" || told.Stand.Safe {
				t.Errorf("%+v, %+v", told.Restored, told.Stand)
			}
			if h.at() != aNote.id {
				t.Errorf("production is at %s", h.at())
			}
			if name == "a row was written" {
				h.sees("It stopped half-way, and somebody wrote since", r)
			}
		})
	}
}
