package githublocal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// description is GitHub's own, cut down to the served paths: whole, it takes half a
// minute to read.
var description = sync.OnceValues(func() (*openapi3.T, error) {
	root, err := toolsDir()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(root, "node/node_modules/@octokit/openapi/generated/api.github.com.json"))
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	cut, err := json.Marshal(cutDown(whole))
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(cut)
	if err == nil {
		outdated(doc)
	}
	return doc, err
})

// outdated mends the one place where GitHub answers otherwise than it describes: a comment whose line
// is gone has null for it, as the description of the webhook's payload says.
func outdated(doc *openapi3.T) {
	comment := doc.Components.Schemas["pull-request-review-comment"].Value
	for _, name := range []string{"line", "position"} {
		comment.Properties[name].Value.Nullable = true
	}
}

// toolsDir is .tools of this checkout, where the vendor's packages are.
func toolsDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".tools"), nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above the test")
		}
	}
}

// missing ends a test whose tool is not there: aloud in CI, with the way to get it elsewhere.
func missing(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: %v", what, err)
	}
	t.Skipf("%s is missing (%v): run make setup", what, err)
}

// shape is a path with its parameters' names taken out, as they differ.
func shape(path string) string {
	return regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "{}")
}

// cutDown keeps the served paths and what they refer to.
func cutDown(whole map[string]any) map[string]any {
	served := map[string]bool{}
	for _, e := range githublocal.Endpoints() {
		served[shape(e.Path)] = true
	}
	paths := map[string]any{}
	for path, item := range whole["paths"].(map[string]any) {
		if served[shape(path)] {
			paths[path] = item
		}
	}
	all := whole["components"].(map[string]any)
	kept := map[string]any{}
	keep := func(kind, name string) any {
		section, _ := kept[kind].(map[string]any)
		if section == nil {
			section = map[string]any{}
			kept[kind] = section
		}
		if section[name] != nil {
			return nil
		}
		section[name] = all[kind].(map[string]any)[name]
		return section[name]
	}
	follow(paths, keep)
	for _, name := range []string{"basic-error", "validation-error", "validation-error-simple"} {
		follow(keep("schemas", name), keep)
	}
	return map[string]any{"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": kept}
}

// follow walks over a part of the description and keeps all that it refers to.
func follow(part any, keep func(kind, name string) any) {
	switch part := part.(type) {
	case map[string]any:
		delete(part, "examples") // a megabyte that nothing reads
		if ref, ok := part["$ref"].(string); ok {
			kind, name, _ := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
			follow(keep(kind, name), keep)
		}
		for _, inner := range part {
			follow(inner, keep)
		}
	case []any:
		for _, inner := range part {
			follow(inner, keep)
		}
	}
}

// vendor is a transport that holds each request and each response to the description.
type vendor struct {
	t   testing.TB
	doc *openapi3.T
	// wrong lets requests be what the description forbids: the answer is what is looked at.
	wrong bool

	mu   sync.Mutex
	seen map[string]int // "GET /path/{}" to how often it was answered well
}

func newVendor(t testing.TB) *vendor {
	t.Helper()
	doc, err := description()
	if err != nil {
		missing(t, "GitHub's OpenAPI description", err)
	}
	return &vendor{t: t, doc: doc, seen: map[string]int{}}
}

// RoundTrip implements [http.RoundTripper].
func (v *vendor) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	checked := req.Clone(context.Background())
	checked.Body = io.NopCloser(bytes.NewReader(body))
	v.check(checked, resp, raw)
	return resp, nil
}

func (v *vendor) check(req *http.Request, resp *http.Response, raw []byte) {
	route, params := v.route(req)
	what := fmt.Sprintf("%s %s -> %d", req.Method, req.URL.Path, resp.StatusCode)
	if route == nil {
		if resp.StatusCode != http.StatusNotFound {
			v.t.Errorf("%s: GitHub does not describe it", what)
		}
		return
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, MultiError: true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.WithStringFormatValidator("uri", openapi3.NewCallbackValidator(whole)),
		},
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil && !v.wrong {
		v.t.Errorf("%s: the request is not as described: %v", what, brief(err))
	}
	if route.Operation.Responses.Status(resp.StatusCode) == nil {
		v.checkError(what, resp.StatusCode, raw)
		return
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Options: options,
	}
	if err := openapi3filter.ValidateResponse(req.Context(), out.SetBodyBytes(raw)); err != nil {
		v.t.Errorf("%s: the response is not as described: %v", what, brief(err))
		return
	}
	if resp.StatusCode < 300 {
		v.mu.Lock()
		v.seen[req.Method+" "+shape(route.Path)]++
		v.mu.Unlock()
	}
}

// whole accepts absolute addresses, and the empty text that GitHub sends for none.
func whole(text string) error {
	u, err := url.Parse(text)
	if err == nil && text != "" && u.Scheme == "" {
		err = fmt.Errorf("%q is not a whole address", text)
	}
	return err
}

// checkError holds the errors that any endpoint may answer with, and no operation lists,
// to the shape of all errors.
func (v *vendor) checkError(what string, status int, raw []byte) {
	if !slices.Contains([]int{400, 401, 403, 404, 422, 429, 500, 502, 503, 504}, status) {
		v.t.Errorf("%s: the description does not know this status", what)
		return
	}
	var body any
	if err := json.Unmarshal(raw, &body); err != nil {
		v.t.Errorf("%s: %v", what, err)
		return
	}
	var last error
	for _, name := range []string{"validation-error", "validation-error-simple", "basic-error"} {
		if last = v.doc.Components.Schemas[name].Value.VisitJSON(body); last == nil {
			return
		}
	}
	v.t.Errorf("%s: not an error of GitHub's shape: %v", what, brief(last))
}

// brief cuts kin-openapi's errors, which print the whole schema.
func brief(err error) string {
	text := err.Error()
	if os.Getenv("VENDOR_VERBOSE") == "" && len(text) > 600 {
		text = text[:600] + " ..."
	}
	return text
}

// route finds the operation of a request; nil if there is none.
func (v *vendor) route(req *http.Request) (*routers.Route, map[string]string) {
	segments := strings.Split(strings.TrimPrefix(req.URL.EscapedPath(), "/api/v3"), "/")
	var best *routers.Route
	var found map[string]string
	for path, item := range v.doc.Paths.Map() {
		want := strings.Split(path, "/")
		if len(want) != len(segments) || item.GetOperation(req.Method) == nil {
			continue
		}
		params, fits := map[string]string{}, true
		for i, w := range want {
			if strings.HasPrefix(w, "{") {
				params[strings.Trim(w, "{}")], _ = url.PathUnescape(segments[i])
			} else if w != segments[i] {
				fits = false
			}
		}
		if fits && (found == nil || len(params) < len(found)) {
			best = &routers.Route{Spec: v.doc, Path: path, PathItem: item, Method: req.Method, Operation: item.GetOperation(req.Method)}
			found = params
		}
	}
	return best, found
}

// The table of routes points at GitHub's own pages, and each endpoint is one of GitHub's.
func TestRoutesAreGitHubs(t *testing.T) {
	v := newVendor(t)
	for _, e := range githublocal.Endpoints() {
		found := false
		for path, item := range v.doc.Paths.Map() {
			op := item.GetOperation(e.Method)
			if shape(path) != shape(e.Path) || op == nil {
				continue
			}
			found = true
			if got := op.ExternalDocs.URL; got != e.Docs {
				t.Errorf("%s %s: documented at %s, the table says %s", e.Method, e.Path, got, e.Docs)
			}
		}
		if !found {
			t.Errorf("%s %s: GitHub does not describe it", e.Method, e.Path)
		}
	}
}
