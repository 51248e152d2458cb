package story

import (
	"errors"
	"fmt"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
)

func TestWhatMakingABranchAnewCures(t *testing.T) {
	for status, want := range map[int]bool{400: true, 409: true, 412: true, 422: true, 401: false, 403: false, 404: false, 423: false, 500: false} {
		if got := cannotReset(fmt.Errorf("resetting: %w", &neonapi.Error{Status: status})); got != want {
			t.Errorf("status %d: %v", status, got)
		}
	}
	if cannotReset(nil) || cannotReset(errors.New("no route to host")) {
		t.Error("a failure that is no refusal leads to another branch")
	}
}
