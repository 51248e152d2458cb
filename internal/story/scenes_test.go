package story_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

var update = flag.Bool("update", false, "write docs/scenarios.md anew")

const scenesPage = "../../docs/scenarios.md"

// scenes are those of docs/scenarios.md, in its order.
var scenes = []string{
	"The plan is identical",
	"The same promotion once more",
	"Production moved, the same changes happen to it",
	"Production moved, and moved-production: stop",
	"Production moved elsewhere, and the plan is adapted",
	"Production moved into the way",
	"Production moved, so that something else would happen",
	"The plan was edited",
	"The plan is missing",
	"The plan is of another pull request",
	"The comment was put back to an older plan",
	"The plan is too old",
	"A revision was edited after the review",
	"Two merges at once",
	"A promotion that GitHub dropped is caught up on",
	"Two heads in the merge queue",
	"A long transaction holds the lock, and does not end",
	"A long transaction holds the lock for a while",
	"No room for the restore point",
	"No room for the restore point, which is not required",
	"The second of three revisions fails, in one transaction",
	"The second of three revisions fails, with a transaction for each",
	"The connection is lost at COMMIT, before it took effect",
	"The connection is lost at COMMIT, after it took effect",
	"The last promotion failed, and nobody cleared it",
	"The last promotion failed, and somebody cleared it",
	"An index beside traffic is broken off, and built again",
	"The second of three databases fails",
	"An earlier run was cut off within a revision",
	"It stopped half-way, and restore-on-failure takes it back",
	"It stopped half-way, and somebody wrote since",
	"A dry run",
}

const scenesHead = `# What people see of a promotion

Each scene is a test on real PostgreSQL and real Alembic; below it is what the run printed, without the list of schema changes. Numbers that differ between runs are ` + "`…`" + `.
The words are written by the tests and held to by them. [promotion.md](promotion.md) tells what is behind them.
`

// inTurn keeps tests from writing the page at the same time.
var inTurn sync.Mutex

// sees holds that what people see of a scene is what docs/scenarios.md tells.
func (h *house) sees(scene string, r report.Report) {
	h.t.Helper()
	inTurn.Lock()
	defer inTurn.Unlock()
	told := readScenes(h.t)
	got := h.withoutChance(stripped(r))
	if *update {
		told[scene] = got
		writeScenes(h.t, told)
	}
	if !slices.Contains(scenes, scene) || told[scene] != got {
		h.t.Errorf("scene %q: docs/scenarios.md has\n%s\nand people see\n%s\ngo test ./internal/story -update writes it anew", scene, told[scene], got)
	}
}

// stripped is the report without what differs between runs, or is told elsewhere.
func stripped(r report.Report) string {
	headline := r.Headline()
	seen := report.Report{Kind: r.Kind, Verdict: r.Verdict, Revisions: r.Revisions, Notes: r.Notes, Database: r.Database, Checks: r.Checks}
	if r.Failure != nil {
		failure := *r.Failure
		failure.Output = ""
		seen.Failure = &failure
	}
	if r.Promotion != nil {
		promotion := *r.Promotion
		promotion.Blocked, promotion.BlockedOnCopy, promotion.Reviewed = 0, 0, "" // a short one may go unseen
		seen.Promotion = &promotion
	}
	text := report.Text(seen, false)
	icon, _, _ := strings.Cut(text, " ")
	_, rest, _ := strings.Cut(text, "\n")
	reason := ""
	if r.Reason != "" {
		reason = "  reason     " + r.Reason + "\n"
	}
	return icon + " " + headline + "\n" + reason + strings.TrimRight(rest, "\n")
}

// chance is what differs between two runs of the same scene.
var chance = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\b[0-9a-f]{40}\b`), "…"},
	{regexp.MustCompile(`\b(ci/promote-|ci/restore-|before-restore-|commit |Commit |of )[0-9a-f]{7}\b`), "$1…"},
	{regexp.MustCompile(`(before-restore-…)-\d{6}\b`), "$1-…"},
	{regexp.MustCompile(`plan [0-9a-f]{12}\b`), "plan …"},
	{regexp.MustCompile(`sha256:[0-9a-f]+`), "sha256:…"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?`), "…"},
	{regexp.MustCompile(`\d\d:\d\d:\d\d( UTC)?`), "…"},
	{regexp.MustCompile(`process \d+`), "process …"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "…"},
	{regexp.MustCompile(`\b\d+ tries`), "… tries"},
	{regexp.MustCompile(`\b\d[\d.,]* (s|ms|µs|min)\b`), "…"},
	{regexp.MustCompile(`request id [0-9a-f-]+`), "request id …"},
}

func (h *house) withoutChance(text string) string {
	text = strings.ReplaceAll(text, h.project, "PROJECT")
	for _, c := range chance {
		text = c.pattern.ReplaceAllString(text, c.with)
	}
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n")
}

// readScenes reads the page: what is told of each scene.
func readScenes(t testing.TB) map[string]string {
	t.Helper()
	told := map[string]string{}
	page, err := os.ReadFile(scenesPage)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(page), "\n## ")[1:] {
		name, rest, _ := strings.Cut(section, "\n")
		_, text, _ := strings.Cut(rest, "```text\n")
		told[name], _, _ = strings.Cut(text, "\n```")
	}
	return told
}

func writeScenes(t testing.TB, told map[string]string) {
	t.Helper()
	page := scenesHead
	for _, scene := range scenes {
		if text := told[scene]; text != "" {
			page += fmt.Sprintf("\n## %s\n\n```text\n%s\n```\n", scene, text)
		}
	}
	if err := os.WriteFile(scenesPage, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestScenesAreTold holds that the page has every scene, and no other.
func TestScenesAreTold(t *testing.T) {
	told := readScenes(t)
	for _, scene := range scenes {
		if told[scene] == "" {
			t.Errorf("docs/scenarios.md lacks %q", scene)
		}
	}
	if len(told) != len(scenes) {
		t.Errorf("docs/scenarios.md has %d scenes, want %d", len(told), len(scenes))
	}
}
