package neonapi

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const (
	testKey     = "napi_secret0123456789"
	testProject = "shiny-wind-028834"
)

// world is a client and a server that talk over a network in memory, so that time
// passes only when both wait: minutes of waiting take no time.
type world struct {
	*Client
	t     *testing.T
	start time.Time

	mu       sync.Mutex
	notices  []string
	requests []seen
}

// seen is a request as it reached the server.
type seen struct {
	Line   string // method, path and query
	Body   string
	Header http.Header
	At     time.Duration // since the start
}

// inBubble runs story against h. Waits draw the middle of their range.
func inBubble(t *testing.T, h http.Handler, cfg Config, story func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, start: time.Now()}
		l := &memory{accept: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: w.record(h)}
		go func() { _ = server.Serve(l) }() // ends with ErrServerClosed
		transport := &http.Transport{DialContext: l.dial}
		defer server.Close()
		defer transport.CloseIdleConnections()
		cfg.BaseURL, cfg.Key, cfg.HTTP, cfg.Notice = "http://localhost/api/v2", testKey, transport, w.note
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		c.jitter = func() float64 { return 0.5 }
		w.Client = c
		story(t, w)
	})
}

func (w *world) note(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices = append(w.notices, s)
}

func (w *world) noted() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.notices, "\n")
}

// record notes each request before h sees it.
func (w *world) record(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		w.mu.Lock()
		w.requests = append(w.requests, seen{r.Method + " " + strings.TrimPrefix(r.RequestURI, "/api/v2"), string(body), r.Header, time.Since(w.start)})
		w.mu.Unlock()
		h.ServeHTTP(rw, r)
	})
}

// lines returns the requests so far.
func (w *world) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, len(w.requests))
	for i, r := range w.requests {
		out[i] = r.Line
	}
	return out
}

func (w *world) took() time.Duration { return time.Since(w.start) }

// memory is a listener without a network. Unlike sockets, its connections let a
// test's clock run while they wait.
type memory struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.accept <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.accept:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

// script answers the n-th request with the n-th step, and with the last one from
// then on.
func script(steps ...http.HandlerFunc) http.Handler {
	var n int
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		step := steps[min(n, len(steps)-1)]
		n++
		mu.Unlock()
		step(w, r)
	})
}

// answer is a step with a status, a body and headers as "Name: value".
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// refuse is a step with a GeneralError.
func refuse(status int, code, message string, headers ...string) http.HandlerFunc {
	return answer(status, encode(problemBody{"0190-req", code, message}), headers...)
}

type problemBody struct {
	RequestID string `json:"request_id"`
	Code      string `json:"code"`
	Message   string `json:"message"`
}

// drop is a step that closes the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// after is a step that takes its time, or until the client has gone.
func after(d time.Duration, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			then(w, r)
		case <-r.Context().Done():
		}
	}
}
