package neonapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// request is one call as an API method describes it.
type request struct {
	method string
	path   []string // unescaped elements below the base address
	query  url.Values
	body   any // encoded as JSON; nil means none
	// repeat tells that doing it twice is the same as doing it once, so that it
	// may be repeated when nobody knows whether it was carried out.
	repeat bool
	until  time.Time // end of the budget; zero means a fresh one
}

func get(path ...string) request {
	return request{method: http.MethodGet, path: path, repeat: true}
}

func post(body any, path ...string) request {
	return request{method: http.MethodPost, path: path, body: body}
}

func patch(body any, path ...string) request {
	return request{method: http.MethodPatch, path: path, body: body}
}

// do sends r and decodes the answer. A 204 gives the zero Resp. Every failure
// behind the request's own shape is an [Error].
func do[Resp any](ctx context.Context, c *Client, r request) (Resp, error) {
	var out Resp
	resp, tries, err := c.send(ctx, r)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()            // closed over the network already, and of memory now:
	body, err := io.ReadAll(resp.Body) // see attempt
	if err == nil && resp.StatusCode/100 != 2 {
		return out, c.answerError(resp, body, tries)
	}
	if err != nil || resp.StatusCode == http.StatusNoContent {
		return out, err
	}
	if err := json.Unmarshal(body, &out); err != nil {
		return out, c.undecodable(resp, body, tries)
	}
	return out, nil
}

// send makes as many attempts as the policy of this call allows. The response's
// body is in memory.
func (c *Client) send(ctx context.Context, r request) (*http.Response, *tries, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	t := c.newTries(r)
	// A client a call: its Backoff sees neither the context nor, after a failure
	// of the network, a response, so the policy must be bound to the call.
	repeater := retryablehttp.Client{
		HTTPClient:   c.http,
		RetryMax:     math.MaxInt, // the budget ends it, not a number
		CheckRetry:   t.check,
		Backoff:      t.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := repeater.Do(req)
	if err != nil {
		return nil, t, c.networkError(ctx, req.Request, err, t)
	}
	return resp, t, nil
}

func (c *Client) build(ctx context.Context, r request) (*retryablehttp.Request, error) {
	target, err := c.resolve(r)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, target.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.cfg.Key.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// resolve builds the address. Each element is escaped as one, so that a slash in
// it cannot reach another resource; an empty one would make Neon redirect.
func (c *Client) resolve(r request) (*url.URL, error) {
	if len(r.path) > 1 && r.path[0] == "projects" {
		if err := CheckProjectID(r.path[1]); err != nil {
			return nil, err
		}
	}
	escaped := make([]string, len(r.path))
	for i, element := range r.path {
		if element == "" || element == "." || element == ".." {
			return nil, fault.Usage("a request to Neon has an empty part",
				"A branch, endpoint or operation was asked for without its id.", "Give the id, such as br-aged-salad-637688.")
		}
		escaped[i] = url.PathEscape(element)
	}
	target := c.base.JoinPath(escaped...)
	target.RawQuery = r.query.Encode()
	return target, nil
}

// asError finds Neon's answer in an error's chain; nil if there is none.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
