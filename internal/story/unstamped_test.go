package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// A database whose version table was emptied has everything and stands nowhere.
func TestTheStampIsNamed(t *testing.T) {
	h := newShop(t)
	h.exec("main", "DELETE FROM alembic_version")
	h.use("clean")
	o, err := h.stage().Rehearse(t.Context(), h.task(h.open("clean")))
	if err != nil && o.Report.Verdict != report.Block {
		t.Fatal(err)
	}
	f, found := finding(o.Report, "unstamped-database")
	if !found || !strings.Contains(f.Advice, "alembic stamp ") || !strings.Contains(f.Title, " tables, and alembic_version names no revision") {
		t.Errorf("verdict %s, findings %+v, failure %+v", o.Report.Verdict, o.Report.Findings, o.Report.Failure)
	}
}

// finding is a report's finding of a code.
func finding(r report.Report, code string) (report.Finding, bool) {
	for _, f := range r.Findings {
		if f.Code == code {
			return f, true
		}
	}
	return report.Finding{}, false
}
