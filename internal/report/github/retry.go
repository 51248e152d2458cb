package github

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	// maxRepeats is how often a failed GET is asked again.
	maxRepeats = 3
	// firstWait is the first pause after a failed GET; it doubles each time.
	firstWait = time.Second
	// secondaryWait is GitHub's advice for a secondary limit that names no time.
	secondaryWait = time.Minute
	// maxErrorBody bounds what is read of an answer to tell what it is.
	maxErrorBody = 64 << 10
)

// patient is a round tripper that waits out rate limits and repeats what may be repeated.
//
// GitHub says "too many" with 429 or 403, and has done nothing then: any method may be
// sent again. Failures of the server and of the line are repeated for GET only; after a
// POST nobody knows whether it was done.
type patient struct {
	next   http.RoundTripper
	host   string
	token  secret.Text
	budget time.Duration
	logger *slog.Logger
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
}

func newPatient(c Config, host string, logger *slog.Logger) *patient {
	p := &patient{next: c.HTTP, host: host, token: c.Token, budget: c.Budget, logger: logger, now: c.Now, sleep: c.Sleep}
	if p.next == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = answerTime
		p.next = own
	}
	if p.budget == 0 {
		p.budget = defaultBudget
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.sleep == nil {
		p.sleep = sleep
	}
	return p
}

// RoundTrip implements [http.RoundTripper].
func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	var waited time.Duration
	for attempt := 0; ; attempt++ {
		resp, err := p.send(req)
		pause, reason := p.pause(req, resp, err, attempt)
		if reason == "" || waited+pause > p.budget {
			return resp, err
		}
		if resp != nil {
			resp.Body.Close()
		}
		p.logger.Info("waiting for GitHub", "reason", reason, "wait", pause.Round(time.Millisecond).String(), "path", req.URL.Path)
		if err := p.sleep(req.Context(), pause); err != nil {
			return nil, err
		}
		waited += pause
	}
}

// send makes one attempt. Redirects come through here as well: the token goes to the
// API's host and to no other.
func (p *patient) send(req *http.Request) (*http.Response, error) {
	once := req.Clone(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		once.Body = body
	}
	if req.URL.Host == p.host {
		once.Header.Set("Authorization", "Bearer "+p.token.Reveal())
	}
	resp, err := p.next.RoundTrip(once)
	if err == nil && resp.StatusCode < http.StatusBadRequest {
		// The library would refuse the next request by itself when this one was the last
		// of the hour; waiting is decided here.
		resp.Header.Del("X-RateLimit-Remaining")
		resp.Header.Del("X-RateLimit-Reset")
	}
	return resp, err
}

// pause tells how long to wait before the next attempt, and why; no reason means that
// there is none.
func (p *patient) pause(req *http.Request, resp *http.Response, err error, attempt int) (time.Duration, string) {
	repeatable := req.Method == http.MethodGet && attempt < maxRepeats && req.Context().Err() == nil
	switch {
	case err != nil && repeatable:
		return backoff(attempt), "no answer"
	case err != nil:
		return 0, ""
	case limited(resp):
		return p.limitPause(resp, attempt), "rate limit"
	case resp.StatusCode >= 500 && repeatable:
		return max(backoff(attempt), retryAfter(resp)), resp.Status
	}
	return 0, ""
}

// limited tells that an answer is a rate limit: 429, or a 403 that looks like one. A 403
// without these signs is a missing permission, which waiting does not mend.
func limited(resp *http.Response) bool {
	if resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	return resp.StatusCode == http.StatusForbidden &&
		(resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0" ||
			strings.Contains(peek(resp), "secondary rate limit"))
}

// limitPause follows GitHub's order: Retry-After, else the reset of a used-up limit, else
// a minute, longer each time.
func (p *patient) limitPause(resp *http.Response, attempt int) time.Duration {
	if wait := retryAfter(resp); wait > 0 {
		return wait
	}
	reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	if err == nil && resp.Header.Get("X-RateLimit-Remaining") == "0" {
		// A second more: the clocks differ.
		return max(time.Unix(reset, 0).Sub(p.now()), 0) + time.Second
	}
	return secondaryWait << min(attempt, 4)
}

func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// backoff doubles, with up to half as much again by chance, so that jobs that failed
// together do not come back together.
func backoff(attempt int) time.Duration {
	wait := firstWait << attempt
	return wait + rand.N(wait/2) //nolint:gosec // no secret
}

// peek reads the beginning of an answer and leaves the body as if it had not.
func peek(resp *http.Response) string {
	start, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), rest), rest}
	if err != nil {
		return ""
	}
	return string(start)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
