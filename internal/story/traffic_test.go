package story_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
)

// TestTwoMergesAtOnce merges two pull requests, the second on top of the first, whose promotions run at the same time.
func TestTwoMergesAtOnce(t *testing.T) {
	h := newShop(t)
	first, _ := h.approved(aNote)
	onlyFirst := filepath.Join(t.TempDir(), "code")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", h.code, onlyFirst).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	first.Alembic.Dir = filepath.Join(onlyFirst, sample.WorkingDirectory)
	later := change{"bbbb00002222", aNote.id, "ALTER TABLE orders ADD COLUMN later text", "SELECT 1"}
	h.writeChange(later)
	second, _ := h.approve(later.path())
	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		stage := h.stage()
		stage.Progress = signals{h.said, "end wait for other promotions", began}
		_, err := stage.Promote(t.Context(), first)
		ended <- err
	}()
	<-began
	r := h.promotes(second, later.id)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !slices.Contains(r.Revisions.From, aNote.id) || !strings.Contains(h.said.String(), "another promotion") {
		t.Errorf("the second did not wait for the first: from %v; said %s", r.Revisions.From, h.said)
	}
	h.sees("Two merges at once", r)
}

// signals closes a channel when something ends.
type signals struct {
	*said
	what string
	over chan struct{}
}

func (s signals) End(step string, took time.Duration, err error) {
	s.said.End(step, took, err)
	if "end "+step == s.what {
		close(s.over)
	}
}

func TestLockHeldByATransaction(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	task.Promotion.LockTimeout, task.Promotion.RetryFor = time.Second, 8*time.Second
	long := postgrestest.Connect(t, h.address("main"))
	if _, err := long.Exec(t.Context(), "SET application_name = 'the nightly report'; BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	r := h.stops(task, "lock-timeout")
	if !strings.Contains(strings.Join(r.Promotion.Blockers, "; "), "the nightly report") || r.Promotion.Attempts < 2 || r.Verdict != report.Failed {
		t.Errorf("verdict %s, %+v", r.Verdict, r.Promotion)
	}
	h.sees("A long transaction holds the lock, and does not end", r)

	task.Promotion.RetryFor = time.Minute
	task.Promotion.Cleared = true
	h.said.forget()
	go func() {
		for !strings.Contains(h.said.String(), "trying again") {
			time.Sleep(50 * time.Millisecond)
		}
		_ = long.Close(context.Background())
	}()
	r = h.promotes(task, aNote.id)
	if r.Promotion.Attempts < 2 {
		t.Errorf("%+v", r.Promotion)
	}
	h.sees("A long transaction holds the lock for a while", r)
}

// TestIndexesBesideTraffic holds that an index is built beside production's traffic with care: a long transaction is
// waited for, what a lock timeout left behind is dropped, and the index is built again.
func TestIndexesBesideTraffic(t *testing.T) {
	h := newShop(t)
	index := change{"bbbb00002222", aNote.id, "", ""}
	h.repository()
	h.writeChange(aNote)
	h.write(index.path(), `"""an index"""
from alembic import op

revision = "bbbb00002222"
down_revision = "aaaa00001111"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("by_remark", "orders", ["remark"], postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("by_remark", "orders", postgresql_concurrently=True)
`)
	task, _ := h.approve(aNote.path(), index.path())
	task.Promotion.LockTimeout, task.Promotion.ConcurrentTimeout = time.Second, time.Second
	long, locker := postgrestest.Connect(t, h.address("main")), postgrestest.Connect(t, h.address("main"))
	when := func(said string, conn *pgx.Conn, sql string) {
		for !strings.Contains(h.said.String(), said) {
			time.Sleep(20 * time.Millisecond)
		}
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			t.Error(err)
		}
	}
	if _, err := long.Exec(t.Context(), "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users"); err != nil {
		t.Fatal(err)
	}
	go when("waiting for a transaction to end before indexes are built", long, "COMMIT")
	go func() {
		// It begins after production was looked at, and writes: the index waits for it longer than it may.
		when("waiting for a transaction to end before indexes are built", locker, "SELECT pg_sleep(1.2); BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE")
		when("dropping what was left behind", locker, "SELECT pg_sleep(2); COMMIT")
	}()
	r := h.promotes(task, index.id)
	if r.Promotion.Attempts < 2 || !strings.Contains(h.said.String(), "dropping what was left behind") {
		t.Errorf("%+v; said %s", r.Promotion, h.said)
	}
	if len(r.Revisions.Applied) != 2 || r.Revisions.Applied[0].Rehearsed == 0 || r.Revisions.Applied[1].Rehearsed == 0 {
		t.Errorf("applied %+v", r.Revisions.Applied)
	}
	of := map[string]bool{}
	for _, statement := range r.Recording.Statements {
		of[statement.Revision] = true
	}
	if r.Promotion.BlockedOnCopy == 0 || r.Promotion.Blocked == 0 || !of[aNote.id] || !of[index.id] {
		t.Errorf("blocked %s, on the copy %s; recorded %v", r.Promotion.Blocked, r.Promotion.BlockedOnCopy, of)
	}
	h.sees("An index beside traffic is broken off, and built again", r)
}
