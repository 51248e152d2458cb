package neonlocal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// refusal is a request that must be refused with a status, a code and words.
type refusal struct {
	name, method, path string
	body               any
	status             int
	code, says         string
}

func (w *world) refuses(t *testing.T, all []refusal) {
	t.Helper()
	for _, one := range all {
		t.Run(one.name, func(t *testing.T) {
			status, out := w.send(one.method, one.path, one.body)
			if status != one.status || out.text("code") != one.code || !strings.Contains(out.text("message"), one.says) {
				t.Errorf("%s %s: %d %v, want %d %q %q", one.method, one.path, status, out, one.status, one.code, one.says)
			}
			if out.text("request_id") == "" {
				t.Errorf("no request id: %v", out)
			}
			w.settle()
		})
	}
}

func at(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }

// What Neon refuses is refused, with its words.
func TestRefusals(t *testing.T) {
	w := startWorld(t, func(c *Config) { c.Limits = Limits{Branches: 6, Protected: 2, MinSuspend: time.Minute} })
	main, project := w.project.BranchID, "/projects/"+w.project.ID
	parent := w.create("parent", nil).text("branch.id")
	w.create("child", object{"parent_id": parent})
	expiring := w.create("expiring", object{"expires_at": at(time.Hour)}).text("branch.id")
	protected := w.create("protected", object{"protected": true}).text("branch.id")
	branch := func(fields object) object { return object{"branch": fields} }
	withSuspend := object{"branch": object{"name": "new"}, "endpoints": []object{{"type": "read_write", "suspend_timeout_seconds": 30}}}

	w.refuses(t, []refusal{
		{"unknown project", "GET", "/projects/no-such-project", nil, 404, "PROJECT_NOT_FOUND", "project not found"},
		{"malformed project", "GET", "/projects/a%20b", nil, 404, "", "this route does not exist"},
		{"unknown branch", "GET", w.branches("br-none"), nil, 404, "BRANCH_NOT_FOUND", "branch not found"},
		{"name instead of id", "GET", w.branches("Feature%2FX"), nil, 404, "", "this route does not exist"},
		{"unknown endpoint", "GET", project + "/endpoints/ep-none", nil, 404, "ENDPOINT_NOT_FOUND", "endpoint not found"},
		{"unknown operation", "GET", project + "/operations/" + uuid(), nil, 404, "RESOURCE_NOT_FOUND", "operation"},
		{"unknown route", "GET", project + "/snapshots", nil, 404, "", "this route does not exist"},
		{"name taken", "POST", w.branches(), branch(object{"name": "child"}), 409, "BRANCH_ALREADY_EXISTS", `branch already exists; branch_name:"child"`},
		{"rename to a taken name", "PATCH", w.branches(parent), branch(object{"name": "child"}), 409, "BRANCH_ALREADY_EXISTS", "child"},
		{"blank name", "POST", w.branches(), branch(object{"name": "  "}), 400, "", "blank"},
		{"unknown parent", "POST", w.branches(), branch(object{"parent_id": "br-none"}), 404, "BRANCH_NOT_FOUND", ""},
		{"expiring parent", "POST", w.branches(), branch(object{"parent_id": expiring}), 422, "", "expiring branch"},
		{"expiry in the past", "POST", w.branches(), branch(object{"expires_at": at(-time.Minute)}), 400, "", "future"},
		{"expiry too late", "POST", w.branches(), branch(object{"expires_at": at(31 * 24 * time.Hour)}), 400, "", "30 days"},
		{"expiry of the default branch", "PATCH", w.branches(main), branch(object{"expires_at": at(time.Hour)}), 422, "", "default"},
		{"expiry of a protected branch", "PATCH", w.branches(protected), branch(object{"expires_at": at(time.Hour)}), 422, "", "protected"},
		{"expiry of a parent", "PATCH", w.branches(parent), branch(object{"expires_at": at(time.Hour)}), 422, "", "children"},
		{"point in time", "POST", w.branches(), branch(object{"parent_timestamp": at(-time.Hour)}), 422, "", "no history"},
		{"plan's suspend interval", "POST", w.branches(), withSuspend, 412, "", "suspend interval is too short for your plan"},
		{"delete protected", "DELETE", w.branches(protected), nil, 422, "", "cannot delete protected branch"},
		{"delete default", "DELETE", w.branches(main), nil, 422, "", "default branch"},
		{"delete parent", "DELETE", w.branches(parent), nil, 422, "", "children"},
		{"reset protected", "POST", w.branches(protected, "restore"), object{"source_branch_id": main}, 422, "", "cannot reset protected branch"},
		{"reset a parent", "POST", w.branches(parent, "restore"), object{"source_branch_id": main}, 422, "", "preserve_under_name"},
		{"restore to its own past", "POST", w.branches(expiring, "restore"), object{"source_branch_id": expiring, "source_timestamp": at(-time.Hour)}, 422, "", "no history"},
		{"expiring default", "POST", w.branches(expiring, "set_as_default"), nil, 422, "", "expiring"},
		{"unknown role", "GET", w.branches(main, "roles/nobody/reveal_password"), nil, 404, "RESOURCE_NOT_FOUND", "role"},
		{"reserved role", "POST", w.branches(main, "roles"), object{"role": object{"name": "neon_superuser"}}, 422, "", "reserved"},
		{"unknown database", "GET", w.branches(main, "databases/none"), nil, 404, "RESOURCE_NOT_FOUND", "database"},
		{"second compute", "POST", project + "/endpoints", object{"endpoint": object{"branch_id": main, "type": "read_write"}}, 409, "", "already exists"},
		{"broken body", "POST", w.branches(), "no object", 400, "", "invalid request body"},
	})
	w.create("sixth", nil)
	w.must(http.StatusOK, "PATCH", w.branches(expiring), branch(object{"protected": true, "expires_at": nil}))
	w.refuses(t, []refusal{
		{"limit", "POST", w.branches(), branch(object{"name": "seventh"}), 422, "BRANCHES_LIMIT_EXCEEDED", "limit"},
		{"protected limit", "PATCH", w.branches(parent), branch(object{"protected": true}), 422, "BRANCHES_PROTECTED_LIMIT_EXCEEDED", "limit"},
	})
	if got := w.must(200, "GET", project, nil); got.at("project.owner.branches_limit") != 6.0 {
		t.Errorf("branches_limit: %v", got.at("project.owner.branches_limit"))
	}
}

func TestKey(t *testing.T) {
	w := startEmpty(t, nil)
	for _, key := range []string{"", "Bearer", "Bearer wrong", "Bearer " + testKey + "x", "Basic " + testKey} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", w.URL()+"/projects", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", key)
		response, err := w.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q: %d", key, response.StatusCode)
		}
	}
	for _, path := range []string{"/projects", "/auth", "/users/me", "/users/me/organizations"} {
		w.must(http.StatusOK, "GET", path, nil)
	}
}

// While operations run, whatever would start others is refused; what starts none is taken.
func TestOperationsExcludeEachOther(t *testing.T) {
	w := startWorld(t, nil)
	fail(t, w.Faults().Inject(Fault{On: onOperation, Action: "create_branch", Delay: 400 * time.Millisecond}))
	status, made := w.send("POST", w.branches(), object{"branch": object{"name": "slow"}})
	if status != http.StatusCreated {
		t.Fatal(status, made)
	}
	w.busy(t, "POST", w.branches(), object{"branch": object{"name": "other"}})
	id := made.text("branch.id")
	w.busy(t, "DELETE", w.branches(id), nil)
	w.busy(t, "POST", w.branches(id, "restore"), object{"source_branch_id": w.project.BranchID})
	if status, out := w.send("PATCH", w.branches(id), object{"branch": object{"name": "renamed"}}); status != http.StatusOK {
		t.Errorf("rename: %d %v", status, out)
	}
	w.settle()
	operation := w.must(http.StatusOK, "GET", fmt.Sprintf("/projects/%s/operations/%s", w.project.ID, made.text("operations.0.id")), nil)
	if operation.text("operation.status") != "finished" || operation.at("operation.total_duration_ms").(float64) < 400 {
		t.Errorf("the operation: %v", operation)
	}
	list := w.must(http.StatusOK, "GET", "/projects/"+w.project.ID+"/operations?limit=2", nil)
	next := w.must(http.StatusOK, "GET", "/projects/"+w.project.ID+"/operations?limit=2&cursor="+list.text("pagination.cursor"), nil)
	if list.text("operations.0.id") != made.text("operations.0.id") || next.text("operations.0.action") != "create_timeline" {
		t.Errorf("operations: %v, then %v", list, next)
	}
}

func (w *world) busy(t *testing.T, method, path string, body any) {
	t.Helper()
	status, out := w.send(method, path, body)
	if status != http.StatusLocked || !strings.Contains(out.text("message"), "running conflicting operations") {
		t.Errorf("%s %s: %d %v, want 423", method, path, status, out)
	}
}

func fail(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
