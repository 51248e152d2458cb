package github_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// as gives a client whose token may do only this.
func (h *hub) as(may map[githublocal.Scope]githublocal.Access) *github.Client {
	h.t.Helper()
	const other = secret.Text("ghs_other")
	h.AddToken(githublocal.Token{Text: other, Permissions: may})
	client, err := github.New(github.Config{BaseURL: h.APIURL(), Token: other, Owner: "acme", Repo: "shop"})
	h.must(err)
	return client
}

// refused checks that a call failed for want of a permission, and names the lines that would mend it.
func refused(t *testing.T, err error, line string) {
	t.Helper()
	if !errors.Is(err, github.ErrNotPermitted) || !github.Forbidden(err) {
		t.Fatalf("%v is not the want of a permission", err)
	}
	if told, _ := fault.Explain(err); !strings.Contains(told.Do, line) || strings.Contains(told.Do, "pull-requests") {
		t.Errorf("the advice is %q, without %q", told.Do, line)
	}
}

// The newest status of a context is found over pages, among those of other contexts.
func TestStatus(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	if s, found, err := h.client.StatusOf(ctx, firstHead, "neon/promotion"); err != nil || found {
		t.Fatalf("%+v, %v, %v on a commit without a status", s, found, err)
	}
	for _, state := range []string{"pending", "success", "failure", "error", "success"} {
		h.must(h.client.SetStatus(ctx, firstHead, github.Status{Context: "neon/promotion", State: state, Description: "is " + state, URL: "https://x.test/" + state}))
	}
	h.must(h.client.SetStatus(ctx, h.Head("main"), github.Status{Context: "neon/promotion", State: "error"}))
	for n := range 4 {
		h.must(h.client.SetStatus(ctx, firstHead, github.Status{Context: fmt.Sprintf("other/%d", n), State: "failure"}))
	}
	want := github.Status{Context: "neon/promotion", State: "success", Description: "is success", URL: "https://x.test/success"}
	for _, context := range []string{"neon/promotion", "Neon/Promotion"} {
		got, found, err := h.client.StatusOf(ctx, firstHead, context)
		if diff := cmp.Diff(want, got); err != nil || !found || diff != "" {
			t.Errorf("%v, %v\n%s", found, err, diff)
		}
	}
	all := h.Statuses(firstHead)
	if len(all) != 9 || all[8] != (githublocal.Status{Context: "neon/promotion", State: "pending", Description: "is pending", URL: "https://x.test/pending"}) {
		t.Errorf("%d statuses: %+v", len(all), all)
	}
}

// descriptions are what a status or a deployment is told, and what must come of it.
var descriptions = map[string]struct{ told, want string }{
	"as long as may be":  {strings.Repeat("é", 140), strings.Repeat("é", 140)},
	"too long":           {strings.Repeat("é", 141), strings.Repeat("é", 139) + "…"},
	"cut at a blank":     {strings.Repeat("x", 138) + " yyy", strings.Repeat("x", 138) + "…"},
	"of several lines":   {" one\r\n\ttwo\u2028three\u00a0four ", "one two three four"},
	"with an emoji":      {"fine \U0001f600 so far", "fine \ufffd so far"},
	"with turned text":   {"a\u202eb\u200bc\x00\x1b[31md\u2066", "abc[31md"},
	"that is no UTF-8":   {"a\xff\xfeb", "a\ufffd\ufffdb"},
	"long after cleanup": {strings.Repeat("x \n", 100), strings.Repeat("x ", 69) + "x…"},
	"empty":              {"", ""},
}

func TestStatusDescriptions(t *testing.T) {
	h := newHub(t)
	for name, c := range descriptions {
		t.Run(name, func(t *testing.T) {
			err := h.client.SetStatus(t.Context(), firstHead, github.Status{Context: "neon/promotion", State: "success", Description: c.told})
			if err != nil {
				t.Fatal(err)
			}
			got := h.Statuses(firstHead)[0].Description
			if got != c.want || utf8.RuneCountInString(got) > 140 {
				t.Errorf("%d characters: %q\nwant %q", utf8.RuneCountInString(got), got, c.want)
			}
		})
	}
}

func TestStatusRefusals(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	fine := github.Status{Context: "neon/promotion", State: "success"}
	for _, sha := range []string{"", "main", firstHead + "/../../x", "heads/main", firstHead + "?x"} {
		if err := h.client.SetStatus(ctx, sha, fine); err == nil {
			t.Errorf("a status was put onto %q", sha)
		}
		if _, _, err := h.client.StatusOf(ctx, sha, fine.Context); err == nil {
			t.Errorf("a status was read of %q", sha)
		}
	}
	if n := len(h.Requests()); n != 0 {
		t.Errorf("%d requests for what is no commit", n)
	}
	if err := h.client.SetStatus(ctx, strings.Repeat("0", 40), fine); !errors.Is(err, github.ErrNoCommit) || github.Forbidden(err) {
		t.Errorf("of an unknown commit: %v", err)
	}
	if err := h.client.SetStatus(ctx, firstHead, github.Status{Context: "x", State: "splendid"}); err == nil || github.Forbidden(err) {
		t.Errorf("of an unknown state: %v", err)
	}
	reading := h.as(map[githublocal.Scope]githublocal.Access{githublocal.Statuses: githublocal.Read, githublocal.PullRequests: githublocal.Write})
	refused(t, reading.SetStatus(ctx, firstHead, fine), "statuses: write")
}
