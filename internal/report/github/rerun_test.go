package github_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

func TestRerun(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	h.must(h.client.Rerun(ctx, 30433642))
	h.must(h.client.Rerun(ctx, 12119360613))
	if got := h.Reruns(); !slices.Equal(got, []int64{30433642, 12119360613}) {
		t.Errorf("run again: %v", got)
	}
	h.DeleteRun(7)
	if err := h.client.Rerun(ctx, 7); !github.Forbidden(err) {
		t.Errorf("of a run that is gone: %v", err)
	}
	reading := h.as(map[githublocal.Scope]githublocal.Access{githublocal.Actions: githublocal.Read, githublocal.PullRequests: githublocal.Write})
	refused(t, reading.Rerun(ctx, 7), "actions: write")
}

// GitHub's refusals of a run's state have the status of a missing permission, and are none.
func TestRerunOfWhatCannotBe(t *testing.T) {
	h := newHub(t)
	for _, said := range []string{
		"This workflow is already running", "The workflow run cannot be retried",
		"Unable to retry this workflow run because it was created over a month ago",
	} {
		h.Inject(githublocal.Fault{Method: "POST", Path: "/repos/*/*/actions/runs/*/rerun", Status: 403, Message: said})
		if err := h.client.Rerun(t.Context(), 1); err == nil || github.Forbidden(err) {
			t.Errorf("%s: %v", said, err)
		}
	}
}

func TestForbidden(t *testing.T) {
	const state = "neon/promotion"
	for name, c := range map[string]struct {
		fault     githublocal.Fault
		forbidden bool
	}{
		"an integration":     {githublocal.Fault{Status: 403, Message: "Resource not accessible by integration"}, true},
		"single sign-on":     {githublocal.Fault{Status: 403, Message: "Resource protected by organization SAML enforcement."}, true},
		"hidden":             {githublocal.Fault{Status: 404, Message: "Not Found"}, true},
		"primary limit":      {githublocal.PrimaryLimit(403, time.Now().Add(time.Hour)), false},
		"primary limit, 429": {githublocal.PrimaryLimit(429, time.Now().Add(time.Hour)), false},
		"secondary limit":    {githublocal.SecondaryLimit(403, time.Hour), false},
		"a limit of another server": {githublocal.Fault{
			Status: 403, Message: "You have exceeded a secondary rate limit.", Docs: "https://docs.github.com/enterprise",
		}, false},
		"archived":  {githublocal.Fault{Status: 403, Message: "Repository was archived so is read-only."}, false},
		"bad token": {githublocal.Fault{Status: 401, Message: "Bad credentials"}, false},
		"invalid":   {githublocal.Fault{Status: 422, Message: "Validation Failed"}, false},
		"a failure": {githublocal.ServerError(502), false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			client, err := github.New(github.Config{BaseURL: h.APIURL(), Token: token, Owner: "acme", Repo: "shop", Budget: time.Nanosecond})
			h.must(err)
			c.fault.Times = -1
			h.Inject(c.fault)
			err = client.SetStatus(t.Context(), firstHead, github.Status{Context: state, State: "success"})
			if err == nil || github.Forbidden(err) != c.forbidden || github.Forbidden(fmt.Errorf("promoting: %w", err)) != c.forbidden {
				t.Errorf("forbidden %v, want %v: %v", github.Forbidden(err), c.forbidden, err)
			}
		})
	}
	if github.Forbidden(nil) || github.Forbidden(errors.New("no token")) {
		t.Error("no refusal was taken for one")
	}
}
