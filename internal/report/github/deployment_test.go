package github_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// signed is what the tests take for a payload of their own.
func signed(payload json.RawMessage) bool { return strings.Contains(string(payload), `"digest"`) }

// deploy makes a deployment to production by a client.
func (h *hub) deploy(client *github.Client, payload string) int64 {
	h.t.Helper()
	id, err := client.CreateDeployment(h.t.Context(), github.Deployment{
		SHA: h.Head("main"), Ref: "main", Environment: "production", Description: "2 revisions", Payload: json.RawMessage(payload),
	})
	h.must(err)
	h.later()
	return id
}

func (h *hub) tell(id int64, states ...string) {
	h.t.Helper()
	for _, state := range states {
		h.must(h.client.SetDeployment(h.t.Context(), id, github.DeploymentStatus{
			State: state, Description: "is " + state, LogURL: "https://x.test/log", EnvironmentURL: "https://x.test/env",
		}))
	}
}

// last is the newest deployment of ours.
func (h *hub) last(environment string) (github.Deployment, bool) {
	h.t.Helper()
	d, found, err := h.client.LastDeployment(h.t.Context(), environment, signed)
	h.must(err)
	return d, found
}

// What is written is what is kept: nothing holds a deployment back, and its states follow each other.
func TestDeployment(t *testing.T) {
	h := newHub(t)
	h.must(h.client.SetStatus(t.Context(), h.Head("main"), github.Status{Context: "tests", State: "failure"}))
	id := h.deploy(h.client, ` {"digest": "sha256:1"} `)
	h.tell(id, "queued", "in_progress", "success")
	step := func(state string) githublocal.DeploymentStatus {
		return githublocal.DeploymentStatus{State: state, Description: "is " + state, LogURL: "https://x.test/log", EnvironmentURL: "https://x.test/env"}
	}
	want := []githublocal.Deployment{{
		ID: id, SHA: h.Head("main"), Ref: h.Head("main"), Environment: "production", State: "success", Description: "is success",
		Task: github.DeploymentTask, Payload: json.RawMessage(`{"digest":"sha256:1"}`), Production: true,
		Statuses: []githublocal.DeploymentStatus{step("queued"), step("in_progress"), step("success")},
	}}
	if diff := cmp.Diff(want, h.Deployments()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// Without an environment or a commit, GitHub's own defaults are what counts.
func TestDeploymentByRef(t *testing.T) {
	h := newHub(t)
	id, err := h.client.CreateDeployment(t.Context(), github.Deployment{Ref: "main"})
	h.must(err)
	got := h.Deployments()[0]
	if got.ID != id || got.Ref != "main" || got.SHA != h.Head("main") || got.Environment != "production" || got.Payload != nil {
		t.Errorf("%+v", got)
	}
	_, err = h.client.CreateDeployment(t.Context(), github.Deployment{Ref: "main", Environment: "eu-production"})
	h.must(err)
	if got := h.Deployments()[1]; !got.Production {
		t.Errorf("%+v is not shown as production", got)
	}
	d, found, err := h.client.LastDeployment(t.Context(), "", func(json.RawMessage) bool { return true })
	if err != nil || !found || d.ID != id {
		t.Errorf("without an environment: %+v, %v, %v", d, found, err)
	}
}

// The last deployment is ours, of that environment, with its newest state, and found over pages.
func TestLastDeployment(t *testing.T) {
	h := newHub(t)
	if d, found := h.last("production"); found {
		t.Fatalf("%+v before the first", d)
	}
	made := h.now
	id := h.deploy(h.client, `{"digest": "sha256:1"}`)
	if d, found := h.last("production"); !found || d.ID != id || d.State != "" || !d.StateAt.IsZero() || !d.CreatedAt.Equal(made) {
		t.Fatalf("before its first status: %v, %+v", found, d)
	}
	h.tell(id, "queued", "in_progress", "failure")
	failed := h.now
	h.later()
	h.AddToken(githublocal.Token{Text: "ghp_mallory", Login: "mallory"})
	mallory, err := github.New(github.Config{BaseURL: h.APIURL(), Token: "ghp_mallory", Owner: "acme", Repo: "shop"})
	h.must(err)
	h.deploy(mallory, `{"digest": "sha256:forged"}`)
	for n := range 4 {
		h.deploy(h.client, fmt.Sprintf(`{"other": %d}`, n))
	}
	_, err = h.client.CreateDeployment(t.Context(), github.Deployment{Ref: "main", Environment: "staging", Payload: json.RawMessage(`{"digest": "sha256:2"}`)})
	h.must(err)
	want := github.Deployment{
		ID: id, SHA: h.Head("main"), Ref: h.Head("main"), Environment: "production", Description: "2 revisions",
		Payload: json.RawMessage(`{"digest":"sha256:1"}`), CreatedAt: made, State: "failure", StateAt: failed, Told: "is failure",
	}
	got, found := h.last("production")
	if diff := cmp.Diff(want, got); !found || diff != "" {
		t.Errorf("found: %v, -want +got\n%s", found, diff)
	}
	newer := h.deploy(h.client, `{"digest": "sha256:3"}`)
	if d, _ := h.last("production"); d.ID != newer {
		t.Errorf("%+v instead of the newest", d)
	}
}

// The last deployments are the newest first, each with what was told when it ended, whatever GitHub says since.
func TestLastDeployments(t *testing.T) {
	h := newHub(t)
	for n := range 4 {
		h.tell(h.deploy(h.client, fmt.Sprintf(`{"digest": %d}`, n)), "in_progress", "success")
		h.later()
	}
	all, err := h.client.LastDeployments(t.Context(), "production", 3, signed)
	h.must(err)
	got := ""
	for _, d := range all {
		got += fmt.Sprintf("%s %s %s; ", d.Payload, d.State, d.Told)
	}
	if want := `{"digest":3} success is success; {"digest":2} inactive is success; {"digest":1} inactive is success; `; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Jobs that name an environment make deployments of their own, by the same author: they are not even
// looked at.
func TestLastDeploymentAmongThoseOfJobs(t *testing.T) {
	h := newHub(t)
	id := h.deploy(h.client, `{"digest": "sha256:1"}`)
	for range 9 {
		h.jobDeploys(t)
	}
	asked := len(h.Requests())
	if d, found := h.last("production"); !found || d.ID != id {
		t.Errorf("found %v: %+v", found, d)
	}
	if n := len(h.Requests()) - asked; n != 2 {
		t.Errorf("%d requests instead of one for the deployment and one for its statuses", n)
	}
}

func TestDeploymentDescriptions(t *testing.T) {
	h := newHub(t)
	id := h.deploy(h.client, "")
	for name, c := range descriptions {
		t.Run(name, func(t *testing.T) {
			if err := h.client.SetDeployment(t.Context(), id, github.DeploymentStatus{State: "in_progress", Description: c.told}); err != nil {
				t.Fatal(err)
			}
			if got := h.Deployments()[0].Description; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			_, err := h.client.CreateDeployment(t.Context(), github.Deployment{
				Ref: "main", Environment: "e " + name, Description: c.told, Payload: json.RawMessage(`{"digest":1}`),
			})
			if err != nil {
				t.Fatal(err)
			}
			d, _, err := h.client.LastDeployment(t.Context(), "e "+name, signed)
			if err != nil || d.Description != c.want {
				t.Errorf("of the deployment: %q, %v, want %q", d.Description, err, c.want)
			}
		})
	}
}

func TestDeploymentRefusals(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	for _, payload := range []string{`"text"`, `[1]`, `{`, `null`, `{} {}`, `7`} {
		_, err := h.client.CreateDeployment(ctx, github.Deployment{Ref: "main", Payload: json.RawMessage(payload)})
		if told, _ := fault.Explain(err); !strings.Contains(told.Why, "payload") {
			t.Errorf("the payload %s: %v", payload, err)
		}
	}
	if n := len(h.Requests()); n != 0 {
		t.Errorf("%d requests with a payload that is no object", n)
	}
	if _, err := h.client.CreateDeployment(ctx, github.Deployment{Ref: "nowhere"}); err == nil || github.Forbidden(err) {
		t.Errorf("of no branch: %v", err)
	}
	id := h.deploy(h.client, "")
	if err := h.client.SetDeployment(ctx, id, github.DeploymentStatus{State: "splendid"}); err == nil || github.Forbidden(err) {
		t.Errorf("an unknown state: %v", err)
	}
	reading := h.as(map[githublocal.Scope]githublocal.Access{githublocal.Deployments: githublocal.Read, githublocal.PullRequests: githublocal.Write})
	_, err := reading.CreateDeployment(ctx, github.Deployment{Ref: "main"})
	refused(t, err, "deployments: write")
	refused(t, reading.SetDeployment(ctx, id, github.DeploymentStatus{State: "success"}), "deployments: write")
}

// A list that breaks off is an error, and no answer: the deployment that it would have shown may be
// the one that failed.
func TestLastDeploymentOfABrokenList(t *testing.T) {
	for _, path := range []string{"/repos/acme/shop/deployments", "/repos/acme/shop/deployments/*/statuses"} {
		h := newHub(t)
		h.deploy(h.client, `{"digest": 1}`)
		h.Inject(githublocal.Fault{Method: "GET", Path: path, Status: 403, Message: "Resource not accessible by integration"})
		d, found, err := h.client.LastDeployment(t.Context(), "production", signed)
		if found || d.ID != 0 {
			t.Errorf("%s: %+v", path, d)
		}
		refused(t, err, "deployments: write")
	}
}

// jobDeploys makes a deployment as GitHub does for a job.
func (h *hub) jobDeploys(t *testing.T) {
	t.Helper()
	body := strings.NewReader(`{"ref": "main", "environment": "production", "payload": {"digest": "?"}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.APIURL()+"/repos/acme/shop/deployments", body)
	h.must(err)
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	resp, err := http.DefaultClient.Do(req)
	h.must(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatal(resp.Status)
	}
}
