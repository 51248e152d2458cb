package neonlocal

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

const (
	prefix     = "/api/v2"
	faultsPath = "/faults"
	maxBody    = 1 << 20
)

// handler answers a request with a document or an error, preferably an *apiError.
type handler func(*http.Request) (any, error)

// noContent is the document of a 204.
type noContent struct{}

// created marks the document of a 201.
type created struct{ document any }

// handler is everything that is served.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range s.routes() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" "+prefix+path, s.api(s.locked(h)))
	}
	for pattern, h := range s.slowRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" "+prefix+path, s.api(h))
	}
	mux.HandleFunc(faultsPath, s.serveFaults)
	mux.Handle("/", s.api(func(*http.Request) (any, error) { return nil, noRoute() }))
	return mux
}

// routes are answered with Server.mu held: they read or change what is remembered, and leave the
// work to operations.
func (s *Server) routes() map[string]handler {
	const branch = "/projects/{project}/branches/{branch}"
	return map[string]handler{
		"GET /auth":                                      s.getAuth,
		"GET /users/me":                                  s.getUser,
		"GET /users/me/organizations":                    s.listOrganizations,
		"GET /projects":                                  s.listProjects,
		"POST /projects":                                 s.createProject,
		"GET /projects/{project}":                        s.getProject,
		"GET /projects/{project}/operations":             s.listOperations,
		"GET /projects/{project}/operations/{operation}": s.getOperation,
		"GET /projects/{project}/connection_uri":         s.getConnectionURI,

		"GET /projects/{project}/branches":       s.listBranches,
		"POST /projects/{project}/branches":      s.createBranch,
		"GET /projects/{project}/branches/count": s.countBranches,
		"GET " + branch:                          s.getBranch,
		"PATCH " + branch:                        s.updateBranch,
		"DELETE " + branch:                       s.deleteBranch,
		"POST " + branch + "/restore":            s.restoreBranch,
		"POST " + branch + "/set_as_default":     s.setDefault,

		"GET " + branch + "/endpoints":                          s.listBranchEndpoints,
		"GET /projects/{project}/endpoints":                     s.listEndpoints,
		"POST /projects/{project}/endpoints":                    s.createEndpoint,
		"GET /projects/{project}/endpoints/{endpoint}":          s.getEndpoint,
		"PATCH /projects/{project}/endpoints/{endpoint}":        s.updateEndpoint,
		"DELETE /projects/{project}/endpoints/{endpoint}":       s.deleteEndpoint,
		"POST /projects/{project}/endpoints/{endpoint}/start":   s.startEndpoint,
		"POST /projects/{project}/endpoints/{endpoint}/suspend": s.suspendEndpoint,
		"POST /projects/{project}/endpoints/{endpoint}/restart": s.restartEndpoint,

		"GET " + branch + "/roles":                        s.listRoles,
		"POST " + branch + "/roles":                       s.createRole,
		"GET " + branch + "/roles/{role}":                 s.getRole,
		"DELETE " + branch + "/roles/{role}":              s.deleteRole,
		"GET " + branch + "/roles/{role}/reveal_password": s.revealPassword,
		"POST " + branch + "/roles/{role}/reset_password": s.resetPassword,
		"GET " + branch + "/databases":                    s.listDatabases,
		"POST " + branch + "/databases":                   s.createDatabase,
		"GET " + branch + "/databases/{database}":         s.getDatabase,
		"DELETE " + branch + "/databases/{database}":      s.deleteDatabase,
	}
}

// slowRoutes ask clusters and take Server.mu only for moments.
func (s *Server) slowRoutes() map[string]handler {
	const branch = "/projects/{project}/branches/{branch}"
	return map[string]handler{
		"GET " + branch + "/schema":         s.getSchema,
		"GET " + branch + "/compare_schema": s.compareSchema,
	}
}

// locked runs h with Server.mu held, and encodes its answer before letting go: operations change
// what the answer shows.
func (s *Server) locked(h handler) handler {
	return func(r *http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		out, err := h(r)
		if err != nil {
			return nil, err
		}
		if r.Method != http.MethodGet {
			s.save()
		}
		if made, ok := out.(created); ok {
			made.document, err = json.Marshal(made.document)
			return made, err
		}
		if _, ok := out.(noContent); ok {
			return out, nil
		}
		return json.Marshal(out)
	}
}

// api serves h with the key, the ids and the faults looked at first.
func (s *Server) api(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(requestIDHeader, cmp.Or(r.Header.Get(requestIDHeader), uuid()))
		one, struck := s.faults.take(func(f *Fault) bool { return f.strikesRequest(r) })
		if struck && pause(r.Context(), one.Delay) != nil || one.Drop == dropBefore {
			panic(http.ErrAbortHandler) // ends the connection
		}
		if one.Status != 0 {
			if one.RetryAfter != "" {
				w.Header().Set("Retry-After", one.RetryAfter)
			}
			s.writeError(w, r, one.answer())
			return
		}
		out, err := s.answer(r, h)
		if one.Drop == dropAfter {
			panic(http.ErrAbortHandler)
		}
		s.writeAnswer(w, r, out, err)
	})
}

const requestIDHeader = "X-Request-Id"

func (s *Server) answer(r *http.Request, h handler) (any, error) {
	if !s.authorized(r) {
		return nil, unauthorized()
	}
	for _, name := range []string{"project", "branch", "endpoint"} {
		if value := r.PathValue(name); value != "" && !validID.MatchString(value) {
			return nil, noRoute()
		}
	}
	return h(r)
}

// validID is Neon's pattern for ids in paths; anything else is no route.
var validID = regexp.MustCompile(`^[a-z0-9-]{1,60}$`)

func (s *Server) authorized(r *http.Request) bool {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return false
	}
	return s.cfg.Key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.cfg.Key.Reveal())) == 1
}

// writeAnswer sends an answer: a document that is encoded already or not yet, nothing, or an error.
func (s *Server) writeAnswer(w http.ResponseWriter, r *http.Request, out any, err error) {
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	status := http.StatusOK
	if made, ok := out.(created); ok {
		status, out = http.StatusCreated, made.document
	}
	if _, ok := out.(noContent); ok {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, ok := out.([]byte)
	if !ok {
		if body, err = json.Marshal(out); err != nil {
			s.writeError(w, r, err)
			return
		}
	}
	s.cfg.Logger.Debug("request", "method", r.Method, "path", r.URL.Path, "status", status)
	writeJSON(w, status, body)
}

func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	said := &apiError{Status: http.StatusInternalServerError}
	if known := (*apiError)(nil); errors.As(err, &known) {
		*said = *known
	} else {
		said.Message = err.Error()
		s.cfg.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	said.RequestID = r.Header.Get(requestIDHeader)
	body, err := json.Marshal(said)
	if err != nil {
		panic(err) // three strings can be encoded
	}
	s.cfg.Logger.Debug("request", "method", r.Method, "path", r.URL.Path, "status", said.Status, "message", said.Message)
	writeJSON(w, said.Status, body)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

func readBody(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && len(raw) > maxBody {
		err = fmt.Errorf("the body is longer than %d bytes", maxBody)
	}
	return raw, err
}

// decode reads a body; none is the zero value.
func decode[T any](r *http.Request) (T, error) {
	var in T
	raw, err := readBody(r)
	if err == nil && len(bytes.TrimSpace(raw)) > 0 {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		return in, badRequest("invalid request body: %v", err)
	}
	return in, nil
}

// limitOf reads the limit of a page: otherwise if it is not given, and not more than most.
func limitOf(r *http.Request, otherwise, most int) (int, error) {
	raw := r.URL.Query().Get("limit")
	if raw == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 {
		return 0, badRequest("invalid limit")
	}
	return min(n, most), nil
}

func (s *Server) project(r *http.Request) (*project, error) {
	id := r.PathValue("project")
	p := first(s.projects, func(p *project) bool { return p.ID == id })
	if p == nil {
		return nil, notFound("PROJECT_NOT_FOUND", "project")
	}
	return p, nil
}

func (s *Server) branch(r *http.Request) (*project, *branch, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, nil, err
	}
	b := p.branch(r.PathValue("branch"))
	if b == nil {
		return nil, nil, notFound("BRANCH_NOT_FOUND", "branch")
	}
	return p, b, nil
}
