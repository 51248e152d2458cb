package story_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// way is the way to Neon, on which a test meddles with requests.
type way func(*http.Request) (*http.Response, error)

func (w way) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// onCreate does something to the first request for a new branch before it goes on.
func onCreate(do func(*http.Request)) way {
	done := false
	return func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/branches") && !done {
			done = true
			do(r)
		}
		return http.DefaultTransport.RoundTrip(r)
	}
}

// prepare takes that step of a rehearsal, by the given way to Neon; nil is the straight one.
func (h *house) prepare(task story.Task, by http.RoundTripper) (report.Branch, error) {
	h.t.Helper()
	stage := h.stage()
	if by != nil {
		client, err := neonapi.New(neonapi.Config{BaseURL: h.neon.URL(), Key: neonKey, Poll: 10 * time.Millisecond, HTTP: by})
		if err != nil {
			h.t.Fatal(err)
		}
		stage.Neon = client
	}
	return stage.PrepareBranch(h.t.Context(), task)
}

func second[T any](_ T, err error) error { return err }

// prepared is prepare where it must go well.
func (h *house) prepared(task story.Task, by http.RoundTripper) report.Branch {
	h.t.Helper()
	b, err := h.prepare(task, by)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// make makes a branch past the stories.
func (h *house) make(spec neonapi.BranchSpec) neonapi.Branch {
	h.t.Helper()
	client := h.neonClient()
	b, operations, err := client.CreateBranch(h.t.Context(), h.project, spec)
	if err == nil {
		err = client.Wait(h.t.Context(), h.project, operations)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// ours is what the branch of a pull request is annotated with.
func ours(number string) map[string]string {
	return map[string]string{"made-by": "neon-migrations", "github-commit-repo": "acme/shop", "github-pr-number": number}
}

// inject makes the house's own requests to Neon fail.
func (h *house) inject(f neonlocal.Fault) {
	h.t.Helper()
	f.Path = "/projects/" + h.project + f.Path
	if err := h.neon.Faults().Inject(f); err != nil {
		h.t.Fatal(err)
	}
}

func TestBranchIsMadeFresh(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	t.Run("a second time with another life", func(t *testing.T) {
		short, long := h.task(1), h.task(1)
		short.ExpiresIn, long.ExpiresIn = time.Hour, 48*time.Hour
		first, second := h.prepared(short, nil), h.prepared(long, nil)
		b := h.branch("ci/pr-1")
		if until := time.Until(first.ExpiresAt); until > time.Hour || until < 50*time.Minute {
			t.Errorf("the new one expires in %s", until)
		}
		if second.ID != first.ID || first.Reset || !second.Reset || b.LastResetAt == nil {
			t.Errorf("made %+v, then %+v", first, second)
		}
		if b.ExpiresAt == nil || time.Until(*b.ExpiresAt) < 47*time.Hour || !second.ExpiresAt.Equal(*b.ExpiresAt) {
			t.Errorf("it expires %v, told as %v", b.ExpiresAt, second.ExpiresAt)
		}
	})
	t.Run("of another parent", func(t *testing.T) {
		staging := h.make(neonapi.BranchSpec{Name: "staging"})
		old := h.make(neonapi.BranchSpec{Name: "ci/pr-2", ParentID: staging.ID, Annotation: ours("2")})
		got := h.prepared(h.task(2), nil) // of the default branch
		if b := h.branch("ci/pr-2"); got.ID == old.ID || b.ID != got.ID || b.ParentID != h.branch("main").ID || got.Reset {
			t.Errorf("was %s, is %+v", old.ID, b)
		}
	})
	t.Run("of the production that is named", func(t *testing.T) {
		task := h.task(6)
		task.Production = "staging"
		if got := h.prepared(task, nil); got.Parent != "staging" || h.branch("ci/pr-6").ParentID != h.branch("staging").ID {
			t.Errorf("made %+v", got)
		}
		task.Production = "stagging"
		if explained, ok := fault.Explain(second(h.prepare(task, nil))); !ok || !explained.Usage || !strings.Contains(explained.Do, "production-branch") {
			t.Errorf("a name that is not there: %+v", explained)
		}
	})
	t.Run("that Neon does not reset", func(t *testing.T) {
		old := h.make(neonapi.BranchSpec{Name: "ci/pr-3", Annotation: ours("3")})
		h.inject(neonlocal.Fault{Method: http.MethodPost, Path: "/branches/*/restore", Status: 412, Message: "the parent was restored"})
		got := h.prepared(h.task(3), nil)
		if b := h.branch("ci/pr-3"); got.ID == old.ID || b.ID != got.ID || b.ExpiresAt == nil || got.Reset {
			t.Errorf("was %s, is %+v", old.ID, b)
		}
	})
	t.Run("with a child, which is nobody's to remove", func(t *testing.T) {
		old := h.make(neonapi.BranchSpec{Name: "ci/pr-4", Annotation: ours("4")})
		h.make(neonapi.BranchSpec{Name: "a child", ParentID: old.ID})
		_, err := h.prepare(h.task(4), nil)
		if explained, ok := fault.Explain(err); !ok || explained.Do == "" || h.branch("ci/pr-4").ID != old.ID || h.branch("a child").ID == "" {
			t.Errorf("error %v", err)
		}
	})
	t.Run("of which Neon fails to tell whether it reset it", func(t *testing.T) {
		old := h.make(neonapi.BranchSpec{Name: "ci/pr-5", Annotation: ours("5")})
		h.inject(neonlocal.Fault{Method: http.MethodPost, Path: "/branches/*/restore", Status: 403, Message: "not allowed"})
		if _, err := h.prepare(h.task(5), nil); err == nil || h.branch("ci/pr-5").ID != old.ID {
			t.Errorf("error %v", err)
		}
	})
}

func TestBranchThatIsThereAfterAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	t.Run("ours, made by a request without an answer", func(t *testing.T) {
		h.inject(neonlocal.Fault{Method: http.MethodPost, Path: "/branches", Drop: "after"})
		got := h.prepared(h.task(1), nil)
		if b := h.branch("ci/pr-1"); b.ID != got.ID || !got.Reset || b.LastResetAt == nil || b.ExpiresAt == nil {
			t.Errorf("told %+v, is %+v", got, b)
		}
	})
	t.Run("a stranger's, made a moment ago", func(t *testing.T) {
		expires := time.Now().Add(time.Hour)
		_, err := h.prepare(h.task(2), onCreate(func(*http.Request) { h.make(neonapi.BranchSpec{Name: "ci/pr-2", ExpiresAt: expires}) }))
		if explained, ok := fault.Explain(err); !ok || !strings.Contains(explained.Why, "not made by Neon Migrations") {
			t.Errorf("error %v", err)
		}
		if b := h.branch("ci/pr-2"); b.ID == "" || b.LastResetAt != nil {
			t.Errorf("it was touched: %+v", b)
		}
	})
	t.Run("another run's, and without an expiry", func(t *testing.T) {
		_, err := h.prepare(h.task(3), onCreate(func(*http.Request) { h.make(neonapi.BranchSpec{Name: "ci/pr-3", Annotation: ours("3")}) }))
		if b := h.branch("ci/pr-3"); err == nil || !strings.Contains(err.Error(), "would never expire") || b.ID == "" {
			t.Errorf("branch %+v, error %v", b, err)
		}
	})
}

// forgetExpiry is a Neon that takes an expiry without a word and arms none.
func forgetExpiry(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err) // it is read from memory
	}
	body = bytes.Replace(body, []byte(`"expires_at"`), []byte(`"ignored"`), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

func TestBranchThatWouldNeverExpireIsTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.prepare(h.task(1), onCreate(forgetExpiry))
	if err == nil || !strings.Contains(err.Error(), "would never expire") || strings.Contains(err.Error(), "by hand") {
		t.Errorf("error %v", err)
	}
	if b := h.branch("ci/pr-1"); b.ID != "" {
		t.Errorf("it stays: %+v", b)
	}
	h.inject(neonlocal.Fault{Method: http.MethodDelete, Path: "/branches/*", Status: 422, Message: "no"})
	_, err = h.prepare(h.task(2), onCreate(forgetExpiry))
	if err == nil || !strings.Contains(err.Error(), "would never expire") || !strings.Contains(err.Error(), "remove it by hand") || h.branch("ci/pr-2").ID == "" {
		t.Errorf("where it cannot be removed: %v", err)
	}
}

// Not parallel: the slow operation may be any house's.
func TestBranchThatIsBeingDeletedIsMadeAnew(t *testing.T) {
	h := newHouse(t)
	old := h.make(neonapi.BranchSpec{Name: "ci/pr-1", Annotation: ours("1")})
	if err := h.neon.Faults().Inject(neonlocal.Fault{On: "operation", Action: "delete_timeline", Delay: time.Second}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.neonClient().DeleteBranch(t.Context(), h.project, old.ID); err != nil {
		t.Fatal(err)
	}
	if b := h.branch("ci/pr-1"); !b.Deleting() {
		t.Fatalf("the branch is not on its way out: %+v", b)
	}
	got := h.prepared(h.task(1), nil)
	if b := h.branch("ci/pr-1"); b.ID != got.ID || got.ID == old.ID || got.Reset {
		t.Errorf("was %s, told %+v, is %+v", old.ID, got, b)
	}
}
