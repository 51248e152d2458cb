package migrate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRunUpgradesAndComparesInOneProcess(t *testing.T) {
	p := find(t, copyProject(t, "tiny-sqlmodel", nil), newest)
	db := database(t)
	var events []string
	r := mustRun(t, p, Run{Address: db, Upgrade: "heads", Drift: true, Progress: func(e Event) {
		events = append(events, e.Kind+" "+e.Phase+e.Revision)
	}})
	if diff := cmp.Diff([]string{"b2"}, r.After); diff != "" || len(r.Before) != 0 {
		t.Errorf("before %q, after (-want +got):\n%s", r.Before, diff)
	}
	if len(r.Applied) != 2 || r.Applied[0].Revision != "a1" || r.Applied[1].Statements != 2 || !r.Applied[1].Done || r.Applied[1].Took <= 0 {
		t.Errorf("applied = %+v", r.Applied)
	}
	if r.Drift == nil || r.Drift.Unjudged != nil || len(r.Drift.Operations) != 0 || r.Drift.Body != "" {
		t.Errorf("drift = %+v", r.Drift)
	}
	want := []string{"phase upgrade", "pending ", "started a1", "finished a1", "started b2", "finished b2", "phase drift"}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	t.Logf("timings: %v", r.Timings)
}
