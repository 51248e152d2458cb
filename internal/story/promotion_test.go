package story_test

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// change is a revision of one statement, and its way back.
type change struct{ id, down, up, back string }

func (c change) path() string {
	return fmt.Sprintf("migrations/versions/2026_11_22_1200-%s_change.py", c.id)
}

func (h *house) writeChange(c change) {
	h.t.Helper()
	h.write(c.path(), fmt.Sprintf("\"\"\"change\"\"\"\nfrom alembic import op\n\nrevision = %q\ndown_revision = %q or None\n\n\ndef upgrade():\n    op.execute(%q)\n\n\ndef downgrade():\n    op.execute(%q)\n",
		c.id, c.down, c.up, c.back))
}

// aNote is the change that most scenes promote.
var aNote = change{"aaaa00001111", "71c2e8f46b0d", "ALTER TABLE orders ADD COLUMN remark text", "ALTER TABLE orders DROP COLUMN remark"}

// approved opens a pull request with these changes, rehearses it on a production that has all before, and merges
// it: the task is that of the push to main.
func (h *house) approved(changes ...change) (story.Task, int) {
	h.t.Helper()
	h.repository()
	var files []string
	for _, c := range changes {
		h.writeChange(c)
		files = append(files, c.path())
	}
	return h.approve(files...)
}

// approve is approved for files that are there.
func (h *house) approve(files ...string) (story.Task, int) {
	h.t.Helper()
	number := h.openWithFiles("", files...)
	task := h.task(number)
	task.ModelDrift = story.Ignore
	o, err := h.stage().Rehearse(h.t.Context(), task)
	if err != nil || o.Report.Verdict == report.Block {
		h.t.Fatalf("rehearsing: %s, %v", o.Report.Verdict, err)
	}
	sha, err := h.github.Merge(number, "squash")
	if err != nil {
		h.t.Fatal(err)
	}
	task = h.task(0)
	task.HeadSHA = sha
	return task, number
}

// at is where production is.
func (h *house) at() string {
	h.t.Helper()
	return h.text("main", "SELECT string_agg(version_num, ',' ORDER BY 1) FROM alembic_version")
}

// promotes expects a promotion that brings production to a revision.
func (h *house) promotes(task story.Task, to string) report.Report {
	h.t.Helper()
	o, err := h.stage().Promote(h.t.Context(), task)
	if err != nil || o.Report.Failure != nil {
		h.t.Fatalf("promoting: %v, %+v", err, o.Report.Failure)
	}
	if at := h.at(); at != to {
		h.t.Errorf("production is at %s, want %s", at, to)
	}
	return o.Report
}

// stops expects a promotion that changes nothing, for a reason.
func (h *house) stops(task story.Task, reason string) report.Report {
	h.t.Helper()
	before := h.at()
	o, _ := h.stage().Promote(h.t.Context(), task)
	if o.Report.Reason != reason || o.Report.Failure == nil {
		h.t.Errorf("reason %q, want %q; failure %+v", o.Report.Reason, reason, o.Report.Failure)
	}
	if at := h.at(); at != before {
		h.t.Errorf("production went from %s to %s", before, at)
	}
	h.noCopy(task)
	return o.Report
}

// noCopy holds that the throw-away copy is gone.
func (h *house) noCopy(task story.Task) {
	h.t.Helper()
	if b := h.branch("ci/promote-" + task.HeadSHA[:7]); b.ID != "" {
		h.t.Errorf("the copy is still there: %+v", b)
	}
}

func TestPromotesWhatWasReviewed(t *testing.T) {
	h := newShop(t)
	task, number := h.approved(change{aNote.id, aNote.down, aNote.up + "; SELECT pg_sleep(0.2)", aNote.back})
	r := h.promotes(task, aNote.id)
	if r.Promotion.Comparison != "identical" || r.Promotion.Reviewed == "" {
		t.Errorf("%+v", r.Promotion)
	}
	h.sees("The plan is identical", r)
	if !strings.Contains(h.said.String(), "reading orders once") {
		t.Errorf("what was closed for long is not read before: %s", h.said)
	}
	kept := h.branch(r.Promotion.Restore.Name)
	if kept.ID == "" || kept.ExpiresAt == nil || kept.ExpiresAt.Before(time.Now().Add(6*24*time.Hour)) {
		t.Errorf("the restore point: %+v", kept)
	}
	h.noCopy(task)
	if b := h.branch(fmt.Sprintf("ci/pr-%d", number)); b.ID != "" {
		t.Error("the pull request's branch is still there")
	}
	if _, err := h.stage().Cleanup(t.Context(), h.task(0)); err != nil || h.branch(kept.Name).ID == "" {
		t.Errorf("the restore point did not outlive a sweep: %v", err)
	}
	again := h.promotes(task, aNote.id)
	if len(again.Revisions.Applied) != 0 {
		t.Errorf("twice is once: %+v", again.Revisions)
	}
	h.sees("The same promotion once more", again)
}

func TestProductionMoved(t *testing.T) {
	t.Run("where the plan works too", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(aNote)
		h.exec("main", "CREATE INDEX elsewhere ON orders (updated_at)")
		strict := task
		strict.Promotion.Moved = story.Block
		h.sees("Production moved, and moved-production: stop", h.stops(strict, "production-schema-changed"))
		r := h.promotes(task, aNote.id)
		if !strings.Contains(r.Promotion.Comparison, "production moved") {
			t.Errorf("%+v", r.Promotion)
		}
		h.sees("Production moved, the same changes happen to it", r)
	})
	t.Run("into the way", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(aNote)
		h.exec("main", "ALTER TABLE orders ADD COLUMN remark int")
		r := h.stops(task, "failed-at-revision")
		if !strings.Contains(r.Failure.Why, "on a copy of production as it is now") {
			t.Errorf("%+v", r.Failure)
		}
		h.sees("Production moved into the way", r)
	})
	t.Run("so that something else would happen", func(t *testing.T) {
		h := newShop(t)
		index := change{"aaaa00001111", "71c2e8f46b0d", "CREATE INDEX IF NOT EXISTS by_note ON orders (updated_at)", "DROP INDEX by_note"}
		task, _ := h.approved(index)
		h.exec("main", "CREATE INDEX by_note ON orders (id)")
		r := h.stops(task, "production-schema-changed")
		if len(r.Promotion.Gone) == 0 || !strings.Contains(r.Promotion.Gone[0], "orders") || r.Promotion.Comparison != "different" {
			t.Errorf("%+v", r.Promotion)
		}
		h.sees("Production moved, so that something else would happen", r)
	})
}

func TestNoPlanIsNoPromotion(t *testing.T) {
	mark := "<!-- neon-migrations-plan: "
	edit := func(h *house, number int, change func(body string) string) {
		h.t.Helper()
		client := h.githubClient(githubToken)
		marker := github.Marker{ID: "neon-migrations", Project: h.project}
		body, err := client.OwnComment(h.t.Context(), number, marker)
		if err != nil || !strings.Contains(body, mark) {
			h.t.Fatalf("no plan in %q, %v", body, err)
		}
		if _, err := client.UpsertComment(h.t.Context(), number, marker, change(body)); err != nil {
			h.t.Fatal(err)
		}
	}
	for scene, forge := range map[string]func(h *house, task *story.Task, number int){
		"The plan is missing": func(h *house, _ *story.Task, number int) {
			edit(h, number, func(body string) string { before, _, _ := strings.Cut(body, mark); return before })
		},
		"The plan was edited": func(h *house, _ *story.Task, number int) {
			edit(h, number, func(body string) string {
				at := strings.Index(body, mark) + len(mark) + 40
				return body[:at] + map[bool]string{true: "a", false: "b"}[body[at] == 'b'] + body[at+1:]
			})
		},
		"The plan is of another pull request": func(h *house, task *story.Task, number int) {
			other, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: "other", Author: "ada", Head: "other"})
			if err != nil {
				h.t.Fatal(err)
			}
			edit(h, number, func(body string) string {
				if _, err := h.githubClient(githubToken).UpsertComment(h.t.Context(), other, github.Marker{ID: "neon-migrations", Project: h.project}, body); err != nil {
					h.t.Fatal(err)
				}
				before, _, _ := strings.Cut(body, mark)
				return before
			})
			sha, err := h.github.Merge(other, "squash")
			if err != nil {
				h.t.Fatal(err)
			}
			task.HeadSHA = sha
		},
	} {
		t.Run(scene, func(t *testing.T) {
			h := newShop(t)
			task, number := h.approved(aNote)
			forge(h, &task, number)
			h.sees(scene, h.stops(task, "no-plan"))
		})
	}
	t.Run("GitHub does not answer", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(aNote)
		h.github.Inject(githublocal.Fault{Method: http.MethodGet, Path: "/repos/*/*/issues/*/comments", Status: http.StatusForbidden, Message: "Resource not accessible by integration", Times: -1})
		if r := h.stops(task, ""); r.Verdict != report.Failed {
			t.Errorf("verdict %s: that nobody knows says nothing about the plan", r.Verdict)
		}
	})
	t.Run("put back to an older one", func(t *testing.T) {
		h := newShop(t)
		h.repository()
		h.writeChange(aNote)
		number := h.openWithFiles("", aNote.path())
		task := h.task(number)
		task.HeadSHA, task.ModelDrift, task.Status = h.head(number), story.Ignore, "neon-migrations"
		var older string
		for _, column := range []string{"remark", "remarks"} {
			h.writeChange(change{aNote.id, aNote.down, "ALTER TABLE orders ADD COLUMN " + column + " text", "SELECT 1"})
			if _, err := h.stage().Rehearse(t.Context(), task); err != nil {
				t.Fatal(err)
			}
			edit(h, number, func(body string) string { older = cmp.Or(older, body); return body })
		}
		if _, said := h.statusOf(task.HeadSHA); !strings.Contains(said, "plan ") {
			t.Errorf("the status names no plan: %q", said)
		}
		edit(h, number, func(string) string { return older })
		merged := h.task(0)
		var err error
		if merged.HeadSHA, err = h.github.Merge(number, "squash"); err != nil {
			t.Fatal(err)
		}
		merged.Status = task.Status
		r := h.stops(merged, "no-plan")
		if !strings.Contains(r.Failure.Why, "names plan") {
			t.Errorf("%+v", r.Failure)
		}
		h.sees("The comment was put back to an older plan", r)
	})
	t.Run("expired", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(aNote)
		task.Promotion.PlanAge = time.Nanosecond
		h.sees("The plan is too old", h.stops(task, "plan-expired"))
	})
	t.Run("a file edited after the review", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(aNote)
		edited := aNote
		edited.up = "ALTER TABLE orders ADD COLUMN remark text -- as reviewed?"
		h.writeChange(edited)
		r := h.stops(task, "files-changed")
		if !strings.Contains(r.Failure.Why, aNote.id) {
			t.Errorf("%+v", r.Failure)
		}
		h.sees("A revision was edited after the review", r)
	})
}

// TestMergedWhileAnotherWaits holds that a promotion which GitHub dropped from its queue is caught up on by the next
// one, with the plan of the pull request that brought the last revision.
func TestMergedWhileAnotherWaits(t *testing.T) {
	h := newShop(t)
	h.approved(aNote) // its promotion never runs
	readme, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: "readme", Author: "ada", Head: "readme"})
	if err != nil {
		t.Fatal(err)
	}
	sha, err := h.github.Merge(readme, "merge")
	if err != nil {
		t.Fatal(err)
	}
	task := h.task(0)
	task.HeadSHA = sha
	h.sees("A promotion that GitHub dropped is caught up on", h.promotes(task, aNote.id))
}

func TestNoRoomForARestorePoint(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	full := func() {
		t.Helper()
		// The first branch is the copy, the second the restore point.
		fault := neonlocal.Fault{Method: http.MethodPost, Path: "/branches", Delay: time.Millisecond}
		h.inject(fault)
		fault.Delay, fault.Status, fault.Code, fault.Message = 0, http.StatusUnprocessableEntity, "BRANCHES_LIMIT_EXCEEDED", "branches limit exceeded"
		h.inject(fault)
	}
	full()
	h.sees("No room for the restore point", h.stops(task, "no-restore-point"))
	full()
	task.Promotion.RestoreRequired = false
	r := h.promotes(task, aNote.id)
	if r.Promotion.Restore.Name != "" || !strings.Contains(strings.Join(r.Notes, "\n"), "There is no restore point") {
		t.Errorf("%+v, %q", r.Promotion, r.Notes)
	}
	h.sees("No room for the restore point, which is not required", r)
}

// onlyOnProduction fails where somebody holds this advisory lock: on production alone.
const onlyOnProduction = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711) THEN RAISE EXCEPTION 'not here'; END IF; END $$"

func TestFailureHalfWay(t *testing.T) {
	second := change{"bbbb00002222", aNote.id, onlyOnProduction, "SELECT 1"}
	third := change{"cccc00003333", second.id, "ALTER TABLE orders ADD COLUMN third text", "ALTER TABLE orders DROP COLUMN third"}
	for _, each := range []bool{false, true} {
		t.Run(fmt.Sprintf("transaction per migration %t", each), func(t *testing.T) {
			h := newShop(t)
			if each {
				h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
			}
			task, _ := h.approved(aNote, second, third)
			holder := postgrestest.Connect(t, h.address("main"))
			if _, err := holder.Exec(t.Context(), "SELECT pg_advisory_lock(4711)"); err != nil {
				t.Fatal(err)
			}
			o, err := h.stage().Promote(t.Context(), task)
			stand := o.Report.Promotion.Stand
			if err == nil || o.Report.Reason != "failed-at-revision" || stand == nil {
				t.Fatalf("%v, reason %q, %+v", err, o.Report.Reason, o.Report.Promotion)
			}
			want := map[bool]string{false: "71c2e8f46b0d", true: aNote.id}[each]
			if at := h.at(); at != want || stand.Safe == each || !strings.Contains(stand.GoBack, "neonctl branches restore main ci/restore-") {
				t.Errorf("production is at %s, %+v", at, stand)
			}
			if each && (fmt.Sprint(stand.Applied) != "["+aNote.id+"]" || len(stand.Since) != 1 || len(stand.Missing) != 1) {
				t.Errorf("%+v", stand)
			}
			h.sees("The second of three revisions fails, "+map[bool]string{false: "in one transaction", true: "with a transaction for each"}[each], o.Report)
			if err := holder.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.promotes(task, third.id) // to go on is to run it again
		})
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	task.Promotion.DryRun = true
	before := h.at()
	o, err := h.stage().Promote(t.Context(), task)
	told := strings.Join(o.Report.Notes, "\n")
	if err != nil || h.at() != before || !strings.Contains(told, "Nothing was changed") || !strings.Contains(told, aNote.id) || o.Report.Plan == "" {
		t.Errorf("%v, at %s: %s", err, h.at(), told)
	}
	h.sees("A dry run", o.Report)
	h.noCopy(task)
}

// lost is what a session does to itself at its COMMIT, on production alone.
const lost = `DO $do$ BEGIN IF EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711) THEN
	CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
	CREATE TABLE loses (i int); CREATE CONSTRAINT TRIGGER t AFTER INSERT ON loses DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose();
	INSERT INTO loses VALUES (1); END IF; END $do$`

// TestConnectionLostAtCommit holds that whether a COMMIT took effect is found out and not guessed.
func TestConnectionLostAtCommit(t *testing.T) {
	t.Run("before it took effect", func(t *testing.T) {
		h := newShop(t)
		task, _ := h.approved(change{aNote.id, aNote.down, "ALTER TABLE orders ADD COLUMN remark text; " + lost, "SELECT 1"})
		holder := h.hold(4711)
		r := h.stops(task, "failed-at-revision")
		if stand := r.Promotion.Stand; stand == nil || !stand.Safe {
			t.Errorf("%+v", stand)
		}
		h.sees("The connection is lost at COMMIT, before it took effect", r)
		_ = holder.Close(t.Context())
		h.promotes(task, aNote.id)
	})
	t.Run("after it took effect", func(t *testing.T) {
		h := newShop(t)
		h.append("migrations/env.py", `
import os as _os, pathlib as _pathlib
from sqlalchemy import create_engine as _create_engine, text as _text

with _create_engine(_os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")).connect() as _c:
    if _c.execute(_text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")).scalar() and _c.execute(_text("SELECT version_num FROM alembic_version")).scalar() == "aaaa00001111":
        _once = _pathlib.Path(__file__).with_name("once")
        if not _once.exists():
            _once.touch()
            _os._exit(9)
`)
		task, _ := h.approved(aNote)
		h.hold(4711)
		r := h.promotes(task, aNote.id)
		if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "after it had taken effect") {
			t.Errorf("notes %s", notes)
		}
		h.sees("The connection is lost at COMMIT, after it took effect", r)
	})
}

// hold takes an advisory lock on production, until the connection or the test ends.
func (h *house) hold(key int) *pgx.Conn { return h.holdIn("shop", key) }

func (h *house) holdIn(database string, key int) *pgx.Conn {
	h.t.Helper()
	conn := postgrestest.Connect(h.t, h.on(database))
	if _, err := conn.Exec(h.t.Context(), fmt.Sprintf("SELECT pg_advisory_lock(%d)", key)); err != nil {
		h.t.Fatal(err)
	}
	return conn
}

// append adds to a file of the backend.
func (h *house) append(name, text string) {
	h.t.Helper()
	content, err := os.ReadFile(filepath.Join(h.code, sample.WorkingDirectory, name))
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(name, string(content)+text)
}

// TestTheWayBack runs the very command that a report prints, with Neon's own client.
func TestTheWayBack(t *testing.T) {
	client, err := filepath.Abs("../../.tools/node/node_modules/.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(client, "neonctl")); err != nil && os.Getenv("CI") == "" {
		t.Skipf("Neon's client is not installed: %v; run make setup", err)
	}
	h := newShop(t)
	h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
	task, _ := h.approved(aNote, change{"bbbb00002222", aNote.id, onlyOnProduction, "SELECT 1"})
	holder := h.hold(4711)
	before := h.at()
	o, _ := h.stage().Promote(t.Context(), task)
	stand := o.Report.Promotion.Stand
	if stand == nil || h.at() != aNote.id {
		t.Fatalf("production is at %s, %+v", h.at(), o.Report.Promotion)
	}
	_ = holder.Close(t.Context())
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", stand.GoBack+" --no-analytics --api-host "+h.neon.URL()+" --api-key "+neonKey.Reveal()+" --config-dir "+home)
	cmd.Env = []string{"PATH=" + client + ":" + os.Getenv("PATH"), "HOME=" + home, "CI=true"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", stand.GoBack, err, out)
	}
	for deadline := time.Now().Add(time.Minute); h.branch("main").State != "ready" && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	if at := h.at(); at != before || h.branch("main-before-restore-"+task.HeadSHA[:7]).ID == "" {
		t.Errorf("production is at %s and was at %s", at, before)
	}
}
