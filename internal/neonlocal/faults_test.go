package neonlocal

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestFaultsOfRequests(t *testing.T) {
	w := startWorld(t, nil)
	create := func(name string) (int, document, error) {
		return w.try("POST", w.branches(), object{"branch": object{"name": name}})
	}
	there := func(name string) bool {
		list := w.must(http.StatusOK, "GET", w.branches()+"?search="+name, nil)
		return list.at("branches.0") != nil
	}
	for _, test := range []struct {
		name   string
		fault  Fault
		status int
		effect bool
		says   string
	}{
		{"locked", Fault{Status: 423}, 423, false, busyMessage},
		{"rate", Fault{Status: 429, RetryAfter: "2"}, 429, false, "too many"},
		{"unavailable", Fault{Status: 503, Message: "down"}, 503, false, "down"},
		{"lost", Fault{Drop: dropBefore}, 0, false, ""},
		{"unanswered", Fault{Drop: dropAfter}, 0, true, ""},
		{"late", Fault{Delay: 50 * time.Millisecond}, 201, true, ""},
		{"elsewhere", Fault{Status: 500, Path: "/projects/*/endpoints"}, 201, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.fault.Path == "" {
				test.fault.Path, test.fault.Method = "/projects/*/branches", "POST"
			}
			fail(t, w.Faults().Inject(test.fault))
			began := time.Now()
			status, out, err := create(test.name)
			if status != test.status || (err != nil) != (test.status == 0) || !strings.Contains(out.text("message"), test.says) {
				t.Errorf("%d %v %v", status, out, err)
			}
			if time.Since(began) < test.fault.Delay {
				t.Error("no delay")
			}
			w.settle()
			if there(test.name) != test.effect {
				t.Errorf("the branch is there: %t", !test.effect)
			}
			w.Faults().Clear()
		})
	}
}

func TestFaultsOfOperations(t *testing.T) {
	w := startWorld(t, nil)
	fail(t, w.Faults().Inject(Fault{On: onOperation, Action: "create_branch", Fail: true, Message: "storage is full"}))
	made := w.create("broken", nil)
	path := "/projects/" + w.project.ID + "/operations/"
	failed := w.must(http.StatusOK, "GET", path+made.text("operations.0.id"), nil)
	if failed.text("operation.status") != "failed" || failed.text("operation.error") != "storage is full" || failed.at("operation.failures_count") != 1.0 {
		t.Errorf("the failed operation: %v", failed)
	}
	if rest := w.must(http.StatusOK, "GET", path+made.text("operations.1.id"), nil); rest.text("operation.status") != "cancelled" {
		t.Errorf("the operation after it: %v", rest)
	}
	if b := w.must(http.StatusOK, "GET", w.branches(made.text("branch.id")), nil); b.text("branch.current_state") != "init" {
		t.Errorf("the branch: %v", b)
	}
	if _, err := pgx.Connect(t.Context(), made.text("connection_uris.0.connection_uri")); err == nil {
		t.Error("a branch that could not be made takes connections")
	}
	w.must(http.StatusOK, "DELETE", w.branches(made.text("branch.id")), nil)
	id := w.create("broken", nil).text("branch.id") // the name is free again
	execute(t, connect(t, w.uri(id)), "CREATE TABLE mine (id int)")
	child := w.create("child", object{"parent_id": id}).text("branch.id")
	fail(t, w.Faults().Inject(Fault{On: onOperation, Action: "create_branch", Fail: true}))
	w.must(http.StatusOK, "POST", w.branches(id, "restore"), object{"source_branch_id": w.project.BranchID, "preserve_under_name": "kept"})
	if b := w.must(http.StatusOK, "GET", w.branches(id), nil); b.text("branch.current_state") != "ready" {
		t.Errorf("after a failed reset: %v", b)
	}
	if b := w.must(http.StatusOK, "GET", w.branches(child), nil); b.text("branch.parent_id") != id {
		t.Errorf("the child after a failed reset: %v", b)
	}
	execute(t, connect(t, w.uri(id)), "SELECT * FROM mine")
}

// The same over HTTP, for those who run the program and not the package.
func TestFaultsOverHTTP(t *testing.T) {
	w := startEmpty(t, nil)
	send := func(method, body string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(w.URL(), prefix)+faultsPath, bytes.NewBufferString(body))
		fail(t, err)
		request.Header.Set("Authorization", "Bearer "+testKey)
		response, err := w.client.Do(request)
		fail(t, err)
		response.Body.Close()
		return response.StatusCode
	}
	for body, want := range map[string]int{
		`{"status": 429, "retry_after": "3", "times": 2}`:    200,
		`[{"on": "wake", "delay": "1s"}, {"drop": "after"}]`: 200,
		`{"status": 200}`:    400,
		`{"on": "the moon"}`: 400,
		`{"drop": "maybe"}`:  400,
		`{"delay": "soon"}`:  400,
		`nonsense`:           400,
	} {
		w.Faults().Clear()
		if got := send("POST", body); got != want {
			t.Errorf("%s: %d", body, got)
		}
	}
	w.Faults().Clear()
	send("POST", `{"status": 429, "retry_after": "3", "times": 2, "path": "/projects"}`)
	request, err := http.NewRequestWithContext(t.Context(), "GET", w.URL()+"/projects", nil)
	fail(t, err)
	request.Header.Set("Authorization", "Bearer "+testKey)
	for _, want := range []int{429, 429, 200} {
		response, err := w.client.Do(request)
		fail(t, err)
		response.Body.Close()
		if response.StatusCode != want || want == 429 && response.Header.Get("Retry-After") != "3" {
			t.Errorf("%d %v, want %d", response.StatusCode, response.Header, want)
		}
	}
	if send("DELETE", "") != http.StatusOK || len(w.Faults().Pending()) != 0 {
		t.Error("not cleared")
	}
}
