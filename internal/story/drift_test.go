package story_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// thorough is a task that looks for drift in every direction.
func (h *house) thorough(number int) story.Task {
	t := h.task(number)
	t.ProductionDrift, t.Stairway = story.Warn, story.Warn
	return t
}

func checkOf(t *testing.T, o story.Outcome, name string) report.Check {
	t.Helper()
	for _, c := range o.Report.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no check %q among %+v", name, o.Report.Checks)
	return report.Check{}
}

// TestHealthyProjectIsGreen holds that nothing cries wolf, and that what did not change is not
// looked at twice.
func TestHealthyProjectIsGreen(t *testing.T) {
	h := newShop(t)
	number := h.open("clean")
	h.use("clean")
	for _, again := range []bool{false, true} {
		o, err := h.stage().Rehearse(t.Context(), h.thorough(number))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{report.CheckModels, report.CheckProduction, report.CheckHeads, report.CheckReversible} {
			if c := checkOf(t, o, name); c.State != report.OK || slices.ContainsFunc(c.Differences, counts) {
				t.Errorf("%s: %s, %s %+v", name, c.State, c.Summary, c.Differences)
			}
		}
		if o.Report.Verdict != report.Pass {
			t.Errorf("verdict %s", o.Report.Verdict)
		}
		remembered := strings.Contains(checkOf(t, o, report.CheckProduction).Summary, "last rehearsal")
		if remembered != again {
			t.Errorf("again: %t, remembered: %t", again, remembered)
		}
	}
	if left := h.text("ci/pr-1", "SELECT coalesce(string_agg(datname, ','), '') FROM pg_database WHERE datname LIKE 'neon_migrations%'"); left != "" {
		t.Errorf("databases were left: %s", left)
	}
}

// counts tells a difference that weighs something: the shop has a trigger and a view that no
// model can have.
func counts(d report.Difference) bool { return d.Severity != report.SeverityInfo }

// TestHandMadeChange holds that what somebody did to production by hand is found, named, and
// told with both cures.
func TestHandMadeChange(t *testing.T) {
	h := newShop(t)
	h.exec("main", `ALTER TABLE orders ADD CONSTRAINT by_hand CHECK (id > 0)`)
	number := h.open("clean")
	h.use("clean")
	o, err := h.stage().Rehearse(t.Context(), h.thorough(number))
	if err != nil {
		t.Fatal(err)
	}
	c := checkOf(t, o, report.CheckProduction)
	if c.State != report.Drift || len(c.Differences) != 1 || !strings.Contains(c.Differences[0].Object, "by_hand") {
		t.Fatalf("%s: %s %+v", c.State, c.Summary, c.Differences)
	}
	if !strings.Contains(c.SQL, "DROP CONSTRAINT by_hand") || !strings.Contains(c.Code, "ADD CONSTRAINT by_hand") {
		t.Errorf("cures %q and %q", c.SQL, c.Code)
	}
	if o.Report.Verdict != report.Warn {
		t.Errorf("verdict %s", o.Report.Verdict)
	}
}

// TestTwoHeadsNameTheirSides holds that a fork tells which side this pull request brought, and with
// which one the other side came, however that was merged.
func TestTwoHeadsNameTheirSides(t *testing.T) {
	const ratings, wrapping = "migrations/versions/2026_07_21_0755-71c2e8f46b0d_product_ratings.py",
		"migrations/versions/2026_11_16_0819-f7b20c9e4d61_gift_wrapping.py"
	for _, method := range []string{"", "merge", "squash", "rebase"} {
		t.Run(method, func(t *testing.T) {
			h := newHouse(t)
			h.use("two-heads")
			h.repository()
			want := "71c2e8f46b0d came by another one"
			if method != "" {
				merged := h.openWithFiles("", ratings)
				if _, err := h.github.Merge(merged, method); err != nil {
					t.Fatal(err)
				}
				want = fmt.Sprintf("71c2e8f46b0d came by pull request #%d", merged)
			}
			o, err := h.stage().Check(t.Context(), h.task(h.openWithFiles("", wrapping)), "a fork")
			if err != nil {
				t.Fatal(err)
			}
			c := checkOf(t, o, report.CheckHeads)
			if !strings.Contains(c.Summary, "this pull request adds f7b20c9e4d61, and "+want) || !strings.Contains(c.Do, "alembic merge") {
				t.Errorf("%s; %s", c.Summary, c.Do)
			}
		})
	}
}

// TestEditedRevision holds that a merged revision which the pull request edits is a warning, and
// one that it removes blocks; for both no database is needed.
func TestEditedRevision(t *testing.T) {
	h := newHouse(t)
	dir := "migrations/versions/"
	merged, err := filepath.Glob(filepath.Join(h.code, sample.WorkingDirectory, dir, "*.py"))
	if err != nil || len(merged) == 0 {
		t.Fatal(merged, err)
	}
	edited := dir + filepath.Base(merged[0])
	for name, tt := range map[string]struct {
		file    githublocal.File
		verdict report.Verdict
		words   string
	}{
		"edited":    {githublocal.File{Path: edited, Status: "modified"}, report.Warn, "edits " + edited},
		"removed":   {githublocal.File{Path: dir + "gone.py", Status: "removed"}, report.Block, "removes the merged revision file " + dir + "gone.py"},
		"new":       {githublocal.File{Path: edited, Status: "added"}, report.Neutral, ""},
		"no matter": {githublocal.File{Path: "README.md", Status: "removed"}, report.Neutral, ""},
	} {
		t.Run(name, func(t *testing.T) {
			number, err := h.github.OpenPullRequest(githublocal.PullRequest{Title: name, Author: "ada", Head: name, Files: []githublocal.File{tt.file}})
			if err != nil {
				t.Fatal(err)
			}
			o, err := h.stage().Check(t.Context(), h.task(number), "a fork")
			if err != nil {
				t.Fatal(err)
			}
			said := checkOf(t, o, report.CheckHeads).Summary
			for _, f := range o.Report.Findings {
				said += f.Title
			}
			if o.Report.Verdict != tt.verdict || !strings.Contains(said, tt.words) || tt.words == "" && len(o.Report.Findings) > 0 {
				t.Errorf("verdict %s, said %q; notes %q", o.Report.Verdict, said, o.Report.Notes)
			}
		})
	}
}

// TestFirstRehearsal holds that a production without revisions has no history, which is nobody's
// fault, and that the way back is tried all the same.
func TestFirstRehearsal(t *testing.T) {
	h := newHouse(t)
	number := h.open("clean")
	o, err := h.stage().Rehearse(t.Context(), h.thorough(number))
	if err != nil {
		t.Fatal(err)
	}
	if c := checkOf(t, o, report.CheckProduction); c.State != report.NotComputable {
		t.Errorf("%s: %s", c.State, c.Summary)
	}
	if c := checkOf(t, o, report.CheckReversible); c.State != report.OK {
		t.Errorf("%s: %s %+v", c.State, c.Summary, c.Differences)
	}
}
