package story_test

import (
	"net/http"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// TestDeploymentThatNobodyBegan holds that a deployment without any status, as a run leaves it that is killed between
// the two requests, is ended by the next run, which makes no second one.
func TestDeploymentThatNobodyBegan(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	h.github.Inject(githublocal.Fault{Method: http.MethodPost, Path: "/repos/*/*/deployments/*/statuses", Status: http.StatusForbidden, Message: "Resource not accessible by integration", Times: -1})
	h.promotes(task, aNote.id)
	if made := h.github.Deployments(); len(made) != 1 || len(made[0].Statuses) != 0 {
		t.Fatalf("%+v", made)
	}
	h.github.Recover()
	h.promotes(task, aNote.id)
	if made := h.github.Deployments(); len(made) != 1 || made[0].State != "success" {
		t.Errorf("%+v", made)
	}
}
