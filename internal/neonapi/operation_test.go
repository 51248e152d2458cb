package neonapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func op(id, action, status string) Operation {
	return Operation{ID: id, Action: action, Status: status}
}

// reports is a step with one operation's state.
func reports(id, action, status, reason string) http.HandlerFunc {
	return answer(200, fmt.Sprintf(`{"operation":{"id":%q,"action":%q,"status":%q,"error":%q}}`, id, action, status, reason))
}

func TestWaitUntilAllIsDone(t *testing.T) {
	steps := script(
		reports("a", "create_branch", "finished", ""), reports("b", "start_compute", "scheduling", ""), // at 0.25 s
		reports("b", "start_compute", "running", ""),       // at 0.625 s
		reports("b", "start_compute", "contemplating", ""), // at 1.1875 s
		reports("b", "start_compute", "skipped", ""),       // at 2.03125 s
	)
	inBubble(t, steps, Config{}, func(t *testing.T, w *world) {
		err := w.Wait(t.Context(), testProject, []Operation{op("a", "create_branch", "running"), op("b", "start_compute", "scheduling"), op("c", "x", "finished")})
		if err != nil {
			t.Fatal(err)
		}
		var at []time.Duration
		for _, r := range w.requests {
			at = append(at, r.At)
		}
		want := []time.Duration{250 * time.Millisecond, 250 * time.Millisecond, 625 * time.Millisecond, 1187500 * time.Microsecond, 2031250 * time.Microsecond}
		if d := cmp.Diff(want, at); d != "" {
			t.Error(d)
		}
		if first := w.lines()[0]; first != "GET /projects/"+testProject+"/operations/a" {
			t.Error(first)
		}
		notices := []string{
			"Neon: waiting for create_branch running, start_compute scheduling (0s).", "Neon: waiting for start_compute scheduling (0s).",
			"Neon: waiting for start_compute running (1s).", "Neon: waiting for start_compute contemplating (1s).",
		}
		if d := cmp.Diff(notices, w.notices); d != "" {
			t.Error(d)
		}
	})
}

func TestWaitForNothing(t *testing.T) {
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		for _, all := range [][]Operation{nil, {op("a", "x", "finished"), op("b", "y", "skipped")}} {
			if err := w.Wait(t.Context(), testProject, all); err != nil || len(w.lines()) != 0 {
				t.Errorf("%v after %v", err, w.lines())
			}
		}
	})
}

func TestFailedOperations(t *testing.T) {
	for _, status := range []string{"failed", "error", "cancelled"} {
		t.Run(status, func(t *testing.T) {
			inBubble(t, reports("a", "start_compute", status, "no\nroom"), Config{}, func(t *testing.T, w *world) {
				err := w.Wait(t.Context(), testProject, []Operation{op("a", "start_compute", "running")})
				x, ok := fault.Explain(err)
				if !ok || !strings.Contains(err.Error(), "start_compute ended as "+status) || x.Why != "no room" || !strings.Contains(x.Do, "id a") {
					t.Errorf("%v, %+v", err, x)
				}
				if err := w.Wait(t.Context(), testProject, []Operation{op("b", "x", status)}); err == nil || len(w.lines()) != 1 {
					t.Error("one that failed at once is not seen")
				}
			})
		})
	}
	for _, status := range []string{"scheduling", "running", "cancelling", "", "new word"} {
		if over, _ := op("a", "x", status).done(); over {
			t.Errorf("%q passes for done", status)
		}
	}
}

func TestWaitHasALimit(t *testing.T) {
	inBubble(t, reports("a", "start_compute", "running", ""), Config{}, func(t *testing.T, w *world) {
		err := w.Wait(t.Context(), testProject, []Operation{op("a", "start_compute", "running")})
		x, ok := fault.Explain(err)
		if !ok || !strings.Contains(err.Error(), "within 5m0s") || !strings.Contains(x.Why, "start_compute running") {
			t.Errorf("%v, %+v", err, x)
		}
		if w.took() > 5*time.Minute || w.took() < 296*time.Second {
			t.Errorf("took %s", w.took())
		}
		if n := len(w.notices); n < 15 || n > 25 {
			t.Errorf("%d notices in five minutes", n)
		}
	})
}

func TestWaitIsConfigurable(t *testing.T) {
	inBubble(t, reports("a", "x", "running", ""), Config{Poll: 10 * time.Millisecond, WaitLimit: time.Second}, func(t *testing.T, w *world) {
		err := w.Wait(t.Context(), testProject, []Operation{op("a", "x", "running")})
		if err == nil || w.took() > time.Second || w.took() < 880*time.Millisecond || w.requests[0].At != 10*time.Millisecond {
			t.Errorf("after %s: %v", w.took(), err)
		}
	})
}

func TestALookDoesNotOutlastTheLimit(t *testing.T) {
	steps := script(reports("a", "x", "running", ""), refuse(503, "", ""))
	inBubble(t, steps, Config{WaitLimit: 10 * time.Second}, func(t *testing.T, w *world) {
		err := w.Wait(t.Context(), testProject, []Operation{op("a", "x", "running")})
		if e := asError(err); e == nil || e.Status != 503 || w.took() > 10*time.Second {
			t.Errorf("after %s: %v", w.took(), err)
		}
	})
}

func TestWaitCanBeCancelled(t *testing.T) {
	inBubble(t, reports("a", "x", "running", ""), Config{}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := w.Wait(ctx, testProject, []Operation{op("a", "x", "running")})
		if !errors.Is(err, context.DeadlineExceeded) || w.took() != 5*time.Second {
			t.Errorf("after %s: %v", w.took(), err)
		}
	})
}
