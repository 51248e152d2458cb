package story_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// openWithFiles opens a pull request that adds these files of the project, so that their lines can be
// commented.
func (h *house) openWithFiles(head string, names ...string) int {
	h.t.Helper()
	pr := githublocal.PullRequest{Title: "Bigger keys", Author: "ines-novak", Head: "bigger", HeadSHA: head}
	for _, name := range names {
		source, err := os.ReadFile(filepath.Join(h.code, sample.WorkingDirectory, name))
		if err != nil {
			h.t.Fatal(err)
		}
		patch := fmt.Sprintf("@@ -0,0 +1,%d @@\n", strings.Count(string(source), "\n"))
		for line := range strings.Lines(string(source)) {
			patch += "+" + line
		}
		pr.Files = append(pr.Files, githublocal.File{Path: sample.WorkingDirectory + "/" + name, Status: "added", Patch: patch})
	}
	number, err := h.github.OpenPullRequest(pr)
	if err != nil {
		h.t.Fatal(err)
	}
	return number
}

// TestFindingsStandAtTheirLines follows a blocked pull request from the comment at its line to the label
// that lets it pass.
func TestFindingsStandAtTheirLines(t *testing.T) {
	h := newShop(t)
	h.seed()
	h.use("blocks-orders")
	h.commitAll()
	found, err := filepath.Glob(filepath.Join(h.code, sample.WorkingDirectory, "migrations/versions/*bigger_keys.py"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	name := "migrations/versions/" + filepath.Base(found[0])
	task := h.riskTask(h.openWithFiles(h.task(1).HeadSHA, name))
	task.Risk.Probe, task.Risk.Review, task.Risk.FailOn, task.Risk.Override = false, true, []string{"H006"}, "migration-override"
	rehearse := func() story.Outcome {
		t.Helper()
		o, err := h.stage().Rehearse(t.Context(), task)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := rehearse(); o.Report.Verdict != report.Block || len(o.Annotations) > 0 {
		t.Errorf("verdict %s, annotations %+v", o.Report.Verdict, o.Annotations)
	}
	about := func() (found []githublocal.ReviewComment) { // how many others there are is a matter of milliseconds
		for _, c := range h.github.ReviewComments(task.Number) {
			if strings.Contains(c.Body, "**H006**") {
				found = append(found, c)
			}
		}
		return found
	}
	if found := about(); len(found) != 1 || found[0].Path != sample.WorkingDirectory+"/"+name || found[0].Line != 21 {
		t.Fatalf("comments at lines: %+v", found)
	}
	h.github.SetRole("mila-costa", "write")
	if err := h.github.Label(task.Number, "mila-costa", "migration-override"); err != nil {
		t.Fatal(err)
	}
	o := rehearse()
	if o.Report.Verdict != report.Warn || !strings.Contains(strings.Join(o.Report.Notes, "\n"), "mila-costa (write)") {
		t.Errorf("verdict %s, notes %q", o.Report.Verdict, o.Report.Notes)
	}
	if found := about(); len(found) != 1 {
		t.Errorf("after the second run: %+v", found)
	}
}
