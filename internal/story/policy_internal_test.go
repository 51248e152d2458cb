package story

import (
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func TestPolicyOfFindings(t *testing.T) {
	grave := report.Finding{Code: "H016", Severity: report.SeverityBlock}
	mild := report.Finding{Code: "H033", Severity: report.SeverityWarn}
	told := report.Finding{Code: "H040", Severity: report.SeverityInfo}
	allowed := grave
	allowed.Allowed = &report.Allowed{Reason: "one-off"}
	for _, c := range []struct {
		name       string
		failOn     []string
		finding    report.Finding
		overridden bool
		want       report.Verdict
	}{
		{"by default a grave one blocks", nil, grave, false, report.Block},
		{"and a mild one warns", nil, mild, false, report.Warn},
		{"what is only told weighs nothing", nil, told, false, report.Pass},
		{"by severity", []string{"warn"}, mild, false, report.Block},
		{"a graver one than the severity", []string{"warn"}, grave, false, report.Block},
		{"by code", []string{"H033"}, mild, false, report.Block},
		{"by another code", []string{"H016"}, mild, false, report.Warn},
		{"none", []string{"none"}, grave, false, report.Warn},
		{"allowed", nil, allowed, false, report.Pass},
		{"overridden", nil, grave, true, report.Warn},
		{"an override makes nothing worse", nil, told, true, report.Pass},
	} {
		r := &run{task: Task{Risk: Risk{FailOn: c.failOn}}, report: report.Report{Findings: []report.Finding{c.finding}}}
		r.scene.overridden = c.overridden
		if got := r.verdict(); got != c.want {
			t.Errorf("%s: %s instead of %s", c.name, got, c.want)
		}
	}
}
