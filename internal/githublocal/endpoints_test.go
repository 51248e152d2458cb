package githublocal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// caller sends requests as any program would, with nothing of a client library.
type caller struct {
	t         testing.TB
	base      string
	token     string
	transport http.RoundTripper
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
}

func (a answer) object(t testing.TB) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.raw, &out); err != nil {
		t.Fatalf("%v in %s", err, a.raw)
	}
	return out
}

func (c caller) do(method, path string, body any) answer {
	c.t.Helper()
	var raw io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		raw = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, c.base+path, raw)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := (&http.Client{Transport: c.transport}).Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, got}
}

// j is a JSON object.
type j = map[string]any

// Each endpoint is asked once or more, and each request and response is held to GitHub's
// description. A route that no step reaches fails the test.
func TestEveryEndpointIsAsDescribed(t *testing.T) {
	for _, c := range []struct {
		name   string
		config githublocal.Config
	}{
		{"public repository of an organization", githublocal.Config{PageSize: 2}},
		{"private repository of a person", githublocal.Config{OwnerIsUser: true, Private: true}},
	} {
		t.Run(c.name, func(t *testing.T) { askEverything(t, c.config) })
	}
}

func askEverything(t *testing.T, config githublocal.Config) {
	v := newVendor(t)
	s := serve(t, config)
	s.AddToken(githublocal.Token{Text: "ghp_mona", Login: "mona"})
	n := open(t, s, example())
	fork := open(t, s, githublocal.PullRequest{Title: "From a fork", Head: "patch-1", Author: "mallory", Fork: "mallory", Draft: true})
	if err := s.Push(n, ""); err != nil {
		t.Fatal(err)
	}
	gone := open(t, s, githublocal.PullRequest{Title: "Dependency", Head: "dependabot/pip/sqlmodel", Author: "dependabot[bot]"})
	if err := s.CloseUnmerged(gone); err != nil {
		t.Fatal(err)
	}
	main := s.Head("main")
	head := s.Head("loyalty")
	bot := caller{t, s.APIURL(), "ghs_local", v}
	mona := caller{t, s.APIURL(), "ghp_mona", v}
	repo := "/repos/acme/shop"
	issue := func(n int) string { return fmt.Sprintf("%s/issues/%d", repo, n) }
	pull := func(n int) string { return fmt.Sprintf("%s/pulls/%d", repo, n) }
	want := func(status int, a answer) map[string]any {
		t.Helper()
		if a.status != status {
			t.Fatalf("status %d instead of %d: %s", a.status, status, a.raw)
		}
		if len(a.raw) == 0 || a.raw[0] != '{' {
			return nil
		}
		return a.object(t)
	}

	want(200, mona.do("GET", "/user", nil))
	want(403, bot.do("GET", "/user", nil))
	want(200, bot.do("GET", repo, nil))
	want(200, bot.do("GET", repo+"/collaborators/mona/permission", nil))
	want(404, bot.do("GET", repo+"/collaborators/nobody/permission", nil))
	for _, query := range []string{"", "?state=all&per_page=100", "?state=closed&sort=updated&direction=asc", "?head=acme:loyalty&base=main", "?page=2"} {
		want(200, bot.do("GET", repo+"/pulls"+query, nil))
		want(200, bot.do("GET", pull(n)+"/files"+query, nil))
	}
	for _, number := range []int{n, fork, gone} {
		want(200, bot.do("GET", pull(number), nil))
		want(200, bot.do("GET", pull(number)+"/commits", nil))
	}
	want(404, bot.do("GET", pull(99), nil))
	want(200, bot.do("GET", repo+"/commits/"+head+"/pulls", nil))

	comment := want(201, bot.do("POST", issue(n)+"/comments", j{"body": "<!-- marker --> hello"}))
	at := strings.TrimPrefix(comment["url"].(string), s.APIURL())
	want(200, bot.do("PATCH", at, j{"body": "edited"}))
	want(200, mona.do("GET", at, nil))
	want(201, mona.do("POST", issue(n)+"/comments", j{"body": "thanks"}))
	want(200, bot.do("GET", issue(n)+"/comments?per_page=100&since=2020-01-01T00:00:00Z", nil))
	want(204, bot.do("DELETE", at, nil))
	want(404, bot.do("GET", at, nil))

	made := want(201, bot.do("POST", repo+"/issues", j{"title": "Production drifted", "body": "by a column", "labels": []any{"drift", j{"name": "database"}}}))
	number := int(made["number"].(float64))
	want(200, bot.do("PATCH", issue(number), j{"state": "closed", "state_reason": "completed", "body": "no longer"}))
	want(200, bot.do("PATCH", issue(number), j{"state": "open"}))
	want(200, bot.do("GET", issue(number), nil))
	want(200, bot.do("GET", repo+"/issues?labels=drift&creator=app/github-actions&state=all", nil))
	want(200, bot.do("POST", issue(n)+"/labels", j{"labels": []string{"migration", "needs review"}}))
	want(200, bot.do("DELETE", issue(n)+"/labels/needs%20review", nil))
	want(404, bot.do("DELETE", issue(n)+"/labels/other", nil))

	want(201, bot.do("POST", repo+"/statuses/"+head, j{"state": "success", "context": "neon/rehearsal", "description": "3 changes"}))
	want(200, bot.do("GET", repo+"/commits/loyalty/statuses", nil))
	run := want(201, bot.do("POST", repo+"/check-runs", j{"name": "rehearsal", "head_sha": head, "status": "in_progress", "started_at": "2026-11-22T14:02:00Z"}))
	want(200, bot.do("PATCH", fmt.Sprintf("%s/check-runs/%.0f", repo, run["id"]), j{"conclusion": "success", "output": j{
		"title": "Passed", "summary": "fine", "annotations": []j{{"path": "a.py", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}},
	}}))
	want(403, mona.do("POST", repo+"/check-runs", j{"name": "rehearsal", "head_sha": head}))

	for _, ref := range []string{"main", main} {
		deployment := want(201, bot.do("POST", repo+"/deployments", j{"ref": ref, "environment": "production", "required_contexts": []string{}, "auto_merge": false, "payload": j{"plan": "x"}}))
		statuses := fmt.Sprintf("%s/deployments/%.0f/statuses", repo, deployment["id"])
		want(201, bot.do("POST", statuses, j{"state": "in_progress"}))
		want(201, bot.do("POST", statuses, j{"state": "success", "environment_url": "https://example.com", "description": "upgraded"}))
		want(200, bot.do("GET", statuses, nil))
	}
	for _, query := range []string{"", "?environment=production&task=deploy&per_page=1", "?ref=main", "?sha=" + main} {
		want(200, bot.do("GET", repo+"/deployments"+query, nil))
	}
	want(404, bot.do("GET", repo+"/deployments/7/statuses", nil))
	want(201, bot.do("POST", repo+"/actions/runs/30433642/rerun", nil))
	want(201, bot.do("POST", repo+"/actions/runs/30433642/rerun", j{"enable_debug_logging": true}))
	s.DeleteRun(8)
	want(404, bot.do("POST", repo+"/actions/runs/8/rerun", nil))
	if got := s.Reruns(); !slices.Equal(got, []int64{30433642, 30433642}) {
		t.Errorf("run again: %v", got)
	}
	want(200, bot.do("POST", pull(n)+"/reviews", j{"event": "COMMENT", "body": "two things", "comments": []j{{"path": "versions/3f2a_loyalty.py", "line": 2, "body": "locks"}}}))
	want(200, bot.do("GET", pull(n)+"/reviews", nil))
	want(200, mona.do("POST", pull(n)+"/reviews", j{"event": "COMMENT", "comments": []j{{"path": "versions/3f2a_loyalty.py", "position": 1, "body": "why?"}}}))
	want(200, bot.do("GET", pull(n)+"/comments?per_page=100", nil))
	noted := s.ReviewComments(n)
	line := fmt.Sprintf("%s/pulls/comments/%d", repo, noted[0].ID)
	want(200, bot.do("PATCH", line, j{"body": "locks for 2 s"}))
	want(200, bot.do("GET", line, nil))
	want(204, bot.do("DELETE", fmt.Sprintf("%s/pulls/comments/%d", repo, noted[1].ID), nil))
	want(404, bot.do("GET", fmt.Sprintf("%s/pulls/comments/%d", repo, noted[1].ID), nil))
	if err := s.Push(n, "", githublocal.File{Path: "versions/3f2a_loyalty.py", Patch: "@@ -0,0 +1 @@\n+other\n"}); err != nil {
		t.Fatal(err)
	}
	want(200, bot.do("GET", pull(n)+"/comments", nil))
	for _, page := range []string{"1", "2", "3", "4", "5"} {
		want(200, bot.do("GET", issue(n)+"/timeline?page="+page, nil))
	}
	want(200, bot.do("GET", issue(number)+"/timeline", nil))
	for _, query := range []string{"", "?ref=refs/heads/loyalty&per_page=1", "?ref=loyalty&direction=asc", "?time_period=day&activity_type=push"} {
		want(200, bot.do("GET", repo+"/activity"+query, nil))
	}
	if _, err := s.Merge(n, "squash"); err != nil {
		t.Fatal(err)
	}
	want(200, bot.do("GET", pull(n), nil))
	want(200, bot.do("GET", repo+"/commits/"+s.Head("main")+"/pulls", nil))
	for _, query := range []string{"", "?path=versions/3f2a_loyalty.py&per_page=1", "?sha=loyalty"} {
		want(200, bot.do("GET", repo+"/commits"+query, nil))
	}
	want(404, bot.do("GET", repo+"/commits?sha=nowhere", nil))

	for _, e := range githublocal.Endpoints() {
		if v.seen[e.Method+" "+shape(e.Path)] == 0 {
			t.Errorf("%s %s was never answered well", e.Method, e.Path)
		}
	}
}
