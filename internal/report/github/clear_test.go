package github_test

import (
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// TestLabelledBy goes through who may clear a failure with a label, and when. The failure is at h.now
// plus a minute.
func TestLabelledBy(t *testing.T) {
	for name, c := range map[string]struct {
		do func(*hub)
		by string // empty: it does not count
	}{
		"no label":                 {do: func(h *hub) { h.later() }},
		"a person who may write":   {do: func(h *hub) { h.fail(); h.label("mila") }, by: "mila"},
		"another label":            {do: func(h *hub) { h.fail(); h.must(h.Label(h.number, "mila", "other")) }},
		"a person who may not":     {do: func(h *hub) { h.fail(); h.label("tom") }},
		"a bot with write access":  {do: func(h *hub) { h.fail(); h.SetRole("some-app[bot]", "write"); h.label("some-app[bot]") }},
		"ourselves":                {do: func(h *hub) { h.fail(); h.label("github-actions[bot]") }},
		"who is gone":              {do: func(h *hub) { h.fail(); h.label("") }},
		"role lost since":          {do: func(h *hub) { h.fail(); h.label("mila"); h.SetRole("mila", "read") }},
		"before the failure":       {do: func(h *hub) { h.label("mila"); h.fail() }},
		"in the failure's second":  {do: func(h *hub) { h.later(); h.label("mila") }},
		"set again after it":       {do: func(h *hub) { h.label("mila"); h.fail(); h.again("mila") }, by: "mila"},
		"taken away":               {do: func(h *hub) { h.fail(); h.label("mila"); h.must(h.Unlabel(h.number, "mila", label)) }},
		"set again by who may not": {do: func(h *hub) { h.fail(); h.label("mila"); h.later(); h.again("tom") }},
		"pushed to since":          {do: func(h *hub) { h.fail(); h.label("mila"); h.later(); h.must(h.Push(h.number, "")) }, by: "mila"},
		"on a merged one":          {do: func(h *hub) { h.merge(); h.fail(); h.label("mila") }, by: "mila"},
		"after many others":        {do: func(h *hub) { h.fail(); h.busy(); h.label("mila"); h.busy() }, by: "mila"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			failure := h.now.Add(time.Minute)
			c.do(h)
			by, at, found, err := h.client.LabelledBy(t.Context(), h.number, label, failure)
			if err != nil {
				t.Fatal(err)
			}
			if by != c.by || found != (c.by != "") || found != at.After(failure) {
				t.Errorf("found %v, by %q at %v; want %q", found, by, at, c.by)
			}
		})
	}
}

// fail lets the time of the failure pass.
func (h *hub) fail() { h.later(); h.later() }

func (h *hub) merge() {
	_, err := h.Merge(h.number, "squash")
	h.must(err)
}

// busy fills more than a page of the timeline.
func (h *hub) busy() {
	for range 3 {
		_, err := h.Comment(h.number, "mila", "well")
		h.must(err)
	}
}

// What cannot be read is an error, and no label.
func TestLabelledByWithoutAnAnswer(t *testing.T) {
	for _, path := range []string{
		"/repos/acme/shop/pulls/1", "/repos/acme/shop/issues/1/timeline", "/repos/acme/shop/collaborators/mila/permission",
	} {
		h := newHub(t)
		h.label("mila")
		h.Inject(githublocal.Fault{Method: "GET", Path: path, Status: 403, Message: "Resource not accessible by integration"})
		by, _, found, err := h.client.LabelledBy(t.Context(), h.number, label, time.Time{})
		if by != "" || found || !github.Forbidden(err) {
			t.Errorf("%s: by %q, %v, %v", path, by, found, err)
		}
		h.Inject(githublocal.Fault{Method: "GET", Path: path, Status: 403, Message: "Resource not accessible by integration"})
		if o, found, err := h.client.Override(t.Context(), h.number, label); found || !github.Forbidden(err) {
			t.Errorf("%s: %+v, %v, %v", path, o, found, err)
		}
	}
}

func TestRemoveLabel(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	for _, name := range []string{label, "a b/c?d#e%2f", "größer"} {
		h.must(h.Label(h.number, "mila", name))
		h.must(h.client.RemoveLabel(ctx, h.number, name))
		if err := h.Unlabel(h.number, "mila", name); err == nil {
			t.Errorf("%q is still there", name)
		}
		if err := h.client.RemoveLabel(ctx, h.number, name); err != nil {
			t.Errorf("%q, which is not there: %v", name, err)
		}
	}
	if err := h.client.RemoveLabel(ctx, 99, label); err == nil {
		t.Error("a label was taken from no pull request")
	}
	reading := h.as(map[githublocal.Scope]githublocal.Access{githublocal.PullRequests: githublocal.Read})
	if err := reading.RemoveLabel(ctx, h.number, label); !github.Forbidden(err) {
		t.Errorf("without the permission: %v", err)
	}
}
