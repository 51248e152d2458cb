package github

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	testToken = secret.Text("ghs_0123456789abcdefTOKEN")
	// smallPage makes every list of three run over pages.
	smallPage = 2
)

// comment is a comment as GitHub's API writes it.
type comment struct {
	ID      int64             `json:"id"`
	Body    string            `json:"body"`
	HTMLURL string            `json:"html_url"`
	User    map[string]string `json:"user"`
}

// fake is a small GitHub: one repository, comments in pages of two, and answers that a
// test puts in front of the real ones.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	login    string // author of what is written
	next     int64
	comments map[int][]comment
	pulls    []string // JSON
	requests []string
	bodies   []string
	// before is asked first; true means that it answered.
	before func(w http.ResponseWriter, r *http.Request) bool
	// afterCreate runs under the lock when a comment was made.
	afterCreate func(number int)
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{login: actionsBot, next: 100, comments: map[int][]comment{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"login":%q}`, f.login) })
	mux.HandleFunc("GET /repos/acme/shop/issues/{number}/comments", f.list)
	mux.HandleFunc("POST /repos/acme/shop/issues/{number}/comments", f.create)
	mux.HandleFunc("PATCH /repos/acme/shop/issues/comments/{id}", f.edit)
	mux.HandleFunc("DELETE /repos/acme/shop/issues/comments/{id}", f.remove)
	mux.HandleFunc("GET /repos/acme/shop/pulls", f.listPulls)
	mux.HandleFunc("GET /repos/acme/shop/pulls/{number}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, f.pulls[0]) })
	mux.HandleFunc("GET /repos/acme/shop/commits/{sha}/pulls", f.listPulls)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.requests = append(f.requests, r.Method+" "+r.URL.RequestURI())
		if got := r.Header.Get("Authorization"); got != "Bearer "+testToken.Reveal() {
			t.Errorf("%s %s came without the token", r.Method, r.URL)
		}
		if f.before != nil && f.before(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	servePage(w, r, f.comments[number(r, "number")])
}

func (f *fake) listPulls(w http.ResponseWriter, r *http.Request) {
	raw := make([]json.RawMessage, len(f.pulls))
	for i, p := range f.pulls {
		raw[i] = json.RawMessage(p)
	}
	servePage(w, r, raw)
}

// servePage answers with one page and the Link header that leads on.
func servePage[T any](w http.ResponseWriter, r *http.Request, all []T) {
	page := max(1, atoi(r.URL.Query().Get("page")))
	from := min((page-1)*smallPage, len(all))
	to := min(from+smallPage, len(all))
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?per_page=2&page=%d>; rel="next"`, r.Host, r.URL.Path, page+1))
	}
	json.NewEncoder(w).Encode(all[from:to])
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	n := number(r, "number")
	made := f.add(n, f.login, readBody(f, r))
	if f.afterCreate != nil {
		f.afterCreate(n)
	}
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(made)
}

// add puts a comment on a pull request without a request.
func (f *fake) add(pull int, login, body string) comment {
	f.next++
	made := comment{ID: f.next, Body: body, HTMLURL: fmt.Sprintf("https://github.test/%d#%d", pull, f.next), User: map[string]string{"login": login}}
	f.comments[pull] = append(f.comments[pull], made)
	return made
}

func (f *fake) edit(w http.ResponseWriter, r *http.Request) {
	for pull, all := range f.comments {
		for i := range all {
			if all[i].ID == int64(number(r, "id")) {
				f.comments[pull][i].Body = readBody(f, r)
				json.NewEncoder(w).Encode(f.comments[pull][i])
				return
			}
		}
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

func (f *fake) remove(w http.ResponseWriter, r *http.Request) {
	for pull, all := range f.comments {
		f.comments[pull] = slices.DeleteFunc(all, func(c comment) bool { return c.ID == int64(number(r, "id")) })
	}
	w.WriteHeader(http.StatusNoContent)
}

func readBody(f *fake, r *http.Request) string {
	var in struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		panic(err) // ends the connection: the client under test fails
	}
	f.bodies = append(f.bodies, in.Body)
	return in.Body
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"message":%q,"documentation_url":"https://docs.github.com/rest"}`, message)
}

func number(r *http.Request, name string) int { return atoi(r.PathValue(name)) }

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// writes are the requests that change something.
func (f *fake) writes() []string {
	var out []string
	for _, r := range f.requests {
		if !strings.HasPrefix(r, "GET ") {
			out = append(out, r)
		}
	}
	return out
}

// clock is a clock that sleeping moves.
type clock struct {
	now    time.Time
	sleeps []time.Duration
}

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.sleeps = append(c.sleeps, d)
	c.now = c.now.Add(d)
	return nil
}

// client makes a client for the fake; with changes configuration.
func (f *fake) client(t *testing.T, with ...func(*Config)) (*Client, *clock) {
	t.Helper()
	c := &clock{now: time.Unix(1_800_000_000, 0)}
	config := Config{
		BaseURL: f.URL, Token: testToken, Owner: "acme", Repo: "shop", UserAgent: "neon-migrations/test",
		Now: func() time.Time { return c.now }, Sleep: c.sleep, Logger: slog.New(slog.DiscardHandler),
	}
	for _, change := range with {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client, c
}
