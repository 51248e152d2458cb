package neonlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const testKey = "napi_test"

// world is a local Neon with one project, and a client that holds every exchange to Neon's description.
type world struct {
	*Server
	t       testing.TB
	project ProjectInfo
	client  *http.Client
}

func startWorld(t testing.TB, change func(*Config)) *world {
	t.Helper()
	w := startEmpty(t, change)
	w.project = w.newProject(ProjectSpec{})
	return w
}

func startEmpty(t testing.TB, change func(*Config)) *world {
	t.Helper()
	config := Config{
		Binaries: findBinaries(t, 0), Key: secret.Text(testKey), OperationTime: -1, SweepEvery: 20 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if change != nil {
		change(&config)
	}
	s, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: s, t: t, client: &http.Client{Transport: describedTransport(t)}}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return w
}

// findBinaries finds the system's PostgreSQL, or fetches an embedded one into the user's cache; its initdb
// runs once for all worlds.
func findBinaries(t testing.TB, major int) postgres.Binaries {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	binaries, err := postgres.FindBinaries(t.Context(), major, postgres.CacheDir(cache), nil)
	if err != nil {
		t.Fatal(err)
	}
	if binaries, err = postgrestest.Quick(binaries); err != nil {
		t.Fatal(err)
	}
	return binaries
}

func (w *world) newProject(spec ProjectSpec) ProjectInfo {
	w.t.Helper()
	info, err := w.CreateProject(w.t.Context(), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	return info
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// repository is the directory of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the test")
	return ""
}

// nodeModules is where Neon's npm packages are; without them there is nothing to be held to.
func nodeModules(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(repository(t), ".tools", "node", "node_modules")
	if _, err := os.Stat(filepath.Join(dir, "@neondatabase", "api-client", "package.json")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("Neon's npm packages are missing: run make setup")
		}
		t.Skip("Neon's npm packages are missing: run make setup")
	}
	return dir
}

// described checks requests and responses against Neon's own description.
type described struct {
	t      testing.TB
	router routers.Router
}

func describedTransport(t testing.TB) *described {
	t.Helper()
	router, err := descriptionIn(nodeModules(t))
	if err != nil {
		t.Fatalf("reading Neon's description: %v", err)
	}
	return &described{t: t, router: router}
}

var description struct {
	sync.Once
	router routers.Router
	err    error
}

// descriptionIn reads Neon's description once for all worlds: it is long.
func descriptionIn(modules string) (routers.Router, error) {
	description.Do(func() { description.router, description.err = readDescription(modules) })
	return description.router, description.err
}

func readDescription(modules string) (routers.Router, error) {
	file := filepath.Join(modules, "@neondatabase", "api-client", "public-v2-for-users.gen.yaml")
	document, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	document.Servers = nil // paths are looked up below the prefix
	return legacy.NewRouter(document, openapi3.DisableSchemaPatternValidation(), openapi3.DisableExamplesValidation())
}

// RoundTrip implements [http.RoundTripper].
func (d *described) RoundTrip(r *http.Request) (*http.Response, error) {
	body := drain(&r.Body)
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer := drain(&response.Body)
	if strings.HasPrefix(r.URL.Path, prefix) {
		if err := d.check(r, body, response, answer); err != nil {
			d.t.Errorf("%s %s -> %d is not as Neon describes it: %v\n%s", r.Method, r.URL, response.StatusCode, err, answer)
		}
	}
	return response, nil
}

func drain(body *io.ReadCloser) []byte {
	if *body == nil {
		return nil
	}
	raw, _ := io.ReadAll(*body)
	_ = (*body).Close()
	*body = io.NopCloser(bytes.NewReader(raw))
	return raw
}

// check holds successful requests to the description too; those that are refused may well be wrong.
func (d *described) check(r *http.Request, body []byte, response *http.Response, answer []byte) error {
	request := r.Clone(context.Background())
	request.Body = io.NopCloser(bytes.NewReader(body))
	request.URL.Path = strings.TrimPrefix(request.URL.Path, prefix)
	route, params, err := d.router.FindRoute(request)
	if err != nil {
		if response.StatusCode == http.StatusNotFound {
			return nil
		}
		return fmt.Errorf("no such route: %w", err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options}
	if response.StatusCode < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: options,
	})
}

// document is a decoded answer, with a path to get at its parts.
type document map[string]any

// at walks down a path such as "branches.0.id"; nil if there is nothing.
func (d document) at(path string) any {
	var here any = map[string]any(d)
	for _, part := range strings.Split(path, ".") {
		switch now := here.(type) {
		case map[string]any:
			here = now[part]
		case []any:
			i := 0
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(now) {
				return nil
			}
			here = now[i]
		default:
			return nil
		}
	}
	return here
}

func (d document) text(path string) string {
	text, _ := d.at(path).(string)
	return text
}

// send makes a request and gives the status and the answer.
func (w *world) send(method, path string, body any) (int, document) {
	w.t.Helper()
	status, out, err := w.try(method, path, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, out
}

func (w *world) try(method, path string, body any) (int, document, error) {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.URL()+path, content)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	var out document
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return response.StatusCode, out, nil
}

// must makes a request, expects the status, and waits until the project's operations are over.
func (w *world) must(status int, method, path string, body any) document {
	w.t.Helper()
	got, out := w.send(method, path, body)
	if got != status {
		w.t.Fatalf("%s %s: %d %v, want %d", method, path, got, out, status)
	}
	w.settle()
	return out
}

// settle waits until no operation is going on.
func (w *world) settle() {
	w.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for w.anyBusy() {
		if time.Now().After(deadline) {
			w.t.Fatal("operations do not end")
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (w *world) anyBusy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.projects {
		if p.busy() {
			return true
		}
	}
	return false
}

// branches is the path of the project's branches.
func (w *world) branches(more ...string) string {
	return strings.Join(append([]string{"/projects/" + w.project.ID + "/branches"}, more...), "/")
}

type object = map[string]any

// create makes a branch with a compute and waits for it.
func (w *world) create(name string, branch object) document {
	w.t.Helper()
	if branch == nil {
		branch = object{}
	}
	branch["name"] = name
	return w.must(http.StatusCreated, "POST", w.branches(), object{"branch": branch, "endpoints": []object{{"type": "read_write"}}})
}

// uri asks for a branch's address.
func (w *world) uri(branchID string) string {
	w.t.Helper()
	path := fmt.Sprintf("/projects/%s/connection_uri?branch_id=%s&database_name=%s&role_name=%s",
		w.project.ID, branchID, w.project.Database, w.project.Role)
	return w.must(http.StatusOK, "GET", path, nil).text("uri")
}

func connect(t testing.TB, uri string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), uri)
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t testing.TB, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func scalar[T any](t testing.TB, conn *pgx.Conn, query string) T {
	t.Helper()
	var out T
	if err := conn.QueryRow(t.Context(), query).Scan(&out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// serveHTTP serves h on a free port until the test is over.
func serveHTTP(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
