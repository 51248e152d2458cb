package githublocal

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxRequest bounds a request's body: four times the longest comment, as JSON may
// write a character in six bytes.
const maxRequest = 1 << 20

// call is one request that has passed the door.
type call struct {
	*store
	token    *bearer // nil for nobody
	route    route
	req      *http.Request
	body     []byte
	pageSize int // largest page, 0 for GitHub's
}

// reply is an answer; body nil is no content.
type reply struct {
	status int
	body   any
	header http.Header
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// created is a 201 with the address of what was made.
func created(body object) reply {
	at, _ := body["url"].(string)
	return reply{status: http.StatusCreated, body: body, header: http.Header{"Location": {at}}}
}

// Request is one request that came to the API, for tests that count them.
type Request struct {
	Method, Path, Query string
	Status              int // 0 when the connection was dropped unanswered
	Header              http.Header
}

// Requests are all requests to the API so far, oldest first; secrets in headers are hidden.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP tells the API from the pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && slices.Contains(graphqlPaths, r.URL.Path) {
		s.endpoint(graphqlRoute()).ServeHTTP(w, r)
		return
	}
	path, prefixed := strings.CutPrefix(r.URL.EscapedPath(), apiPrefix)
	if !prefixed && path != "/user" && !strings.HasPrefix(path, "/repos/") {
		s.web.ServeHTTP(w, r)
		return
	}
	inner := r.Clone(r.Context())
	u, err := url.ParseRequestURI(or(path, "/"))
	if err != nil {
		http.Error(w, "not an address", http.StatusBadRequest)
		return
	}
	inner.URL.Path, inner.URL.RawPath = u.Path, u.RawPath
	s.api.ServeHTTP(w, inner)
}

// endpoint wraps a route: injected faults, the door, the answer, and the log of requests.
func (s *Server) endpoint(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		id := s.requestID()
		fault := s.faults.take(req)
		if !fault.wait(req.Context()) || fault.Drop == BeforeEffect {
			s.note(req, 0)
			panic(http.ErrAbortHandler) // net/http closes the connection without an answer
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequest))
		var answer reply
		switch {
		case err != nil:
			answer = problem{status: http.StatusRequestEntityTooLarge, message: "Payload too large"}.reply(r)
		case fault.answers():
			answer = fault.reply(id)
		default:
			answer = s.answer(r, req, body)
		}
		if fault.Drop == AfterEffect {
			s.note(req, 0)
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("X-GitHub-Request-Id", id)
		s.write(w, req, answer)
	})
}

// answer does the work under the lock and turns errors into GitHub's.
func (s *Server) answer(r route, req *http.Request, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{store: s.store, route: r, req: req, body: body, pageSize: s.config.PageSize}
	header := http.Header{}
	answer, err := reply{}, s.door(c, header)
	if err == nil {
		answer, err = r.handle(c)
	}
	if err != nil {
		p := problem{status: http.StatusInternalServerError, message: err.Error()}
		errors.As(err, &p)
		answer = p.reply(r)
	}
	for name, values := range answer.header {
		header[name] = values
	}
	answer.header = header
	// The body is put into bytes here: what it refers to may change once the lock is gone.
	if answer.body != nil {
		raw, err := json.Marshal(answer.body)
		if err != nil {
			return reply{status: http.StatusInternalServerError}
		}
		answer.body = json.RawMessage(raw)
	}
	return answer
}

// door asks who calls and whether they may.
func (s *Server) door(c *call, header http.Header) error {
	if given := c.req.Header.Get("Authorization"); given != "" {
		scheme, text, _ := strings.Cut(given, " ")
		known := s.tokens[strings.TrimSpace(text)]
		if known == nil || !(strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "token")) {
			return problem{status: http.StatusUnauthorized, message: "Bad credentials", docs: "https://docs.github.com/rest"}
		}
		c.token = known
		if err := s.meter(known, header); err != nil {
			return err
		}
	}
	if owner := c.req.PathValue("owner"); owner != "" && !c.isThis(owner, c.req.PathValue("repo")) {
		return notFound()
	}
	if c.token == nil {
		return c.nobody()
	}
	header.Set("X-Accepted-GitHub-Permissions", c.route.need.accepted())
	if c.route.need.access == Read && !c.private {
		return nil
	}
	return c.permit(c.route.need)
}

// meter counts the request against the token's hour and tells the caller.
func (s *Server) meter(b *bearer, header http.Header) error {
	limit := b.limit(s.config.RateLimit)
	within := b.spend(limit, s.store.now())
	header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(limit-b.used))
	header.Set("X-RateLimit-Used", strconv.Itoa(b.used))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(b.resets.Unix(), 10))
	header.Set("X-RateLimit-Resource", "core")
	if !within {
		return problem{status: http.StatusForbidden, message: primaryMessage, docs: rateDocs}
	}
	return nil
}

// nobody is what an anonymous caller gets: what is public may be read.
func (c *call) nobody() error {
	if c.route.need.access == Read && !c.private && c.req.URL.Path != "/user" {
		return nil
	}
	if c.private {
		return notFound() // a private repository is not even said to exist
	}
	return problem{status: http.StatusUnauthorized, message: "Requires authentication"}
}

// permit refuses a token that lacks n.
func (c *call) permit(n need) error {
	if n.met(c.token) {
		return nil
	}
	message := "Resource not accessible by integration"
	if !c.token.installation() {
		message = "Resource not accessible by personal access token"
	}
	return problem{status: http.StatusForbidden, message: message}
}

func (st *store) isThis(owner, name string) bool {
	return strings.EqualFold(owner, st.owner) && strings.EqualFold(name, st.name)
}

// number is a number in the path; one that is not there is not found.
func (c *call) number(name string) (int64, error) {
	n, err := strconv.ParseInt(c.req.PathValue(name), 10, 64)
	if err != nil {
		return 0, notFound()
	}
	return n, nil
}

// login is who acts; "" for nobody.
func (c *call) login() string {
	if c.token == nil {
		return ""
	}
	return c.token.login()
}

// decode reads the request's body into v. No body is an empty object.
func (c *call) decode(v any) error {
	if len(c.body) == 0 {
		return nil
	}
	err := json.Unmarshal(c.body, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return problem{
			status:  http.StatusUnprocessableEntity,
			message: fmt.Sprintf("Invalid request.\n\nFor 'properties/%s', %s is not a %s.", wrong.Field, wrong.Value, wrong.Type),
		}
	case err != nil:
		return problem{status: http.StatusBadRequest, message: "Problems parsing JSON"}
	}
	return nil
}

func (s *Server) note(req *http.Request, status int) {
	header := req.Header.Clone()
	if header.Get("Authorization") != "" {
		header.Set("Authorization", "***")
	}
	s.mu.Lock()
	s.requests = append(s.requests, Request{req.Method, req.URL.Path, req.URL.RawQuery, status, header})
	s.mu.Unlock()
	s.config.Logger.Debug("local GitHub", "method", req.Method, "path", req.URL.Path, "status", status)
}

// requestID is what GitHub's support would ask for.
func (s *Server) requestID() string {
	sum := sha256.Sum256(fmt.Append(nil, s.sequence.Add(1)))
	return fmt.Sprintf("%X:%X:%X:%X:%X", sum[:2], sum[2:4], sum[4:7], sum[7:10], sum[10:14])
}

func (s *Server) write(w http.ResponseWriter, req *http.Request, answer reply) {
	raw, _ := answer.body.(json.RawMessage)
	if raw == nil && answer.body != nil {
		raw, _ = json.Marshal(answer.body)
	}
	h := w.Header()
	for name, values := range answer.header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	status := answer.status
	if req.Method == http.MethodGet && status == http.StatusOK {
		tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(raw))
		h.Set("ETag", tag)
		if req.Header.Get("If-None-Match") == tag {
			status, raw = http.StatusNotModified, nil
		}
	}
	if raw != nil {
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(raw)))
	}
	s.note(req, status)
	w.WriteHeader(status)
	_, _ = w.Write(raw) // fails if the caller is gone: nothing to tell
}
