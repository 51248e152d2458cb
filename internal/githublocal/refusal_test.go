package githublocal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// Each refusal is held to GitHub's description of errors too.
func TestRefusals(t *testing.T) {
	v := newVendor(t)
	v.wrong = true
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	if n != 1 {
		t.Fatalf("the first pull request is #%d", n)
	}
	if _, err := s.Comment(n, "mona", "hello"); err != nil {
		t.Fatal(err)
	}
	s.AddToken(githublocal.Token{Text: "ghs_readonly", Permissions: map[githublocal.Scope]githublocal.Access{githublocal.PullRequests: githublocal.Read}})
	s.AddToken(githublocal.Token{Text: "ghs_pulls", Permissions: map[githublocal.Scope]githublocal.Access{githublocal.PullRequests: githublocal.Write}})
	s.AddToken(githublocal.Token{Text: "ghp_mona", Login: "mona"})
	s.AddToken(githublocal.Token{Text: "ghp_stranger", Login: "stranger", Permissions: map[githublocal.Scope]githublocal.Access{}})
	const repo = "/repos/acme/shop"
	head := s.Head("loyalty")
	drift := caller{t, s.APIURL(), "ghs_local", v}.do("POST", repo+"/issues", j{"title": "An issue"})
	if drift.status != 201 {
		t.Fatalf("%s", drift.raw)
	}
	const integration = "Resource not accessible by integration"
	for _, c := range []struct {
		name, token, method, path string
		body                      any
		status                    int
		says                      string
	}{
		{"a bad token", "nonsense", "GET", repo, nil, 401, "Bad credentials"},
		{"nobody writes", "", "POST", repo + "/issues/1/comments", j{"body": "x"}, 401, "Requires authentication"},
		{"nobody reads what is public", "", "GET", repo + "/pulls", nil, 200, ""},
		{"a token that only reads", "ghs_readonly", "POST", repo + "/issues/1/comments", j{"body": "x"}, 403, integration},
		{"a token that only reads, reading", "ghs_readonly", "GET", repo + "/issues/1/comments", nil, 200, ""},
		{"pull-requests is enough for a pull request", "ghs_pulls", "POST", repo + "/issues/1/comments", j{"body": "x"}, 201, ""},
		{"pull-requests is not enough for an issue", "ghs_pulls", "POST", repo + "/issues/2/comments", j{"body": "x"}, 403, integration},
		{"statuses are their own permission", "ghs_pulls", "POST", repo + "/statuses/" + head, j{"state": "success"}, 403, integration},
		{"deployments too", "ghs_pulls", "POST", repo + "/deployments", j{"ref": "main"}, 403, integration},
		{"and their statuses", "ghs_pulls", "POST", repo + "/deployments/7/statuses", j{"state": "success"}, 403, integration},
		{"runs too", "ghs_pulls", "POST", repo + "/actions/runs/7/rerun", nil, 403, integration},
		{"a run is a number", "ghs_local", "POST", repo + "/actions/runs/latest/rerun", nil, 404, "Not Found"},
		{"a person without rights", "ghp_stranger", "POST", repo + "/issues/1/comments", j{"body": "x"}, 403, "Resource not accessible by personal access token"},
		{"another repository", "ghs_local", "GET", "/repos/acme/other", nil, 404, "Not Found"},
		{"no such pull request", "ghs_local", "GET", repo + "/pulls/7", nil, 404, "Not Found"},
		{"an issue is no pull request", "ghs_local", "GET", repo + "/pulls/2", nil, 404, "Not Found"},
		{"no such comment", "ghs_local", "PATCH", repo + "/issues/comments/7", j{"body": "x"}, 404, "Not Found"},
		{"no such endpoint", "ghs_local", "GET", repo + "/nowhere", nil, 404, "Not Found"},
		{"the longest comment", "ghs_local", "POST", repo + "/issues/1/comments", j{"body": strings.Repeat("é", 65536)}, 201, ""},
		{"one character more", "ghs_local", "POST", repo + "/issues/1/comments", j{"body": strings.Repeat("é", 65537)}, 422, "body is too long (maximum is 65536 characters)"},
		{"a blank comment", "ghs_local", "POST", repo + "/issues/1/comments", j{"body": " "}, 422, "missing_field"},
		{"a comment that is a number", "ghs_local", "POST", repo + "/issues/1/comments", j{"body": 7}, 422, "Invalid request"},
		{"a title over its limit", "ghs_local", "POST", repo + "/issues", j{"title": strings.Repeat("x", 257)}, 422, "title is too long"},
		{"a status of an unknown commit", "ghs_local", "POST", repo + "/statuses/" + strings.Repeat("0", 40), j{"state": "success"}, 422, "No commit found"},
		{"a status that does not exist", "ghs_local", "POST", repo + "/statuses/" + head, j{"state": "splendid"}, 422, "not included in the list"},
		{"a description over its limit", "ghs_local", "POST", repo + "/statuses/" + head, j{"state": "success", "description": strings.Repeat("x", 141)}, 422, "maximum is 140"},
		{"a description with an emoji", "ghs_local", "POST", repo + "/statuses/" + head, j{"state": "success", "description": "fine \U0001f600"}, 422, "doesn't accept 4-byte Unicode"},
		{"a check without a conclusion", "ghs_local", "POST", repo + "/check-runs", j{"name": "x", "head_sha": head, "status": "completed"}, 422, "missing_field"},
		{"too many annotations", "ghs_local", "POST", repo + "/check-runs", j{"name": "x", "head_sha": head, "output": j{"title": "t", "summary": "s", "annotations": make([]j, 51)}}, 422, "No more than 50"},
		{"a check's summary over its limit", "ghs_local", "POST", repo + "/check-runs", j{"name": "x", "head_sha": head, "output": j{"title": "t", "summary": strings.Repeat("x", 65536)}}, 422, "maximum is 65535"},
		{"a person has no checks", "ghp_mona", "POST", repo + "/check-runs", j{"name": "x", "head_sha": head}, 403, "GitHub App"},
		{"a deployment of nothing", "ghs_local", "POST", repo + "/deployments", j{"ref": "nowhere"}, 422, "No ref found for: nowhere"},
		{"a review off the diff", "ghs_local", "POST", repo + "/pulls/1/reviews", j{"event": "COMMENT", "body": "b", "comments": []j{{"path": "versions/3f2a_loyalty.py", "line": 9, "body": "x"}}}, 422, "must be part of the diff"},
		{"a review of another file", "ghs_local", "POST", repo + "/pulls/1/reviews", j{"event": "COMMENT", "body": "b", "comments": []j{{"path": "other.py", "line": 1, "body": "x"}}}, 422, "must be part of the diff"},
		{"approving oneself", "ghp_mona", "POST", repo + "/pulls/1/reviews", j{"event": "APPROVE"}, 422, "Can not approve your own pull request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v.t = t
			got := caller{t, s.APIURL(), c.token, v}.do(c.method, c.path, c.body)
			if got.status != c.status || !strings.Contains(string(got.raw), c.says) {
				t.Errorf("status %d instead of %d, without %q: %.300s", got.status, c.status, c.says, got.raw)
			}
			if got.header.Get("X-GitHub-Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
}

func TestAMissingPermissionIsNamed(t *testing.T) {
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	s.AddToken(githublocal.Token{Text: "ghs_none", Permissions: map[githublocal.Scope]githublocal.Access{}})
	got := caller{t, s.APIURL(), "ghs_none", http.DefaultTransport}.do("POST", "/repos/acme/shop/issues/1/comments", j{"body": "x"})
	if want := "issues=write; pull_requests=write"; n != 1 || got.header.Get("X-Accepted-GitHub-Permissions") != want {
		t.Errorf("%q instead of %q", got.header.Get("X-Accepted-GitHub-Permissions"), want)
	}
}

func TestAPrivateRepositoryIsHidden(t *testing.T) {
	s := serve(t, githublocal.Config{Private: true})
	open(t, s, example())
	s.AddToken(githublocal.Token{Text: "ghs_issues", Permissions: map[githublocal.Scope]githublocal.Access{githublocal.Issues: githublocal.Read}})
	for token, want := range map[string]int{"": 404, "ghs_issues": 403, "ghs_local": 200} {
		if got := (caller{t, s.APIURL(), token, http.DefaultTransport}).do("GET", "/repos/acme/shop/pulls", nil); got.status != want {
			t.Errorf("token %q: %d instead of %d", token, got.status, want)
		}
	}
}

// A status that failed keeps a deployment back unless the caller says which count.
func TestADeploymentWaitsForItsStatuses(t *testing.T) {
	s := serve(t, githublocal.Config{})
	open(t, s, example())
	c := caller{t, s.APIURL(), "ghs_local", http.DefaultTransport}
	main := "/repos/acme/shop/statuses/" + s.Head("main")
	for _, s := range []j{{"state": "success", "context": "Late"}, {"state": "failure", "context": "late"}, {"state": "success", "context": "LATE"}} {
		c.do("POST", main, s) // one context, whose newest counts
	}
	c.do("POST", main, j{"state": "failure", "context": "tests"})
	for _, step := range []struct {
		body   j
		status int
	}{
		{j{"ref": "main"}, 409},
		{j{"ref": "main", "required_contexts": []string{"Tests"}}, 409},
		{j{"ref": "main", "required_contexts": []string{"other", "late", "Late"}}, 201},
		{j{"ref": "main", "required_contexts": []string{}}, 201},
	} {
		if got := c.do("POST", "/repos/acme/shop/deployments", step.body); got.status != step.status {
			t.Errorf("%v: %d instead of %d: %s", step.body, got.status, step.status, got.raw)
		}
	}
}

func TestTheNextDeploymentRetiresTheLast(t *testing.T) {
	s := serve(t, githublocal.Config{})
	c := caller{t, s.APIURL(), "ghs_local", http.DefaultTransport}
	for _, environment := range []string{"production", "staging", "production"} {
		made := c.do("POST", "/repos/acme/shop/deployments", j{"ref": "main", "environment": environment}).object(t)
		c.do("POST", strings.TrimPrefix(made["statuses_url"].(string), s.APIURL()), j{"state": "success"})
	}
	var got []string
	for _, d := range s.Deployments() {
		got = append(got, d.Environment+" "+d.State)
	}
	if diff := cmp.Diff([]string{"production inactive", "staging success", "production success"}, got); diff != "" {
		t.Error(diff)
	}
}

// Deployments and their statuses are listed newest first, and those asked for only.
func TestDeploymentsAreListed(t *testing.T) {
	s := serve(t, githublocal.Config{})
	open(t, s, example())
	c := caller{t, s.APIURL(), "ghs_local", http.DefaultTransport}
	const all = "/repos/acme/shop/deployments"
	names := func(path, field string) (out []string) {
		t.Helper()
		var list []map[string]any
		if err := json.Unmarshal(c.do("GET", path, nil).raw, &list); err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			out = append(out, d[field].(string))
		}
		return out
	}
	for _, d := range []j{
		{"description": "1", "ref": "main"},
		{"description": "2", "ref": "loyalty", "environment": "staging"},
		{"description": "3", "ref": "main", "task": "deploy:migrations"},
	} {
		c.do("POST", all, d)
	}
	for query, want := range map[string][]string{
		"":                              {"3", "2", "1"},
		"?environment=staging":          {"2"},
		"?environment=production":       {"3", "1"},
		"?task=deploy:migrations":       {"3"},
		"?ref=loyalty":                  {"2"},
		"?sha=" + s.Head("main"):        {"3", "1"},
		"?ref=main&per_page=1&page=2":   {"1"},
		"?environment=staging&ref=main": nil,
	} {
		if diff := cmp.Diff(want, names(all+query, "description")); diff != "" {
			t.Errorf("%s: -want +got\n%s", query, diff)
		}
	}
	statuses := fmt.Sprintf("%s/%d/statuses", all, s.Deployments()[0].ID)
	for _, state := range []string{"queued", "in_progress", "failure"} {
		c.do("POST", statuses, j{"state": state})
	}
	if diff := cmp.Diff([]string{"failure", "in_progress", "queued"}, names(statuses, "state")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAnnotationsAddUp(t *testing.T) {
	s := serve(t, githublocal.Config{})
	c := caller{t, s.APIURL(), "ghs_local", http.DefaultTransport}
	output := j{"title": "t", "summary": "s", "annotations": make([]j, 50)}
	run := c.do("POST", "/repos/acme/shop/check-runs", j{"name": "x", "head_sha": s.Head("main"), "output": output}).object(t)
	run = c.do("PATCH", strings.TrimPrefix(run["url"].(string), s.APIURL()), j{"output": output}).object(t)
	if got := run["output"].(map[string]any)["annotations_count"]; got != 100.0 {
		t.Errorf("%v annotations", got)
	}
}
