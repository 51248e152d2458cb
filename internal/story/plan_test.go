package story

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

func somePlan() plan {
	return plan{
		Project: "cool-project-1", Database: "shop", From: []string{"a1"}, To: []string{"b2"},
		Revisions: []planned{{ID: "b2", SHA256: "0123"}}, Before: "sha256:1", After: "sha256:2",
		Changes: []catalog.Change{{Action: catalog.Added, Object: catalog.Identity{Kind: "table", Schema: "public", Name: "book"}, After: "table book"}},
	}
}

func digest(t *testing.T, p plan) string {
	t.Helper()
	d, err := p.digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDigestChangesWithEverythingInThePlan(t *testing.T) {
	changes := map[string]func(*plan){
		"Project":          func(p *plan) { p.Project = "other-project-2" },
		"Database":         func(p *plan) { p.Database = "other" },
		"From":             func(p *plan) { p.From = nil },
		"To":               func(p *plan) { p.To = []string{"c3"} },
		"Revisions":        func(p *plan) { p.Revisions = nil },
		"Revisions ID":     func(p *plan) { p.Revisions[0].ID = "c3" },
		"Revisions SHA256": func(p *plan) { p.Revisions[0].SHA256 = "4567" },
		"Revisions order":  func(p *plan) { p.Revisions = []planned{{ID: "c3"}, p.Revisions[0]} },
		"Before":           func(p *plan) { p.Before = "sha256:3" },
		"After":            func(p *plan) { p.After = "sha256:3" },
		"Changes":          func(p *plan) { p.Changes = nil },
		"Changes Action":   func(p *plan) { p.Changes[0].Action = catalog.Removed },
		"Changes Object":   func(p *plan) { p.Changes[0].Object.Name = "author" },
		"Changes After":    func(p *plan) { p.Changes[0].After = "table author" },
		"Changes Details":  func(p *plan) { p.Changes[0].Details = []catalog.Detail{{Attribute: "owner"}} },
	}
	for field := range reflect.TypeFor[plan]().Fields() {
		if _, there := changes[field.Name]; !there && field.Name != "Version" {
			t.Errorf("no case changes the field %s", field.Name)
		}
	}
	seen := map[string]string{digest(t, somePlan()): "nothing"}
	for name, change := range changes {
		p := somePlan()
		change(&p)
		d := digest(t, p)
		if other, there := seen[d]; there {
			t.Errorf("changing %s gives the digest of changing %s", name, other)
		}
		seen[d] = name
	}
}

// A promise that was given must be found again: another digest for the same plan asks for
// another planVersion.
func TestDigestOfAPlanStays(t *testing.T) {
	const want = "sha256:3ce82134e62e82b7fbfafb6a5feec5ccd0ab766fc1c662e147d00e42d2d3bec4"
	if got := digest(t, somePlan()); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestPlanPromisesWhatWasRehearsed(t *testing.T) {
	want := somePlan()
	r := &run{task: Task{Project: want.Project}, report: report.Report{
		Database: want.Database, Revisions: report.Revisions{From: want.From, To: want.To},
		Fingerprint: report.Fingerprints{Before: want.Before, After: want.After}, Changes: want.Changes,
	}}
	r.scene.result.Graph.Revisions = []migrate.Revision{{ID: "a1", SHA256: "89ab"}, {ID: "b2", SHA256: "0123"}}
	r.scene.result.Applied = []migrate.Applied{{Revision: "b2"}}
	if diff := cmp.Diff(want, r.plan()); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
	if err := r.judge(t.Context()); err != nil || r.report.Plan != digest(t, want) {
		t.Errorf("the report's plan is %q, error %v", r.report.Plan, err)
	}
}
