package neonapi

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// The range of the first wait, and of the longest. Operations take 0.1 to 5 s
	// each, and Neon answers 429 from 11 requests a second on.
	firstWait = time.Second
	maxWait   = 10 * time.Second
	// leastWait keeps a lucky draw from hammering a busy project.
	leastWait = 100 * time.Millisecond

	notReady = "branch not ready yet"
)

// tries is the retry policy of one call and what became of it.
type tries struct {
	client       *Client
	request      request
	began, until time.Time
	made         int
	next         time.Duration // the wait that check decided and backoff hands over
	refused      time.Duration // the wait that would have gone past the budget
	last         string        // why the last attempt failed, if it may be repeated
}

func (c *Client) newTries(r request) *tries {
	t := &tries{client: c, request: r, began: c.now(), until: r.until}
	if t.until.IsZero() {
		t.until = c.until()
	}
	return t
}

// check implements [retryablehttp.CheckRetry].
func (t *tries) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	t.made++
	t.log(ctx, resp, err)
	if ctx.Err() != nil {
		return false, nil //nolint:nilerr // no error of ours: a last answer that came in time still counts
	}
	t.last = t.reason(resp, err)
	if t.last == "" {
		return false, nil
	}
	wait := t.client.backoff(t.made, resp)
	if t.client.now().Add(wait).After(t.until) {
		t.refused = wait
		return false, nil
	}
	t.next = wait
	t.client.notice("Neon: %s; asking again in %s.", t.last, wait.Round(leastWait))
	return true, nil
}

// backoff implements [retryablehttp.Backoff] with what check decided.
func (t *tries) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return t.next }

func (t *tries) log(ctx context.Context, resp *http.Response, err error) {
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	t.client.cfg.Logger.DebugContext(ctx, "neon api", "method", t.request.method, "path", t.request.path, "attempt", t.made, "status", status, "failed", err != nil)
}

// reason tells in words why the attempt failed if the call may be repeated, else "".
func (t *tries) reason(resp *http.Response, err error) string {
	switch {
	case err != nil && t.request.repeat && passing(err):
		return plain(err).Error()
	case err != nil:
		return ""
	case resp.StatusCode == http.StatusLocked:
		return "the project is busy with another operation (423)"
	case resp.StatusCode == http.StatusTooManyRequests:
		return "too many requests (429)"
	case resp.StatusCode == http.StatusServiceUnavailable:
		return "not available for the moment (503)"
	case resp.StatusCode == http.StatusUnprocessableEntity && strings.Contains(string(peek(resp)), notReady):
		return "the branch is not ready yet (422)"
	case resp.StatusCode >= 500 && t.request.repeat:
		return fmt.Sprintf("a failure on its side (%d)", resp.StatusCode)
	}
	return ""
}

// passing tells whether a failure of the network may be gone a moment later. A
// name that does not exist, a certificate that is not trusted and an answer
// without end will be the same again.
func passing(err error) bool {
	var (
		name      *net.DNSError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return !name.IsNotFound
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		return false
	}
	return !errors.Is(err, errTooLong)
}

// backoff is the wait after the n-th attempt: full jitter over a range that doubles,
// and never less than a Retry-After asks for.
func (c *Client) backoff(n int, resp *http.Response) time.Duration {
	reach := min(float64(maxWait), float64(firstWait)*math.Pow(2, float64(n-1)))
	wait := max(leastWait, time.Duration(c.jitter()*reach))
	if resp == nil {
		return wait
	}
	return max(wait, retryAfter(resp.Header.Get("Retry-After"), c.now()))
}

// retryAfter reads the header in both its forms, seconds and HTTP-date (RFC 9110,
// section 10.2.3); zero if it is absent, past or not to be understood.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(header), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// pause waits between two requests of one call; false when the budget ends first.
func (c *Client) pause(ctx context.Context, wait time.Duration, until time.Time) (bool, error) {
	if c.now().Add(wait).After(until) {
		return false, nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-timer.C:
		return true, nil
	}
}
