package story_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func TestRehearseTwiceIsTheSame(t *testing.T) {
	h := newShop(t)
	number := h.open("clean")
	h.use("clean")
	first, err := h.stage().Rehearse(t.Context(), h.task(number))
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.stage().Rehearse(t.Context(), h.task(number))
	if err != nil {
		t.Fatal(err)
	}
	if first.Report.Verdict != report.Pass || len(first.Report.Changes) == 0 || first.Report.Plan == "" {
		t.Errorf("verdict %s, %d changes, plan %q; checks %+v", first.Report.Verdict, len(first.Report.Changes), first.Report.Plan, first.Report.Checks)
	}
	if !second.Report.Branch.Reset || first.Report.Branch.Reset {
		t.Error("the second rehearsal should reset the branch that the first created")
	}
	volatile := cmpopts.IgnoreFields(report.Report{}, "StartedAt", "Took", "Steps", "Branch", "Revisions", "Recording")
	if a, b := first.Report.Recording, second.Report.Recording; a == nil || b == nil || len(a.Statements) != len(b.Statements) {
		t.Error("the recordings differ")
	}
	if diff := cmp.Diff(first.Report, second.Report, volatile); diff != "" {
		t.Errorf("the reports differ:\n%s", diff)
	}
	if first.Report.Branch.ID != second.Report.Branch.ID {
		t.Errorf("branch %s, then %s", first.Report.Branch.ID, second.Report.Branch.ID)
	}
	if comments := h.github.Comments(number); len(comments) != 1 || first.CommentURL != second.CommentURL || first.CommentURL == "" {
		t.Errorf("%d comments, at %q and %q", len(comments), first.CommentURL, second.CommentURL)
	}
	if b := h.branch("ci/pr-1"); b.ExpiresAt == nil || time.Until(*b.ExpiresAt) < 6*24*time.Hour {
		t.Errorf("the branch's expiry is %v", b.ExpiresAt)
	}
}

func TestRehearseLeavesProductionAlone(t *testing.T) {
	h := newShop(t)
	const where = "SELECT version_num FROM alembic_version"
	before := h.text("main", where)
	h.use("clean")
	if _, err := h.stage().Rehearse(t.Context(), h.task(h.open("clean"))); err != nil {
		t.Fatal(err)
	}
	if after := h.text("main", where); after != before {
		t.Errorf("production went from %s to %s", before, after)
	}
	if after := h.text("ci/pr-1", where); after == before {
		t.Errorf("the branch is still at %s", after)
	}
}

func TestModelDriftBlocks(t *testing.T) {
	h := newShop(t)
	number := h.open("forgotten-revision")
	h.use("forgotten-revision")
	o, err := h.stage().Rehearse(t.Context(), h.task(number))
	if err != nil {
		t.Fatal(err)
	}
	if o.Report.Verdict != report.Block {
		t.Errorf("verdict %s", o.Report.Verdict)
	}
	models := o.Report.Checks[0]
	if models.State != report.Drift || !strings.Contains(models.Code, "op.") || !strings.Contains(models.Code, "def upgrade()") {
		t.Errorf("check %+v", models)
	}
	if body := h.github.Comments(number)[0].Body; !strings.Contains(body, "op.add_column") {
		t.Errorf("the comment lacks the code to paste:\n%s", body)
	}
	task := h.task(number)
	task.ModelDrift = "warn"
	if o, err = h.stage().Rehearse(t.Context(), task); err != nil || o.Report.Verdict != report.Warn {
		t.Errorf("with the policy warn: %s, %v", o.Report.Verdict, err)
	}
}

func TestMigrationThatFailsOnRealRowsBlocks(t *testing.T) {
	h := newShop(t)
	h.seed()
	number := h.open("fails-on-real-rows")
	h.use("fails-on-real-rows")
	o, err := h.stage().Rehearse(t.Context(), h.task(number))
	if err != nil {
		t.Fatalf("a migration that fails is a finding and no trouble of ours: %v", err)
	}
	r := o.Report
	if r.Verdict != report.Block || r.Failure == nil || r.Revisions.Failed == "" || !r.Branch.Kept {
		t.Fatalf("verdict %s, failure %+v, failed revision %q, kept %v", r.Verdict, r.Failure, r.Revisions.Failed, r.Branch.Kept)
	}
	if r.Failure.Why == "" || r.Failure.Do == "" {
		t.Errorf("failure without advice: %+v", r.Failure)
	}
	body := h.github.Comments(number)[0].Body
	for _, private := range []string{"@example", "DETAIL", "Key ("} {
		if strings.Contains(body, private) {
			t.Errorf("the comment shows row data (%q):\n%s", private, body)
		}
	}
	if b := h.branch("ci/pr-1"); b.ID == "" || b.ExpiresAt == nil {
		t.Errorf("the branch does not stay until it expires: %+v", b)
	}
}

func TestSeveralHeadsBlock(t *testing.T) {
	h := newShop(t)
	h.use("two-heads")
	o, err := h.stage().Rehearse(t.Context(), h.task(h.open("two-heads")))
	if err != nil {
		t.Fatal(err)
	}
	if heads := checkOf(t, o, report.CheckHeads); o.Report.Verdict != report.Block || heads.State != report.Drift || !strings.Contains(heads.Do, "alembic merge") {
		t.Errorf("verdict %s, check %+v", o.Report.Verdict, heads)
	}
}

// sleeping is a revision that never ends by itself.
const sleeping = `"""sleeps"""
from alembic import op
revision = "000000000001"
down_revision = "%s"
def upgrade():
    op.execute("SELECT pg_sleep(600)")
def downgrade():
    pass
`

func TestCancelEndsWithinFiveSeconds(t *testing.T) {
	h := newShop(t)
	head := h.text("main", "SELECT version_num FROM alembic_version")
	h.write("migrations/versions/sleep.py", strings.Replace(sleeping, "%s", head, 1))
	number := h.open("clean")
	ctx, cancel := context.WithCancel(t.Context())
	var cancelledAt time.Time
	go func() {
		for !strings.Contains(h.said.String(), "running revision 000000000001") {
			time.Sleep(20 * time.Millisecond)
		}
		cancelledAt = time.Now()
		cancel()
	}()
	o, err := h.stage().Rehearse(ctx, h.task(number))
	if err == nil || o.Report.Verdict != report.Cancelled {
		t.Fatalf("verdict %s, error %v", o.Report.Verdict, err)
	}
	if took := time.Since(cancelledAt); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	if comments := h.github.Comments(number); len(comments) != 1 || !strings.Contains(comments[0].Body, "cancelled") {
		t.Errorf("comments %+v", comments)
	}
}

func TestMissingPermissionIsToldAndDoesNotFail(t *testing.T) {
	h := newShop(t)
	h.use("clean")
	stage := h.stage()
	stage.GitHub = h.githubClient(h.readOnly())
	o, err := stage.Rehearse(t.Context(), h.task(h.open("clean")))
	if err != nil || o.Report.Verdict != report.Pass {
		t.Fatalf("verdict %s, error %v", o.Report.Verdict, err)
	}
	if notes := strings.Join(o.Report.Notes, "\n"); !strings.Contains(notes, "pull-requests: write") {
		t.Errorf("the lines to add to the workflow are missing: %q", notes)
	}
}

func TestMergeQueueHasABranchOfItsOwn(t *testing.T) {
	h := newShop(t)
	h.use("clean")
	number := h.open("clean")
	if _, err := h.stage().Rehearse(t.Context(), h.task(number)); err != nil {
		t.Fatal(err)
	}
	before := h.text("ci/pr-1", "SELECT version_num FROM alembic_version")
	queued := h.task(number)
	queued.Queue = true
	o, err := h.stage().Rehearse(t.Context(), queued)
	if err != nil || o.Report.Branch.Name != "ci/queue-1" {
		t.Fatalf("branch %q, error %v", o.Report.Branch.Name, err)
	}
	if h.branch("ci/queue-1").ID != "" || h.branch("ci/pr-1").ID == "" || h.text("ci/pr-1", "SELECT version_num FROM alembic_version") != before {
		t.Error("the queue's branch stays, or the pull request's own was touched")
	}
}
