package story_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// watch looks for drift as a scheduled workflow does.
func (h *house) watch() report.Report {
	h.t.Helper()
	task := h.task(0)
	task.ProductionDrift = story.Warn
	o, err := h.stage().Drift(h.t.Context(), task)
	if err != nil {
		h.t.Fatal(err)
	}
	return o.Report
}

// writes counts the requests that changed something on GitHub.
func (h *house) writes() int {
	n := 0
	for _, r := range h.github.Requests() {
		if r.Method != "GET" {
			n++
		}
	}
	return n
}

// TestWatchKeepsOneIssue holds that the issue comes and goes with the drift, and that a drift
// that stays as it is costs nobody a notification.
func TestWatchKeepsOneIssue(t *testing.T) {
	h := newShop(t)
	if r := h.watch(); r.Verdict != report.Pass || len(h.github.Issues()) != 0 {
		t.Fatalf("verdict %s, checks %+v, issues %+v", r.Verdict, r.Checks, h.github.Issues())
	}
	h.exec("main", "ALTER TABLE orders ADD CONSTRAINT by_hand CHECK (id > 0)")
	if r := h.watch(); r.Verdict != report.Warn || r.Kind != report.Watch {
		t.Errorf("verdict %s of %s", r.Verdict, r.Kind)
	}
	issues := h.github.Issues()
	if len(issues) != 1 || issues[0].State != "open" || !strings.Contains(issues[0].Body, "by_hand") || !strings.Contains(issues[0].Body, "DROP CONSTRAINT") {
		t.Fatalf("issues %+v", issues)
	}
	if want := "Schema drift: production in 1 place · database "; !strings.HasPrefix(issues[0].Title, want) {
		t.Errorf("title %q", issues[0].Title)
	}
	before := h.writes()
	h.watch()
	if after := h.writes(); after != before {
		t.Errorf("%d requests wrote the same again", after-before)
	}
	h.exec("main", "ALTER TABLE orders DROP CONSTRAINT by_hand")
	mend := h.unplayable()
	r := h.watch() // silence is not health: what the issue tells of cannot be looked at
	if issues := h.github.Issues(); issues[0].State != "open" || !strings.Contains(strings.Join(r.Notes, " "), "stays open") {
		t.Errorf("issues %+v, notes %q, checks %+v", issues, r.Notes, r.Checks)
	}
	mend()
	h.watch()
	if issues := h.github.Issues(); len(issues) != 1 || issues[0].State != "closed" || len(h.github.Comments(issues[0].Number)) != 1 {
		t.Errorf("issues %+v", issues)
	}
	for b, err := range h.neonClient().Branches(t.Context(), h.project, "ci/drift") {
		t.Errorf("the branch %s is left, %v", b.Name, err)
	}
}

// TestWatchTellsOfAnUnknownRevision holds that the issue says so when Alembic does not know where
// production is.
func TestWatchTellsOfAnUnknownRevision(t *testing.T) {
	h := newShop(t)
	h.exec("main", "UPDATE alembic_version SET version_num = 'deadbeef0000'")
	o, err := h.stage().Drift(t.Context(), h.task(0))
	if err == nil || o.Report.Verdict != report.Failed {
		t.Errorf("verdict %s, %v", o.Report.Verdict, err)
	}
	issues := h.github.Issues()
	if len(issues) != 1 || !strings.Contains(issues[0].Body, "deadbeef0000") || !strings.Contains(issues[0].Body, "alembic stamp") {
		t.Errorf("issues %+v", issues)
	}
}

// unplayable makes the revisions such that they do not run from base, until they are mended.
func (h *house) unplayable() (mend func()) {
	h.t.Helper()
	files, err := filepath.Glob(filepath.Join(h.code, sample.WorkingDirectory, "migrations", "versions", "*.py"))
	if err != nil || len(files) == 0 {
		h.t.Fatal(files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		h.t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	write(string(text) + "\n\ndef upgrade():\n    raise RuntimeError('needs what is not here')\n")
	return func() { write(string(text)) }
}

// TestWatchWritesTheRevision holds that the file that is written is the missing revision, and that
// none is written over.
func TestWatchWritesTheRevision(t *testing.T) {
	h := newShop(t)
	h.use("forgotten-revision")
	task := h.task(0)
	task.ModelDrift, task.WriteRevision = story.Warn, true
	versions := filepath.Join(h.code, sample.WorkingDirectory, "migrations", "versions")
	there, err := os.ReadDir(versions)
	if err != nil {
		t.Fatal(err)
	}
	first, err := h.stage().Drift(t.Context(), task)
	if err != nil || filepath.Dir(first.RevisionFile) != versions {
		t.Fatalf("wrote %q, %v", first.RevisionFile, err)
	}
	now, err := os.ReadDir(versions)
	if err != nil || len(now) != len(there)+1 {
		t.Fatalf("%d files became %d, %v", len(there), len(now), err)
	}
	o, err := h.stage().Drift(t.Context(), task)
	if models := checkOf(t, o, report.CheckModels); err != nil || models.State != report.OK {
		t.Errorf("with the file %s: %s; %v", models.State, models.Summary, err)
	}
}
