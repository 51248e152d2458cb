package story

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func TestVerdict(t *testing.T) {
	models := func(s report.State) []report.Check { return []report.Check{{Name: report.CheckModels, State: s}} }
	heads := func(s report.State) []report.Check { return []report.Check{{Name: report.CheckHeads, State: s}} }
	found := func(all ...report.Severity) (findings []report.Finding) {
		for _, s := range all {
			findings = append(findings, report.Finding{Severity: s})
		}
		return findings
	}
	tests := map[string]struct {
		policy   Policy
		checks   []report.Check
		findings []report.Finding
		want     report.Verdict
	}{
		"nothing":                   {Block, nil, nil, report.Pass},
		"all well":                  {Block, append(models(report.OK), heads(report.OK)...), nil, report.Pass},
		"drift blocks":              {Block, models(report.Drift), nil, report.Block},
		"drift warns":               {Warn, models(report.Drift), nil, report.Warn},
		"drift is ignored":          {Ignore, models(report.Drift), nil, report.Pass},
		"not looked for":            {Ignore, models(report.Skipped), nil, report.Pass},
		"broken never blocks":       {Block, models(report.Broken), nil, report.Warn},
		"broken warns":              {Warn, models(report.Broken), nil, report.Warn},
		"heads block under warn":    {Warn, heads(report.Drift), nil, report.Block},
		"heads block under ignore":  {Ignore, heads(report.Drift), nil, report.Block},
		"the worst check counts":    {Warn, append(models(report.Drift), heads(report.Drift)...), nil, report.Block},
		"a later good one is weak":  {Warn, append(models(report.Drift), heads(report.OK)...), nil, report.Warn},
		"a remark":                  {Block, nil, found(report.SeverityInfo), report.Pass},
		"a warning":                 {Block, nil, found(report.SeverityWarn), report.Warn},
		"a warning and a remark":    {Block, nil, found(report.SeverityWarn, report.SeverityInfo), report.Warn},
		"a blocking finding":        {Block, nil, found(report.SeverityBlock), report.Block},
		"the worst finding counts":  {Block, nil, found(report.SeverityWarn, report.SeverityBlock), report.Block},
		"a finding, a broken check": {Block, models(report.Broken), found(report.SeverityInfo), report.Warn},
	}
	for name, tt := range tests {
		r := &run{task: Task{ModelDrift: tt.policy}, report: report.Report{Checks: tt.checks, Findings: tt.findings}}
		if got := r.verdict(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestModelsAreJudged(t *testing.T) {
	tests := map[string]struct {
		policy Policy
		drift  *migrate.Drift
		want   report.Check
	}{
		"ignored":      {Ignore, &migrate.Drift{Operations: []string{"add column"}}, report.Check{State: report.Skipped}},
		"not compared": {Block, nil, report.Check{State: report.Broken, Summary: "Alembic did not compare the models"}},
		"no judgement": {
			Block, &migrate.Drift{Unjudged: &migrate.Error{Why: "no metadata", Do: "set target_metadata"}},
			report.Check{State: report.Broken, Summary: "no metadata", Do: "set target_metadata"},
		},
		"agree": {Warn, &migrate.Drift{}, report.Check{State: report.OK}},
		"differ": {
			Warn, &migrate.Drift{Operations: []string{"add column"}, Body: "op.a()\n\nop.b()", Down: "pass", Imports: []string{"import sqlalchemy as sa"}},
			report.Check{
				State: report.Drift, Summary: "the models are ahead of the revisions by 1 operation",
				Code: "import sqlalchemy as sa\n\n\ndef upgrade() -> None:\n    op.a()\n\n    op.b()\n\n\ndef downgrade() -> None:\n    pass\n",
			},
		},
	}
	for name, tt := range tests {
		r := &run{task: Task{ModelDrift: tt.policy}}
		r.scene.result.Drift = tt.drift
		got := r.checkModels()
		if got.State != tt.want.State || tt.want.Summary != "" && got.Summary != tt.want.Summary || got.Code != tt.want.Code {
			t.Errorf("%s: %+v", name, got)
		}
		if tt.want.Do != "" && got.Do != tt.want.Do || (got.State == report.Drift) != slices.Equal(got.Operations, []string{"add column"}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWarningsAreToldOnce(t *testing.T) {
	r := &run{}
	r.scene.result = migrate.Result{
		Before: []string{"a1"}, After: []string{"b2"}, Warnings: []string{"odd path", "odd driver"},
		Graph:   migrate.Graph{Revisions: []migrate.Revision{{ID: "b2", Down: []string{"a1"}, Doc: "books", Path: "versions/b2.py"}}},
		Applied: []migrate.Applied{{Revision: "b2", Statements: 3}},
	}
	r.tellRevisions()
	if a := r.report.Revisions.Applied; len(a) != 1 || a[0].Doc != "books" || a[0].Path != "versions/b2.py" || a[0].Statements != 3 || a[0].Down[0] != "a1" {
		t.Errorf("applied %+v", a)
	}
	r.scene.result.Applied = nil
	r.tellRevisions()
	if want := []string{"odd path", "odd driver"}; !slices.Equal(r.report.Notes, want) {
		t.Errorf("notes %q, want %q", r.report.Notes, want)
	}
}

func TestOnlyAFailingRevisionIsHeldAgainstThePullRequest(t *testing.T) {
	of := func(revision, sqlstate string) error {
		return fmt.Errorf("running: %w", &migrate.Error{What: "running", Revision: revision, SQLState: sqlstate, Output: []string{"one", "two"}})
	}
	tests := map[string]struct {
		kind report.Kind
		err  error
		want report.Verdict
	}{
		"its rows":                {report.Rehearsal, of("b2", "23502"), report.Block},
		"its Python":              {report.Rehearsal, of("b2", ""), report.Block},
		"a cancelled statement":   {report.Rehearsal, of("b2", "57014"), report.Block},
		"before any revision":     {report.Rehearsal, of("", "42501"), report.Failed},
		"a connection lost":       {report.Rehearsal, of("b2", "08006"), report.Failed},
		"no memory":               {report.Rehearsal, of("b2", "53200"), report.Failed},
		"a server that shuts":     {report.Rehearsal, of("b2", "57P01"), report.Failed},
		"a disk that fails":       {report.Rehearsal, of("b2", "58030"), report.Failed},
		"production":              {report.Promotion, of("b2", "23502"), report.Failed},
		"no trouble of migration": {report.Rehearsal, errors.New("Neon is down"), report.Failed},
	}
	for name, tt := range tests {
		r := telling(tt.kind, Task{})
		r.report.Branch.ID = "br-1"
		r.conclude(t.Context(), tt.err)
		if r.report.Verdict != tt.want || r.report.Failure == nil || r.report.Branch.Kept != (tt.kind == report.Rehearsal) {
			t.Errorf("%s: verdict %s, failure %+v, kept %v", name, r.report.Verdict, r.report.Failure, r.report.Branch.Kept)
		}
		var failed *migrate.Error
		if errors.As(tt.err, &failed) && (r.report.Revisions.Failed != failed.Revision || r.report.Failure.Output != "one\ntwo") {
			t.Errorf("%s: failed revision %q, output %q", name, r.report.Revisions.Failed, r.report.Failure.Output)
		}
	}
}
