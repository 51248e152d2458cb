package story_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// TestPredictionsAreHeldAgainst holds that the next rehearsal tells how the last predictions have fared.
func TestPredictionsAreHeldAgainst(t *testing.T) {
	h := newShop(t)
	// Twice as long on production as on the copy, with its table locked: two advisory locks tell the two.
	slow := "ALTER TABLE orders ADD COLUMN remark text; SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711) THEN 0.6 ELSE 0.3 END)"
	task, _ := h.approved(change{aNote.id, aNote.down, slow, aNote.back})
	h.hold(4711)
	h.promotes(task, aNote.id)
	told := h.github.Deployments()[0]
	if !strings.Contains(told.Description, ": revisions 0.") || !strings.Contains(told.Description, "longest lock 0.") || !strings.Contains(string(told.Payload), `"predicted_lock_ns":`) {
		t.Errorf("%s, %s", told.Description, told.Payload)
	}

	second := change{"bbbb00002222", aNote.id, "ALTER TABLE orders ADD COLUMN more text", "ALTER TABLE orders DROP COLUMN more"}
	h.writeChange(second)
	number := h.openWithFiles("", second.path())
	r := h.rehearses(number)
	c := r.Calibration
	if c == nil || c.Promotions != 1 || c.Upgrade.Most < 1.2 || c.Upgrade.Most > 3 || c.Lock.Most < 1.2 || c.Lock.Most > 3 {
		t.Fatalf("%+v", c)
	}
	body := h.github.Comments(r.PullRequest.Number)[0].Body
	if want := fmt.Sprintf("of the last promotion: the upgrade took %.1f times what was rehearsed; the longest lock was held", c.Upgrade.Most); !strings.Contains(body, want) {
		t.Errorf("no %q in %s", want, body)
	}

	h.github.Inject(githublocal.Fault{Method: http.MethodGet, Path: "/repos/*/*/deployments", Status: http.StatusForbidden, Message: "Resource not accessible by integration", Times: -1})
	if r := h.rehearses(number); r.Calibration != nil || r.Verdict == report.Failed {
		t.Errorf("without the permission: %+v, %s", r.Calibration, r.Verdict)
	}
}

// rehearses rehearses a pull request, whatever the models say.
func (h *house) rehearses(number int) report.Report {
	h.t.Helper()
	task := h.task(number)
	task.ModelDrift = "ignore"
	o, err := h.stage().Rehearse(h.t.Context(), task)
	if err != nil {
		h.t.Fatal(err)
	}
	return o.Report
}
