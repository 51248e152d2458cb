package neonapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestAllPagesAreWalked(t *testing.T) {
	f := newFake("main", "pr-12", "pr-10", "a/pr-1", "pr-1", "x")
	f.notes["br-made-5"] = map[string]string{"github-pr-number": "1"}
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		var names []string
		for b, err := range w.Branches(t.Context(), testProject, "") {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, b.Name)
		}
		if d := cmp.Diff([]string{"main", "pr-12", "pr-10", "a/pr-1", "pr-1", "x"}, names); d != "" {
			t.Error(d)
		}
		b, found, err := w.BranchByName(t.Context(), testProject, "pr-1")
		if err != nil || !found || b.ID != "br-made-5" || b.Annotation["github-pr-number"] != "1" {
			t.Errorf("BranchByName = %+v, %v, %v", b, found, err)
		}
		if _, found, err := w.BranchByName(t.Context(), testProject, "pr"); found || err != nil {
			t.Errorf("a part of a name was found: %v", err)
		}
		path := "GET /projects/" + testProject + "/branches?"
		want := []string{
			path + "limit=100", path + "cursor=2&limit=100", path + "cursor=4&limit=100",
			path + "limit=100&search=pr-1", path + "cursor=2&limit=100&search=pr-1",
			path + "limit=100&search=pr", path + "cursor=2&limit=100&search=pr",
		}
		if d := cmp.Diff(want, w.lines()); d != "" {
			t.Error(d)
		}
	})
}

func TestSearchCarriesAnyName(t *testing.T) {
	const name = "ci/#1 & übung?x=y"
	inBubble(t, newFake("main", "other", name), Config{}, func(t *testing.T, w *world) {
		if b, found, err := w.BranchByName(t.Context(), testProject, name); !found || err != nil || b.Name != name {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

func TestAListWithoutEndIsAnError(t *testing.T) {
	page := answer(200, `{"branches":[{"id":"br-a","name":"a"}],"pagination":{"next":"same"}}`)
	inBubble(t, page, Config{}, func(t *testing.T, w *world) {
		_, found, err := w.BranchByName(t.Context(), testProject, "b")
		if found || err == nil || len(w.lines()) != 2 {
			t.Errorf("%v after %d requests", err, len(w.lines()))
		}
	})
}

func TestALaterPageThatFailsIsAnError(t *testing.T) {
	steps := script(answer(200, `{"branches":[{"id":"br-a","name":"a"}],"pagination":{"next":"2"}}`), refuse(401, "", "no"))
	inBubble(t, steps, Config{}, func(t *testing.T, w *world) {
		if _, found, err := w.BranchByName(t.Context(), testProject, "b"); found || asError(err) == nil {
			t.Errorf("a half-read list passes for a whole: %v", err)
		}
	})
}

func TestDefaultBranch(t *testing.T) {
	f := newFake("a", "b", "c")
	f.branches[0]["default"], f.branches[2]["default"] = false, true
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		if b, err := w.DefaultBranch(t.Context(), testProject); err != nil || b.Name != "c" || !b.Default {
			t.Errorf("%+v, %v", b, err)
		}
		f.branches[2]["default"] = false
		if _, err := w.DefaultBranch(t.Context(), testProject); err == nil {
			t.Error("no default branch, and no error")
		} else if _, ok := fault.Explain(err); !ok {
			t.Errorf("without words: %v", err)
		}
	})
}

func TestBranchReadsEveryField(t *testing.T) {
	f := newFake("main", "pr-1")
	f.branches[1]["expires_at"], f.branches[1]["last_reset_at"], f.branches[1]["protected"] = stamp, stamp, true
	f.branches[1]["pending_state"] = "resetting"
	f.notes["br-made-2"] = map[string]string{"k": "v"}
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		got, err := w.Branch(t.Context(), testProject, "br-made-2")
		at := moment(stamp)
		want := Branch{
			ID: "br-made-2", Name: "pr-1", ParentID: "br-main-0", Protected: true, State: "ready", PendingState: "resetting",
			CreatedAt: at, ExpiresAt: &at, LastResetAt: &at, Annotation: map[string]string{"k": "v"},
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
	})
}

func TestReady(t *testing.T) {
	tests := map[string]struct {
		b    Branch
		want bool
	}{
		"ready":    {Branch{State: "ready"}, true},
		"archived": {Branch{State: "archived"}, true},
		"same":     {Branch{State: "ready", PendingState: "ready"}, true},
		"init":     {Branch{State: "init", PendingState: "ready"}, false},
		"leaving":  {Branch{State: "ready", PendingState: storageDeleted}, false},
		"unknown":  {Branch{State: "thinking"}, false},
	}
	for name, tt := range tests {
		if tt.b.Ready() != tt.want {
			t.Errorf("%s: Ready = %v", name, !tt.want)
		}
	}
}

func TestChanges(t *testing.T) {
	f := newFake("main", "pr-1")
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		b, err := w.Branch(t.Context(), testProject, "br-made-2")
		if err != nil {
			t.Fatal(err)
		}
		b.Annotation = map[string]string{"k": "v"}
		reset, ops, err := w.RestoreFromParent(t.Context(), testProject, b)
		if err != nil || len(ops) != 1 || reset.LastResetAt == nil || reset.State != "resetting" || reset.Annotation["k"] != "v" {
			t.Errorf("RestoreFromParent = %+v, %v, %v", reset, ops, err)
		}
		if b, err = w.RenameBranch(t.Context(), testProject, b.ID, "new/name"); err != nil || b.Name != "new/name" {
			t.Errorf("RenameBranch = %+v, %v", b, err)
		}
		at := time.Now().Add(time.Hour + 700*time.Millisecond)
		if b, err = w.SetExpiry(t.Context(), testProject, b.ID, at); err != nil || !b.ExpiresAt.Equal(at.Truncate(time.Second)) {
			t.Errorf("SetExpiry = %+v, %v", b, err)
		}
		if b, err = w.SetExpiry(t.Context(), testProject, b.ID, time.Time{}); err != nil || b.ExpiresAt != nil {
			t.Errorf("SetExpiry cleared = %+v, %v", b, err)
		}
		if ops, err = w.DeleteBranch(t.Context(), testProject, b.ID); err != nil || len(ops) != 2 {
			t.Errorf("DeleteBranch = %v, %v", ops, err)
		}
		if ops, err = w.DeleteBranch(t.Context(), testProject, b.ID); err != nil || len(ops) != 0 {
			t.Errorf("DeleteBranch of nothing (204) = %v, %v", ops, err)
		}
		var bodies []string
		for _, r := range w.requests[1:] {
			bodies = append(bodies, r.Body)
		}
		want := []string{
			`{"source_branch_id":"br-main-0"}`, `{"branch":{"name":"new/name"}}`, `{"branch":{"expires_at":"2000-01-01T01:00:00Z"}}`,
			`{"branch":{"expires_at":null}}`, "", "",
		}
		if d := cmp.Diff(want, bodies); d != "" {
			t.Error(d)
		}
	})
}

func TestDeleteTakes404ForDone(t *testing.T) {
	tests := map[string]struct {
		step http.HandlerFunc
		done bool
	}{
		"not found": {refuse(404, "BRANCH_NOT_FOUND", "branch not found"), true},
		"no words":  {answer(404, ""), true},
		"a page":    {answer(404, "<html>proxy</html>"), false},
		"protected": {refuse(422, "", "cannot delete protected branch"), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, tt.step, Config{}, func(t *testing.T, w *world) {
				if ops, err := w.DeleteBranch(t.Context(), testProject, "br-a"); (err == nil) != tt.done || ops != nil {
					t.Errorf("%v, %v", ops, err)
				}
			})
		})
	}
}

func TestDeleteAfterALostAnswer(t *testing.T) {
	f := newFake("main", "pr-1")
	lost := func(_ http.ResponseWriter, r *http.Request) { f.ServeHTTP(nowhere{}, r) }
	inBubble(t, script(func(w http.ResponseWriter, r *http.Request) { lost(w, r); drop(w, r) }, f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
		if _, err := w.DeleteBranch(t.Context(), testProject, "br-made-2"); err != nil || len(f.branches) != 1 {
			t.Errorf("%d branches left, %v", len(f.branches), err)
		}
	})
}

func TestExpiryThatIsNotArmed(t *testing.T) {
	f := newFake("main", "pr-1")
	f.forget = true
	f.branches[1]["expires_at"] = stamp
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		for name, at := range map[string]time.Time{"other": time.Now().Add(time.Hour), "cleared": {}} {
			_, err := w.SetExpiry(t.Context(), testProject, "br-made-2", at)
			if x, ok := fault.Explain(err); !ok || x.Why == "" || x.Do == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		delete(f.branches[1], "expires_at")
		_, err := w.SetExpiry(t.Context(), testProject, "br-made-2", time.Now().Add(time.Hour))
		if err == nil || !strings.Contains(err.Error(), "would never expire") {
			t.Error(err)
		}
	})
}

func TestARootBranchHasNothingToBeResetTo(t *testing.T) {
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		_, _, err := w.RestoreFromParent(t.Context(), testProject, Branch{ID: "br-main-0", Name: "main"})
		if x, ok := fault.Explain(err); !ok || !strings.Contains(x.Why, "no parent") || len(w.lines()) != 0 {
			t.Errorf("%v after %v", err, w.lines())
		}
	})
}

func TestRequestHeaders(t *testing.T) {
	inBubble(t, newFake("main", "pr-1"), Config{UserAgent: "neon-migrations/1.2"}, func(t *testing.T, w *world) {
		_, _ = w.Project(t.Context(), testProject)
		_, _ = w.RenameBranch(t.Context(), testProject, "br-made-2", "x")
		var got []string
		for _, r := range w.requests {
			h := r.Header
			got = append(got, fmt.Sprint(h.Get("User-Agent"), " ", h.Get("Accept"), " ", h.Get("Content-Type"), " ", h.Get("Authorization") == "Bearer "+testKey))
		}
		want := []string{"neon-migrations/1.2 application/json  true", "neon-migrations/1.2 application/json application/json true"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

// nowhere takes an answer that never arrives.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}
