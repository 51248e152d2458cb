package neonapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// calls are one method of each kind, by what may be repeated.
func calls() map[string]func(context.Context, *Client) error {
	return map[string]func(context.Context, *Client) error{
		"get": func(ctx context.Context, c *Client) error { _, err := c.Branch(ctx, testProject, "br-a"); return err },
		"delete": func(ctx context.Context, c *Client) error {
			_, err := c.DeleteBranch(ctx, testProject, "br-a")
			return err
		},
		"expiry": func(ctx context.Context, c *Client) error {
			_, err := c.SetExpiry(ctx, testProject, "br-a", time.Time{})
			return err
		},
		"rename": func(ctx context.Context, c *Client) error {
			_, err := c.RenameBranch(ctx, testProject, "br-a", "x")
			return err
		},
		"restore": func(ctx context.Context, c *Client) error {
			_, _, err := c.RestoreFromParent(ctx, testProject, Branch{ID: "br-a", ParentID: "br-main"})
			return err
		},
		"start": func(ctx context.Context, c *Client) error {
			_, err := c.StartEndpoint(ctx, testProject, "ep-a")
			return err
		},
	}
}

func TestRepeatsOnlyWhatIsSafe(t *testing.T) {
	notExecuted := map[string]http.HandlerFunc{
		"423":           refuse(423, "", "project already has running conflicting operations, scheduling of new ones is prohibited"),
		"429":           refuse(429, "RATE_LIMIT_EXCEEDED", "slow down"),
		"503":           answer(503, "<html>busy</html>"),
		"422 not ready": refuse(422, "", "branch not ready yet"),
	}
	unknown := map[string]http.HandlerFunc{
		"500": refuse(500, "", "oops"), "502": answer(502, "<html>"), "524": answer(524, "<html>"), "dropped": drop,
		"cut short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(`{"branch":`))
		},
		"silent": after(time.Hour, drop),
	}
	final := map[string]http.HandlerFunc{
		"400": refuse(400, "", "no"), "401": refuse(401, "", "no"), "403": refuse(403, "", "no"),
		"409": refuse(409, "", "no"), "412": refuse(412, "", "no"), "422": refuse(422, "", "no"),
	}
	check := func(steps map[string]http.HandlerFunc, repeated func(call string) bool) {
		for what, step := range steps {
			for name, call := range calls() {
				t.Run(what+" "+name, func(t *testing.T) {
					inBubble(t, script(step, step, answer(200, `{"branch":{"id":"br-a"}}`)), Config{Timeout: 10 * time.Second}, func(t *testing.T, w *world) {
						err := call(t.Context(), w.Client)
						want := 1
						if repeated(name) {
							want = 3
						}
						if got := len(w.lines()); got != want || (err == nil) != repeated(name) {
							t.Errorf("%d requests, want %d; error %v", got, want, err)
						}
					})
				})
			}
		}
	}
	check(notExecuted, func(string) bool { return true })
	check(unknown, func(call string) bool { return slices.Contains([]string{"get", "delete", "expiry"}, call) })
	check(final, func(string) bool { return false })
}

// The retry policy reads a 422 before the error does.
func TestLookingIntoAnAnswerKeepsIt(t *testing.T) {
	inBubble(t, refuse(422, "X", "cannot reset protected branch"), Config{}, func(t *testing.T, w *world) {
		err := calls()["restore"](t.Context(), w.Client)
		if e := asError(err); e == nil || e.Code != "X" || e.Message != "cannot reset protected branch" || e.RequestID != "0190-req" {
			t.Errorf("the answer is lost: %#v", err)
		}
	})
}

func TestBudgetEndsTheCall(t *testing.T) {
	locked := refuse(423, "", "project already has running conflicting operations")
	inBubble(t, locked, Config{}, func(t *testing.T, w *world) {
		err := calls()["restore"](t.Context(), w.Client)
		e := asError(err)
		if e == nil || e.Status != 423 || e.Wanted == 0 {
			t.Fatalf("error = %v", err)
		}
		if w.took() > 2*time.Minute || w.took() < 110*time.Second {
			t.Errorf("took %s, want nearly the two minutes", w.took())
		}
		if n := len(w.lines()); n != e.Attempts || n < 20 {
			t.Errorf("%d requests, %d told", n, e.Attempts)
		}
		for _, want := range []string{"423 project already has running", "asked ", "would go past the budget"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
		if !strings.Contains(w.noted(), "busy with another operation (423); asking again in") {
			t.Errorf("notices: %s", w.noted())
		}
	})
}

func TestWaitsGrowAndAreJittered(t *testing.T) {
	inBubble(t, refuse(423, "", "busy"), Config{Budget: 20 * time.Second}, func(t *testing.T, w *world) {
		_ = calls()["get"](t.Context(), w.Client)
		var at []time.Duration
		for _, r := range w.requests {
			at = append(at, r.At)
		}
		// The middle of ranges of 1, 2, 4, 8 and then 10 s.
		want := []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 3500 * time.Millisecond, 7500 * time.Millisecond, 12500 * time.Millisecond, 17500 * time.Millisecond}
		if d := cmp.Diff(want, at); d != "" {
			t.Error(d)
		}
	})
	c := &Client{jitter: func() float64 { return 0 }}
	if got := c.backoff(3, nil); got != leastWait {
		t.Errorf("the least wait is %s", got)
	}
	c.jitter = func() float64 { return 0.999 }
	if a, b := c.backoff(1, nil), c.backoff(50, nil); a > firstWait || a < 900*time.Millisecond || b > maxWait {
		t.Errorf("full jitter gives %s and %s", a, b)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of every bubble
	tests := map[string]struct {
		header string
		waited time.Duration
	}{
		"seconds":  {"30", 30 * time.Second},
		"date":     {start.Add(45 * time.Second).Format(http.TimeFormat), 45 * time.Second},
		"past":     {start.Add(-time.Hour).Format(http.TimeFormat), 500 * time.Millisecond},
		"nonsense": {"soon", 500 * time.Millisecond}, "negative": {"-5", 500 * time.Millisecond},
		"zero": {"0", 500 * time.Millisecond},
	}
	for name, tt := range tests {
		for _, status := range []int{423, 429, 503} {
			t.Run(name, func(t *testing.T) {
				steps := script(refuse(status, "", "later", "Retry-After: "+tt.header), answer(200, `{}`))
				inBubble(t, steps, Config{}, func(t *testing.T, w *world) {
					if err := calls()["start"](t.Context(), w.Client); err != nil || w.took() != tt.waited {
						t.Errorf("%d: waited %s, want %s; %v", status, w.took(), tt.waited, err)
					}
				})
			})
		}
	}
}

func TestRetryAfterBeyondTheBudgetIsNotWaitedFor(t *testing.T) {
	inBubble(t, refuse(429, "", "slow down", "Retry-After: 300"), Config{}, func(t *testing.T, w *world) {
		err := calls()["get"](t.Context(), w.Client)
		if w.took() != 0 || len(w.lines()) != 1 {
			t.Errorf("waited %s for %d requests", w.took(), len(w.lines()))
		}
		if err == nil || !strings.Contains(err.Error(), "the next wait of 5m0s would go past the budget") {
			t.Errorf("error = %v", err)
		}
	})
}

func TestAnAttemptEndsAfterTheTimeout(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"no head": after(time.Hour, drop),
		"no end": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("{"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, h, Config{}, func(t *testing.T, w *world) {
				err := calls()["rename"](t.Context(), w.Client)
				if w.took() != time.Minute || err == nil || !strings.Contains(err.Error(), "no answer within 1m0s") {
					t.Errorf("after %s: %v", w.took(), err)
				}
			})
		})
	}
}

// Transports need not name the cause of a context's end, as net/http's does.
func TestTheTimeoutIsNamedForAnyTransport(t *testing.T) {
	slow := transportFunc(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{Key: testKey, HTTP: slow, Budget: -1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.Project(t.Context(), testProject); !errors.Is(err, noAnswerError{time.Minute}) {
			t.Error(err)
		}
	})
}

func TestANegativeBudgetMeansOneAttempt(t *testing.T) {
	inBubble(t, refuse(503, "", ""), Config{Budget: -1}, func(t *testing.T, w *world) {
		if err := calls()["get"](t.Context(), w.Client); err == nil || len(w.lines()) != 1 {
			t.Errorf("%d requests, %v", len(w.lines()), err)
		}
	})
}

func TestCancellingStopsAWait(t *testing.T) {
	inBubble(t, refuse(423, "", "busy", "Retry-After: 60"), Config{}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		err := calls()["delete"](ctx, w.Client)
		if !errors.Is(err, context.Canceled) || w.took() != 3*time.Second {
			t.Errorf("after %s: %v", w.took(), err)
		}
		if err == nil || !strings.Contains(err.Error(), "busy with another operation (423); stopped before asking again") {
			t.Errorf("the reason for waiting is lost: %v", err)
		}
	})
}

func TestAnEndlessAnswerIsRefused(t *testing.T) {
	chunk := strings.Repeat(" ", 1<<20)
	inBubble(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range maxAnswer>>20 + 2 {
			w.Write([]byte(chunk))
		}
	}), Config{}, func(t *testing.T, w *world) {
		err := calls()["get"](t.Context(), w.Client)
		if !errors.Is(err, errTooLong) || len(w.lines()) != 1 {
			t.Errorf("%d requests: %v", len(w.lines()), err)
		}
	})
}
