package report_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func TestNoteText(t *testing.T) {
	f := report.Finding{
		Code: "H016", Severity: report.SeverityWarn, Title: "blocks writes of `orders` (600,000 rows) for 1.1 s", Evidence: "ShareLock from 0.2 s to 1.3 s",
		Known: "measured", Why: "Orders wait.", Advice: "build it concurrently", Fix: "with op.get_context().autocommit_block():\n    op.create_index(\"i\", \"orders\", [\"n\"], postgresql_concurrently=True)\n",
	}
	got := report.NoteText(f)
	for _, want := range []string{"⚠️ **H016** blocks writes of `orders`", "*(measured)*", "**Safe way:** build it concurrently", "```python\nwith op."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	f.Title, f.Fix = "blocks `a`<img src=x> @everyone", "```\n</details>"
	if got := report.NoteText(f); strings.Contains(got, "<img") || !strings.Contains(got, "````python") {
		t.Errorf("a stranger's text is not escaped:\n%s", got)
	}
}
