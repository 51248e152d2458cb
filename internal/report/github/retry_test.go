package github

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// respond answers with each of the steps once, then lets the fake answer.
func respond(steps ...func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if len(steps) == 0 {
			return false
		}
		steps[0](w)
		steps = steps[1:]
		return true
	}
}

func answer(code int, message string, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		refuse(w, code, message)
	}
}

func TestRateLimitsAreWaitedOut(t *testing.T) {
	tests := []struct {
		name   string
		answer func(http.ResponseWriter)
		want   time.Duration
	}{
		{"429 with Retry-After", answer(429, "slow down", "Retry-After", "7"), 7 * time.Second},
		{"403 secondary with Retry-After", answer(403, "You have exceeded a secondary rate limit", "Retry-After", "9"), 9 * time.Second},
		{"403 secondary without a time", answer(403, "You have exceeded a secondary rate limit"), time.Minute},
		{"403 primary", answer(403, "API rate limit exceeded", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1800000030"), 31 * time.Second},
		{"429 primary", answer(429, "API rate limit exceeded", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1800000030"), 31 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			client, clock := f.client(t)
			// The writing request is the one that meets the limit: it may be repeated as well.
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && len(clock.sleeps) == 0 {
					tt.answer(w)
					return true
				}
				return false
			}
			if _, err := client.UpsertComment(t.Context(), 7, marker, "new"); err != nil {
				t.Fatal(err)
			}
			if len(clock.sleeps) != 1 || clock.sleeps[0] != tt.want {
				t.Errorf("waited %v, want %v", clock.sleeps, tt.want)
			}
			if len(f.bodies) != 1 || !strings.HasSuffix(f.bodies[0], "\nnew") {
				t.Errorf("the repeated request carried %q", f.bodies)
			}
		})
	}
}

func TestRateLimitBeyondTheBudget(t *testing.T) {
	f := newFake(t)
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		answer(429, "slow down", "Retry-After", "50")(w)
		return true
	}
	client, clock := f.client(t)
	_, err := client.PullRequest(t.Context(), 1)
	if len(clock.sleeps) != 2 || len(f.requests) != 3 {
		t.Errorf("%d waits and %d requests within two minutes at 50 s each", len(clock.sleeps), len(f.requests))
	}
	explained, ok := fault.Explain(err)
	if !ok || !strings.Contains(explained.Why, "rate limit") {
		t.Errorf("error %v explains %+v", err, explained)
	}
}

// The last request of the hour must not make the library refuse the next one by itself.
func TestUsedUpLimitIsAskedAgain(t *testing.T) {
	f := fakeWithPulls(t)
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-RateLimit-Limit", "1000")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", "99999999999")
		return false
	}
	client, _ := f.client(t)
	for range 2 {
		if _, err := client.PullRequest(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFailuresOfTheServer(t *testing.T) {
	tests := []struct {
		name     string
		method   string
		failures int
		requests int
		works    bool
	}{
		{"a read is repeated", http.MethodGet, 2, 3, true},
		{"not for ever", http.MethodGet, 9, 4, false},
		{"a write is not", http.MethodPost, 1, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fakeWithPulls(t)
			left, seen := tt.failures, 0
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != tt.method {
					return false
				}
				if seen++; left == 0 {
					return false
				}
				left--
				answer(502, "Server Error")(w)
				return true
			}
			client, _ := f.client(t)
			var err error
			if tt.method == http.MethodGet {
				_, err = client.PullRequest(t.Context(), 1)
			} else {
				_, err = client.UpsertComment(t.Context(), 7, marker, "new")
			}
			if (err == nil) != tt.works || seen != tt.requests {
				t.Errorf("%d requests, error %v; want %d", seen, err, tt.requests)
			}
		})
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	f := newFake(t)
	f.before = respond(answer(429, "slow down", "Retry-After", "60"))
	client, _ := f.client(t, func(c *Config) { c.Sleep = nil })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := client.PullRequest(ctx, 1); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("error %v after %v", err, time.Since(began))
	}
}

// A redirect to another host must not carry the token there.
func TestTokenStaysWithItsHost(t *testing.T) {
	leaked := "not asked"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = r.Header.Get("Authorization")
		w.Write([]byte(openPull))
	}))
	defer elsewhere.Close()
	f := newFake(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL+"/x", http.StatusFound)
		return true
	}
	client, _ := f.client(t)
	if _, err := client.PullRequest(t.Context(), 1); err != nil || leaked != "" {
		t.Errorf("error %v; the other host got %q", err, leaked)
	}
}
