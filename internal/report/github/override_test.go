package github_test

import (
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	token = secret.Text("ghs_token")
	label = "migration-override"
)

// hub is a local GitHub whose clock stands still until it is moved.
type hub struct {
	*githublocal.Server
	t      *testing.T
	now    time.Time
	client *github.Client
	number int
}

func newHub(t *testing.T, files ...githublocal.File) *hub {
	t.Helper()
	h := &hub{t: t, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	server, err := githublocal.Start(githublocal.Config{Token: token, Owner: "acme", Repo: "shop", PageSize: 2, Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	h.Server = server
	h.client, err = github.New(github.Config{BaseURL: server.APIURL(), Token: token, Owner: "acme", Repo: "shop"})
	h.must(err)
	h.number, err = server.OpenPullRequest(githublocal.PullRequest{Title: "Coupons", Author: "ines", Head: "coupons", HeadSHA: firstHead, Files: files})
	h.must(err)
	h.SetRole("mila", "write")
	h.SetRole("tom", "triage")
	h.later()
	return h
}

const firstHead = "1111111111111111111111111111111111111111"

func (h *hub) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) later() { h.now = h.now.Add(time.Minute) }

func (h *hub) label(login string) { h.must(h.Label(h.number, login, label)) }

// TestOverride goes through what makes a label count, and all that makes it not.
func TestOverride(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*hub)
		by   string // empty: it does not count
		says string
	}{
		"no label":                 {do: func(*hub) {}},
		"a person who may write":   {do: func(h *hub) { h.label("mila") }, by: "mila"},
		"a person who may not":     {do: func(h *hub) { h.label("tom") }, says: "no write access"},
		"a bot":                    {do: func(h *hub) { h.SetRole("some-app[bot]", "write"); h.label("some-app[bot]") }, says: "bot"},
		"pushed to since":          {do: func(h *hub) { h.label("mila"); h.later(); h.must(h.Push(h.number, "")) }, says: "newest commit"},
		"pushed in that second":    {do: func(h *hub) { h.must(h.Push(h.number, "")); h.label("mila") }, says: "newest commit"},
		"set again after the push": {do: func(h *hub) { h.label("mila"); h.later(); h.must(h.Push(h.number, "")); h.later(); h.again("mila") }, by: "mila"},
		"taken away":               {do: func(h *hub) { h.label("mila"); h.later(); h.must(h.Unlabel(h.number, "mila", label)) }},
		"role lost since":          {do: func(h *hub) { h.label("mila"); h.SetRole("mila", "read") }, says: "no write access"},
		"the author":               {do: func(h *hub) { h.SetRole("ines", "maintain"); h.label("ines") }, by: "ines"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			c.do(h)
			o, found, err := h.client.Override(t.Context(), h.number, label)
			if err != nil {
				t.Fatal(err)
			}
			if found != (c.by != "") || found && (o.By != c.by || o.Why != "" || o.Role == "") {
				t.Errorf("found %v, %+v", found, o)
			}
			if c.says != "" && !strings.Contains(o.Why, c.says) {
				t.Errorf("why: %q, want %q", o.Why, c.says)
			}
			if o.Own != (o.By == "ines") {
				t.Errorf("own: %+v", o)
			}
		})
	}
}

// again takes the label away and sets it.
func (h *hub) again(login string) {
	h.must(h.Unlabel(h.number, login, label))
	h.label(login)
}
