package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// statusOf is the gate's state and words on a commit.
func (h *house) statusOf(sha string) (state, description string) {
	h.t.Helper()
	s, _, err := h.githubClient(githubToken).StatusOf(h.t.Context(), sha, "neon-migrations")
	if err != nil {
		h.t.Fatal(err)
	}
	return s.State, s.Description
}

// TestGate follows the commit status of two pull requests: the one that is promoted makes the other's plan stale.
func TestGate(t *testing.T) {
	h := newShop(t)
	h.repository()
	other := h.openWithFiles("", "alembic.ini")
	h.writeChange(aNote)
	second, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: "second", Author: "ada", Head: "second"})
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []int{other, second} {
		task := h.task(number)
		task.ModelDrift, task.Status = story.Ignore, "neon-migrations"
		task.HeadSHA = h.head(number)
		if o, err := h.stage().Rehearse(t.Context(), task); err != nil || o.Report.Verdict == report.Block {
			t.Fatal(o.Report.Verdict, err)
		}
		if state, said := h.statusOf(task.HeadSHA); state != "success" || !strings.Contains(said, "rehearsed") {
			t.Errorf("#%d: %s, %q", number, state, said)
		}
	}
	stale := h.head(second)
	sha, err := h.github.Merge(other, "merge")
	if err != nil {
		t.Fatal(err)
	}
	task := h.task(0)
	task.HeadSHA, task.Status, task.StalePlans = sha, "neon-migrations", story.Block
	h.promotes(task, aNote.id)
	if state, said := h.statusOf(stale); state != "failure" || !strings.Contains(said, "run the rehearsal again") {
		t.Errorf("the stale plan's status: %s, %q", state, said)
	}
	last := h.github.Deployments()
	if len(last) != 1 || last[0].State != "success" || last[0].SHA != sha || !strings.Contains(last[0].Description, "on the copy") {
		t.Errorf("deployments %+v", last)
	}
}

// TestFailedPromotionHoldsTheNext follows a promotion that fails on production, one that is kept from starting, the
// label of somebody who may not write, and that of somebody who may.
func TestFailedPromotionHoldsTheNext(t *testing.T) {
	h := newShop(t)
	failing := change{aNote.id, aNote.down, onlyOnProduction, "SELECT 1"}
	task, number := h.approved(failing)
	holder := postgrestest.Connect(t, h.address("main"))
	if _, err := holder.Exec(t.Context(), "SELECT pg_advisory_lock(4711)"); err != nil {
		t.Fatal(err)
	}
	h.stops(task, "failed-at-revision")
	if d := h.github.Deployments(); len(d) != 1 || d[0].State != "failure" {
		t.Errorf("deployments %+v", d)
	}
	if comments := h.github.Comments(number); !strings.Contains(comments[len(comments)-1].Body, "Where production stands") {
		t.Errorf("the pull request was not told: %s", comments[len(comments)-1].Body)
	}
	_ = holder.Close(t.Context())

	readme, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: "readme", Author: "ada", Head: "readme"})
	if err != nil {
		t.Fatal(err)
	}
	next := h.task(0)
	if next.HeadSHA, err = h.github.Merge(readme, "merge"); err != nil {
		t.Fatal(err)
	}
	h.sees("The last promotion failed, and nobody cleared it", h.stops(next, "last-promotion-failed"))
	h.github.SetRole("guest", "triage")
	h.github.SetRole("owner", "maintain")
	for _, by := range []struct{ login, reason string }{{"guest", "last-promotion-failed"}, {"owner", ""}} {
		if err := h.github.Label(number, by.login, "promotion-clear"); err != nil {
			t.Fatal(err)
		}
		if by.reason != "" {
			h.stops(next, by.reason)
			if err := h.github.Unlabel(number, by.login, "promotion-clear"); err != nil {
				t.Fatal(err)
			}
			continue
		}
		h.sees("The last promotion failed, and somebody cleared it", h.promotes(next, aNote.id))
	}
}

// TestTwoHeadsStopInTheQueue holds that two pull requests which are fine alone and have two heads together stop in the
// merge queue, by the status of the queue's own commit.
func TestTwoHeadsStopInTheQueue(t *testing.T) {
	h := newShop(t)
	number := h.open("two-heads")
	h.use("two-heads")
	task := h.task(number)
	task.Queue, task.Status, task.HeadSHA = true, "neon-migrations", h.head(number)
	o, err := h.stage().Rehearse(t.Context(), task)
	if err != nil || o.Report.Verdict != report.Block {
		t.Fatalf("verdict %s, %v", o.Report.Verdict, err)
	}
	if state, _ := h.statusOf(task.HeadSHA); state != "failure" {
		t.Errorf("the queue's commit has the status %q", state)
	}
	h.sees("Two heads in the merge queue", o.Report)
}

// head is the head commit of an open pull request.
func (h *house) head(number int) string {
	h.t.Helper()
	pr, err := h.githubClient(githubToken).PullRequest(h.t.Context(), number)
	if err != nil {
		h.t.Fatal(err)
	}
	return pr.HeadSHA
}
