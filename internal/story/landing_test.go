package story

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func TestPullRequestOfACommitIsFound(t *testing.T) {
	server, client, number := hub(t)
	const open, unknown = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"
	if err := server.Push(number, open); err != nil {
		t.Fatal(err)
	}
	other, err := server.OpenPullRequest(githublocal.PullRequest{Title: "Authors", Author: "kim", Head: "authors"})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := server.Merge(other, "squash")
	if err != nil {
		t.Fatal(err)
	}
	const none = "came without a pull request"
	tests := map[string]struct {
		task   Task
		number int
		note   string
	}{
		"merged":             {Task{HeadSHA: merged}, other, ""},
		"pushed, not merged": {Task{HeadSHA: open}, 0, "Commit 1111111 " + none},
		"unknown to GitHub":  {Task{HeadSHA: unknown}, 0, "Commit 2222222 " + none},
		"given by number":    {Task{HeadSHA: unknown, Number: 77}, 77, ""},
		"by hand":            {Task{}, 0, ""},
	}
	for name, tt := range tests {
		r := telling(report.Promotion, tt.task)
		r.GitHub = client
		err := r.findPullRequest(t.Context())
		told := r.task.Number == tt.number && r.report.PullRequest.Number == tt.number && (r.report.PullRequest.URL != "") == (tt.number == other)
		notes := strings.Join(r.report.Notes, "\n")
		if err != nil || !told || !strings.Contains(notes, tt.note) || (notes != "") != (tt.note != "") {
			t.Errorf("%s: %+v, notes %q, error %v", name, r.report.PullRequest, notes, err)
		}
	}
	server.Inject(githublocal.Fault{Path: "/repos/*/*/commits/*/pulls", Status: 403, Message: "Resource not accessible by integration"})
	r := telling(report.Promotion, Task{HeadSHA: merged})
	r.GitHub = client
	if err := r.findPullRequest(t.Context()); err == nil || !strings.Contains(err.Error(), "finding the pull request of commit "+merged[:7]) {
		t.Errorf("GitHub's refusal: %v", err)
	}
	r = telling(report.Promotion, Task{HeadSHA: merged})
	if err := r.findPullRequest(t.Context()); err != nil || len(r.report.Notes) != 0 {
		t.Errorf("without GitHub: notes %q, error %v", r.report.Notes, err)
	}
}

// hears passes on what is said to whoever waits.
type hears struct {
	silent
	said chan string
}

func (h hears) Say(text string) { h.said <- text }

// next is what is said next; a promotion that asks nobody to wait says nothing.
func (h hears) next(t *testing.T) string {
	t.Helper()
	select {
	case text := <-h.said:
		return text
	case <-time.After(10 * lockPause):
		t.Error("it told nobody that it waits")
		return ""
	}
}

const holdLock = "SELECT pg_advisory_lock(hashtext('neon-migrations'), hashtext(current_database()))"

func TestPromotionsWaitForEachOther(t *testing.T) {
	t.Parallel()
	address := postgrestest.Database(t)
	other := postgrestest.Connect(t, address)
	if _, err := other.Exec(t.Context(), holdLock); err != nil {
		t.Fatal(err)
	}
	waiting := func() *run {
		r := telling(report.Promotion, Task{})
		r.Progress = hears{said: make(chan string, 9)}
		r.scene.conn = postgrestest.Connect(t, address)
		return r
	}
	var both sync.WaitGroup
	defer both.Wait()

	stopped, cancel := context.WithCancelCause(t.Context())
	impatient := waiting()
	both.Go(func() {
		impatient.Progress.(hears).next(t)
		cancel(errors.New("somebody stopped it"))
	})
	if err := impatient.lockProduction(stopped); err == nil || err.Error() != "somebody stopped it" {
		t.Errorf("a waiting promotion that is stopped: %v", err)
	}

	patient, over := waiting(), make(chan error, 1)
	both.Go(func() { over <- patient.lockProduction(t.Context()) })
	said := patient.Progress.(hears).next(t)
	select {
	case err := <-over:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(lockPause + lockPause/4): // it has asked more than once
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil || !strings.Contains(said, "another promotion") || len(patient.Progress.(hears).said) != 0 {
		t.Errorf("said %q, and %d times more; error %v", said, len(patient.Progress.(hears).said), err)
	}
	third := waiting()
	both.Go(func() { over <- third.lockProduction(t.Context()) })
	third.Progress.(hears).next(t) // it waits for the one that got the lock
	patient.leave(t.Context())
	if err := <-over; err != nil {
		t.Error(err)
	}
}

func TestASessionThatIsLostIsNoLock(t *testing.T) {
	r := telling(report.Promotion, Task{})
	r.scene.conn = postgrestest.Connect(t, postgrestest.Database(t))
	_ = r.scene.conn.Close(t.Context())
	if err := r.lockProduction(t.Context()); err == nil || !strings.Contains(err.Error(), "asking for the lock") {
		t.Errorf("error %v", err)
	}
}

func TestASweepNeedsGitHub(t *testing.T) {
	r := telling(report.Cleanup, Task{})
	explained, ok := fault.Explain(r.sweep(t.Context()))
	if !ok || !explained.Usage || !strings.Contains(explained.Do, "github-token") {
		t.Errorf("%+v", explained)
	}
}
