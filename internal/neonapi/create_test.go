package neonapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const branchesPath = "/projects/" + testProject + "/branches"

func ptr[T any](v T) *T { return &v }

func TestCreateSendsWhatNeonExpects(t *testing.T) {
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		at := time.Now().Add(2*time.Hour + 300*time.Millisecond)
		b, ops, err := w.CreateBranch(t.Context(), testProject, BranchSpec{
			Name: "ci/pr-1", ParentID: "br-main-0", ExpiresAt: at, Annotation: map[string]string{"k": "v"}, SuspendTimeout: ptr(60), MaxCU: ptr(0.5),
		})
		if err != nil || b.Name != "ci/pr-1" || b.Adopted || b.Annotation["k"] != "v" || len(ops) != 2 || ops[0].Action != "create_branch" {
			t.Fatalf("%+v, %v, %v", b, ops, err)
		}
		if b.ExpiresAt == nil || !b.ExpiresAt.Equal(at.Truncate(time.Second)) {
			t.Errorf("expires at %v", b.ExpiresAt)
		}
		var got, want any
		if err := json.Unmarshal([]byte(w.requests[0].Body), &got); err != nil {
			t.Fatal(err)
		}
		_ = json.Unmarshal([]byte(`{"branch":{"name":"ci/pr-1","parent_id":"br-main-0","expires_at":"2000-01-01T02:00:00Z"},
			"endpoints":[{"type":"read_write","suspend_timeout_seconds":60,"autoscaling_limit_max_cu":0.5}],"annotation_value":{"k":"v"}}`), &want)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if _, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "bare"}); err != nil {
			t.Fatal(err)
		}
		if body := w.requests[1].Body; body != `{"branch":{"name":"bare"},"endpoints":[{"type":"read_write"}]}` {
			t.Errorf("a bare branch is %s", body)
		}
		if len(w.lines()) != 2 {
			t.Errorf("more requests than needed: %v", w.lines())
		}
	})
}

// lose carries a request out and then keeps the answer from arriving.
func lose(f *fake, how http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.ServeHTTP(nowhere{}, r)
		how(w, r)
	}
}

// become makes the branches ready when they are looked at one by one.
func become(f *fake) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/branches/") {
			for _, b := range f.branches {
				b["current_state"] = "ready"
			}
		}
		f.ServeHTTP(w, r)
	}
}

func TestALostCreateIsLookedUpFirst(t *testing.T) {
	ways := map[string]http.HandlerFunc{
		"dropped": drop, "silent": after(time.Hour, drop), "500": refuse(500, "", "oops"), "524": answer(524, "<html>"),
	}
	for name, way := range ways {
		t.Run("carried out, "+name, func(t *testing.T) {
			f := newFake("main", "pr-12", "pr-13", "pr-14")
			inBubble(t, script(lose(f, way), become(f)), Config{}, func(t *testing.T, w *world) {
				spec := BranchSpec{Name: "pr-1", ParentID: "br-main-0", ExpiresAt: time.Now().Add(time.Hour), Annotation: map[string]string{"k": "v"}}
				b, ops, err := w.CreateBranch(t.Context(), testProject, spec)
				if err != nil || !b.Adopted || b.Name != "pr-1" || !b.Ready() || b.Annotation["k"] != "v" || len(ops) != 0 {
					t.Errorf("%+v, %v, %v", b, ops, err)
				}
				want := []string{"POST " + branchesPath, "GET " + branchesPath + "?limit=100&search=pr-1", "GET " + branchesPath + "?cursor=2&limit=100&search=pr-1", "GET " + branchesPath + "/" + b.ID}
				if d := cmp.Diff(want, w.lines()); d != "" {
					t.Error(d)
				}
			})
		})
		t.Run("not carried out, "+name, func(t *testing.T) {
			f := newFake("main")
			inBubble(t, script(way, f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
				b, ops, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
				if err != nil || b.Adopted || len(ops) != 2 || len(f.branches) != 2 {
					t.Errorf("%+v, %v, %v", b, ops, err)
				}
				want := []string{"POST " + branchesPath, "GET " + branchesPath + "?limit=100&search=pr-1", "POST " + branchesPath}
				if d := cmp.Diff(want, w.lines()); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestATakenNameIsAdopted(t *testing.T) {
	for name, taken := range map[string]http.HandlerFunc{
		"409":       refuse(409, "BRANCH_ALREADY_EXISTS", `branch already exists; branch_name:"pr-1"`),
		"409, code": refuse(409, "BRANCH_ALREADY_EXISTS", ""),
		"422":       refuse(422, "", "branch already exists"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake("main", "pr-1")
			inBubble(t, script(taken, f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
				b, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1", ParentID: "br-main-0"})
				if err != nil || !b.Adopted || b.ID != "br-made-2" || len(w.lines()) != 2 {
					t.Errorf("%+v, %v after %v", b, err, w.lines())
				}
				if !strings.Contains(w.noted(), `"pr-1" is there already (br-made-2); using it`) {
					t.Errorf("notices: %s", w.noted())
				}
			})
		})
	}
}

func TestABranchThatIsNotOursIsNotAdopted(t *testing.T) {
	tests := map[string]struct {
		change map[string]any
		why    string
	}{
		"default":      {map[string]any{"default": true}, "default branch"},
		"protected":    {map[string]any{"protected": true}, "protected"},
		"other parent": {map[string]any{"parent_id": "br-other"}, "another parent"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake("main", "pr-1")
			for k, v := range tt.change {
				f.branches[1][k] = v
			}
			inBubble(t, script(refuse(409, "", "branch already exists"), f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
				b, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1", ParentID: "br-main-0"})
				x, ok := fault.Explain(err)
				if !ok || !strings.Contains(x.Why, tt.why) || x.Do == "" || b.ID != "" {
					t.Errorf("%+v, %v", b, err)
				}
			})
		})
	}
}

func TestANameThatIsBeingFreedIsWaitedFor(t *testing.T) {
	f := newFake("main", "pr-1")
	f.branches[1]["pending_state"] = storageDeleted
	taken := refuse(409, "", "branch already exists")
	freed := func(w http.ResponseWriter, r *http.Request) {
		if len(f.branches) == 2 {
			f.branches = f.branches[:1]
		}
		f.ServeHTTP(w, r)
	}
	inBubble(t, script(taken, f.ServeHTTP, taken, freed, f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
		b, ops, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		if err != nil || b.Adopted || len(ops) != 2 || len(w.lines()) != 5 {
			t.Errorf("%+v, %v after %v", b, err, w.lines())
		}
	})
}

func TestCreateGivesUpWithItsBudget(t *testing.T) {
	f := newFake("main")
	failing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			refuse(500, "", "oops")(w, r)
			return
		}
		f.ServeHTTP(w, r)
	})
	inBubble(t, failing, Config{}, func(t *testing.T, w *world) {
		_, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		if e := asError(err); e == nil || e.Status != 500 || w.took() > 2*time.Minute || w.took() < 100*time.Second {
			t.Errorf("after %s: %v", w.took(), err)
		}
	})
}

func TestTheLastLostCreateIsLookedUpToo(t *testing.T) {
	f := newFake("main")
	busy := refuse(423, "", "busy", "Retry-After: 119")
	inBubble(t, script(busy, lose(f, after(time.Hour, drop)), refuse(500, "", ""), become(f)), Config{}, func(t *testing.T, w *world) {
		b, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		if err != nil || !b.Adopted || w.took() < 179*time.Second {
			t.Errorf("after %s: %+v, %v", w.took(), b, err)
		}
	})
}

func TestOneBudgetForAllOfACreate(t *testing.T) {
	busy := refuse(423, "", "busy")
	tests := map[string]struct {
		steps http.Handler
		most  time.Duration
	}{
		// Silent for 60 s, not there, and then busy for the rest of the two minutes.
		"asking again": {script(after(time.Hour, drop), answer(200, `{"branches":[]}`), busy), 2 * time.Minute},
		// Lost at 100 s; looking goes on for one more request's time.
		"looking": {script(refuse(423, "", "busy", "Retry-After: 100"), drop, refuse(500, "", "oops")), 160 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, tt.steps, Config{}, func(t *testing.T, w *world) {
				_, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
				if err == nil || w.took() > tt.most || w.took() < tt.most-10*time.Second {
					t.Errorf("after %s: %v", w.took(), err)
				}
			})
		})
	}
}

func TestACancelledCreateDoesNotLookOn(t *testing.T) {
	inBubble(t, after(time.Hour, drop), Config{}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, _, err := w.CreateBranch(ctx, testProject, BranchSpec{Name: "pr-1"})
		x, _ := fault.Explain(err)
		if !errors.Is(err, context.DeadlineExceeded) || len(w.lines()) != 1 || w.took() != 5*time.Second {
			t.Errorf("after %s and %v: %v", w.took(), w.lines(), err)
		}
		if !strings.Contains(x.Why, "was stopped while Neon was asked. The request may have been carried out") {
			t.Errorf("%+v", x)
		}
	})
}

func TestALookUpThatFailsTellsOfTheCreate(t *testing.T) {
	inBubble(t, script(drop, refuse(401, "", "authorization failed")), Config{}, func(t *testing.T, w *world) {
		_, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		x, ok := fault.Explain(err)
		if !ok || !strings.Contains(x.Why, "may have been carried out") || !strings.Contains(err.Error(), "401 authorization failed") {
			t.Errorf("%v: %+v", err, x)
		}
	})
}

func TestAPlanWithoutTheSettings(t *testing.T) {
	refusals := map[string]http.HandlerFunc{
		"412":  refuse(412, "", "suspend interval is too short for your plan"),
		"free": refuse(400, "", "ERROR: suspend interval changing is not allowed for your account"),
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			f := newFake("main")
			inBubble(t, script(refusal, f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
				spec := BranchSpec{Name: "pr-1", SuspendTimeout: ptr(60), MinCU: ptr(1.0), MaxCU: ptr(2.0)}
				if _, _, err := w.CreateBranch(t.Context(), testProject, spec); err != nil || len(w.lines()) != 2 {
					t.Fatalf("%v after %v", err, w.lines())
				}
				if body := w.requests[1].Body; body != `{"branch":{"name":"pr-1"},"endpoints":[{"type":"read_write"}]}` {
					t.Errorf("sent again: %s", body)
				}
				if !strings.Contains(w.noted(), "the plan does not allow") || !strings.Contains(w.noted(), "suspend interval") {
					t.Errorf("notices: %s", w.noted())
				}
			})
		})
	}
	for name, spec := range map[string]BranchSpec{"tuned": {Name: "pr-1", MinCU: ptr(1.0)}, "bare": {Name: "pr-1"}} {
		t.Run("always refused, "+name, func(t *testing.T) {
			inBubble(t, refuse(412, "", "no"), Config{}, func(t *testing.T, w *world) {
				_, _, err := w.CreateBranch(t.Context(), testProject, spec)
				want := 1
				if spec.tuned() {
					want = 2
				}
				if e := asError(err); e == nil || e.Status != 412 || len(w.lines()) != want {
					t.Errorf("%v after %d requests", err, len(w.lines()))
				}
			})
		})
	}
}

func TestAnExpiryThatNeonForgets(t *testing.T) {
	f := newFake("main")
	f.forget = true
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		b, ops, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1", ExpiresAt: time.Now().Add(time.Hour)})
		x, ok := fault.Explain(err)
		if !ok || !strings.Contains(err.Error(), "would never expire") || !strings.Contains(x.Do, "Delete the branch") {
			t.Errorf("%v, %+v", err, x)
		}
		if b.ID == "" || len(ops) == 0 {
			t.Error("the branch is not returned, so nobody can remove it")
		}
	})
}

func TestReadingAnExpiryBack(t *testing.T) {
	want := moment("2026-11-23T10:00:00+02:00")
	tests := map[string]struct {
		got     time.Time
		adopted bool
		armed   bool
	}{
		"the same, in its zone":  {got: moment("2026-11-23T08:00:00Z"), armed: true},
		"rounded":                {got: want.Add(-time.Second), armed: true},
		"a day later":            {got: want.Add(24 * time.Hour)},
		"an hour earlier":        {got: want.Add(-time.Hour)},
		"that of an earlier run": {got: want.Add(-time.Hour), adopted: true, armed: true},
	}
	for name, tt := range tests {
		if err := armed(Branch{ExpiresAt: &tt.got, Adopted: tt.adopted}, want); (err == nil) != tt.armed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := armed(Branch{Adopted: true}, want); err == nil {
		t.Error("an adopted branch that never expires passes")
	}
	if got := instant(want); got != "2026-11-23T08:00:00Z" {
		t.Errorf("sent as %s", got)
	}
}

func TestABranchNeedsAName(t *testing.T) {
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		_, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: " "})
		usage(t, err, "empty", "")
		if len(w.lines()) != 0 {
			t.Error("it was asked for")
		}
	})
}

func TestAnAdoptedBranchThatNeverBecomesReady(t *testing.T) {
	f := newFake("main", "pr-1")
	f.branches[1]["current_state"] = "thinking"
	inBubble(t, script(refuse(409, "", "branch already exists"), f.ServeHTTP), Config{}, func(t *testing.T, w *world) {
		_, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		if err == nil || !strings.Contains(err.Error(), "did not become ready within 5m0s") || w.took() > 5*time.Minute {
			t.Errorf("after %s: %v", w.took(), err)
		}
	})
}
