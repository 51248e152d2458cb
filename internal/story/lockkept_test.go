package story_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

const promotionLock = "hashtext('neon-migrations'), hashtext(current_database())"

// endLock ends the session that keeps other promotions away from production.
func (h *house) endLock() {
	h.t.Helper()
	var ended int
	err := postgrestest.Connect(h.t, h.address("main")).QueryRow(h.t.Context(),
		"WITH holder AS MATERIALIZED (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted) SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM holder").Scan(&ended)
	if err != nil || ended != 1 {
		h.t.Errorf("%d sessions ended, %v", ended, err)
	}
}

// takeLock is another promotion that has come to work.
func (h *house) takeLock() *pgx.Conn {
	h.t.Helper()
	conn := postgrestest.Connect(h.t, h.address("main"))
	var got bool
	if err := conn.QueryRow(h.t.Context(), "SELECT pg_try_advisory_lock("+promotionLock+")").Scan(&got); err != nil || !got {
		h.t.Errorf("the lock was taken: %t, %v", got, err)
	}
	return conn
}

// TestLockLostAndTakenAgain holds that a lock which was lost with its connection is taken again before anything is changed.
func TestLockLostAndTakenAgain(t *testing.T) {
	for _, at := range []string{"compare with the reviewed plan", "upgrade production"} {
		t.Run(at, func(t *testing.T) {
			h := newShop(t)
			task, _ := h.approved(aNote)
			r, err := h.promoteWith(task, at, h.endLock)
			if notes := strings.Join(r.Notes, "\n"); err != nil || h.at() != aNote.id || !strings.Contains(notes, "The lock was taken again") {
				t.Errorf("%v, at %s, %s", err, h.at(), notes)
			}
		})
	}
}

// TestLockLostToAnother holds that the upgrade does not begin where another promotion came to work, or came and went.
func TestLockLostToAnother(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	stops := func(task story.Task, reason, why string, do func()) {
		t.Helper()
		r, _ := h.promoteWith(task, "upgrade production", do)
		if r.Reason != reason || r.Failure == nil || !strings.Contains(r.Failure.Why, why) || !strings.Contains(r.Failure.Do, "nothing was changed") {
			t.Errorf("reason %q, want %q: %+v", r.Reason, reason, r.Failure)
		}
		if r.Promotion.Stand != nil || h.branch("ci/promote-"+task.HeadSHA[:7]).ID != "" {
			t.Errorf("%+v", r.Promotion)
		}
	}
	var other *pgx.Conn
	stops(task, "locked", "another one is at work: process", func() { h.endLock(); other = h.takeLock() })
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	stops(task, "production-schema-changed", "changed production's schema", func() { h.endLock(); h.exec("main", "CREATE TABLE meanwhile (id int)") })
	stops(task, "production-revision-changed", "is at ffffffffffff now", func() { h.endLock(); h.exec("main", "UPDATE alembic_version SET version_num = 'ffffffffffff'") })
}

// TestLockLostBetweenLegs holds that a promotion which another one overtook goes on with no further leg, and says what is
// where.
func TestLockLostBetweenLegs(t *testing.T) {
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
    op.drop_index("by_remark", "orders")
`)
	task, _ := h.approve(aNote.path(), index.path())
	legs := 0
	r, err := h.promoteWith(task, "running revision "+aNote.id, func() {
		if legs++; legs == 2 { // the first is the copy's
			h.endLock()
			h.takeLock()
		}
	})
	stand := r.Promotion.Stand
	if err == nil || r.Reason != "locked" || stand == nil || strings.Join(stand.Applied, ",") != aNote.id || strings.Join(stand.Pending, ",") != index.id || h.at() != aNote.id {
		t.Errorf("%v, reason %q, at %s, %+v", err, r.Reason, h.at(), stand)
	}
}
