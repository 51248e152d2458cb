package neonapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

const (
	maxMessage = 1 << 10 // bytes of Neon's words kept in an error's text
	maxBody    = 4 << 10 // bytes of an answer kept beside it
)

// Error is a call that failed: Neon's answer, or why there was none. It holds
// neither the key nor a database address, whatever Neon answered.
type Error struct {
	Method string
	// URL is the address without its query.
	URL string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is Neon's, such as BRANCHES_LIMIT_EXCEEDED; often empty.
	Code string
	// Message is Neon's own sentence, on one line; at most 1 KiB.
	Message string
	// RequestID is what Neon's support asks for.
	RequestID string
	// Body is the answer's beginning, at most 4 KiB; empty when the answer was
	// meant as a success, because it may then contain passwords.
	Body string
	// Attempts and Took tell how often and how long the call was tried.
	Attempts int
	Took     time.Duration
	// Wanted is the further wait that was not made because it would have gone past
	// the budget; zero if there was none.
	Wanted time.Duration
	// Err is the failure of the network or of the context, if there was no answer.
	Err error

	notJSON bool
	stopped bool // by the caller's context, whatever the network said
}

// Error implements error: request, status, Neon's words, and what was waited for.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.URL)
	switch {
	case e.Status == 0:
		fmt.Fprint(&b, e.Err)
	default:
		b.WriteString(strings.Join(nonEmpty(fmt.Sprintf("%d", e.Status), e.Code, cmp.Or(e.Message, http.StatusText(e.Status))), " "))
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request id %s)", e.RequestID)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, "; asked %d times within %s", e.Attempts, e.Took.Round(time.Second))
	}
	if e.Wanted > 0 {
		fmt.Fprintf(&b, "; the next wait of %s would go past the budget", e.Wanted.Round(time.Millisecond))
	}
	return b.String()
}

// Unwrap gives the failure of the network or of the context.
func (e *Error) Unwrap() error { return e.Err }

func nonEmpty(all ...string) []string {
	out := all[:0]
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// errorOf fills in what every failed call knows.
func (c *Client) errorOf(req *http.Request, t *tries) *Error {
	where := *req.URL
	where.RawQuery, where.User = "", nil
	return &Error{
		Method: req.Method, URL: c.masker.Mask(where.String()),
		Attempts: t.made, Took: c.now().Sub(t.began), Wanted: t.refused,
	}
}

// networkError is a call without an answer. What the context ended can be told by
// errors.Is with [context.Canceled].
func (c *Client) networkError(ctx context.Context, req *http.Request, err error, t *tries) error {
	e := c.errorOf(req, t)
	e.Err = plain(err)
	if ctx.Err() == nil {
		return e
	}
	e.stopped, e.Err = true, context.Cause(ctx)
	if t.last != "" {
		e.Err = fmt.Errorf("%s; stopped before asking again: %w", t.last, e.Err)
	}
	return e
}

// plain drops the request that net/http repeats in its errors.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// answerError is an answer that is no success.
func (c *Client) answerError(resp *http.Response, body []byte, t *tries) error {
	e := c.errorOf(resp.Request, t)
	e.Status = resp.StatusCode
	p := parseProblem(body)
	e.notJSON = p.notJSON
	e.Code, e.Message = c.clean(p.Code, maxMessage), c.clean(p.Message, maxMessage)
	e.RequestID = c.clean(cmp.Or(p.RequestID, resp.Header.Get("X-Request-Id")), maxMessage)
	e.Body = c.clean(string(body), maxBody)
	if to, err := resp.Location(); err == nil && e.Status/100 == 3 {
		e.Message = c.clean("redirected to "+to.Redacted(), maxMessage)
	}
	return e
}

// undecodable is a success that is not the JSON it should be.
func (c *Client) undecodable(resp *http.Response, body []byte, t *tries) error {
	e := c.errorOf(resp.Request, t)
	e.Status, e.notJSON = resp.StatusCode, true
	e.RequestID = c.clean(resp.Header.Get("X-Request-Id"), maxMessage)
	e.Message = "the answer is not the JSON that was expected"
	if page, ok := htmlTitle(body); ok {
		e.Message, e.Body = c.clean(page, maxMessage), c.clean(string(body), maxBody)
	}
	return e
}

// problem is the body of an answer that is no success: Neon's GeneralError.
type problem struct {
	RequestID string `json:"request_id"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	notJSON   bool
}

// parseProblem reads what it can: proxies answer in Neon's place with pages and
// plain words.
func parseProblem(body []byte) problem {
	var p problem
	if err := json.Unmarshal(body, &p); err == nil || len(body) == 0 {
		return p
	}
	p = problem{notJSON: true, Message: string(body)}
	if page, ok := htmlTitle(body); ok {
		p.Message = page
	}
	return p
}

// htmlTitle names a page by its title; false if body is none.
func htmlTitle(body []byte) (string, bool) {
	page := strings.TrimSpace(string(body))
	if !strings.HasPrefix(page, "<") {
		return "", false
	}
	lower := asciiLower(page)
	_, rest, found := strings.Cut(lower, "<title>")
	end := strings.Index(rest, "</title>")
	if !found || end < 0 {
		return "an HTML page instead of JSON", true
	}
	start := len(lower) - len(rest)
	return fmt.Sprintf("an HTML page instead of JSON: %s", strings.TrimSpace(page[start:start+end])), true
}

// asciiLower keeps every byte at its place, which strings.ToLower does not.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// clean makes a stranger's words fit for a log line: secrets hidden, on one line,
// without control characters, bounded. It hides before it cuts, so that no half of
// a secret stays.
func (c *Client) clean(s string, limit int) string {
	s = hideAddresses(c.masker.Mask(strings.ToValidUTF8(s, "?")))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit-len("…")], "") + "…"
}

// hideAddresses replaces every Postgres address up to the next space or quotation
// mark, also where JSON has escaped its slashes.
func hideAddresses(s string) string {
	var b strings.Builder
	lower := asciiLower(s)
	for from := 0; ; {
		at := strings.Index(lower[from:], "postgres")
		if at < 0 {
			b.WriteString(s[from:])
			return b.String()
		}
		at += from
		end := len(s)
		if i := strings.IndexAny(s[at:], " \t\r\n\"'`<>"); i >= 0 {
			end = at + i
		}
		b.WriteString(s[from:at])
		if word := s[at:end]; strings.Contains(word, "://") || strings.Contains(word, `:\/\/`) {
			b.WriteString("postgresql://***")
		} else {
			b.WriteString(word)
		}
		from = end
	}
}
