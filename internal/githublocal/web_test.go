package githublocal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

func TestPagesAreServed(t *testing.T) {
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	if _, err := s.Comment(n, "mona", "```mermaid\ngraph TD\n```\n\nhello **there**"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/":                 `href="` + s.URL() + `/acme/shop/pull/1"`,
		"/acme/shop/pull/1": "hello <strong>there</strong>",
		"/Acme/Shop/pull/1": `<pre class="mermaid">graph TD`,
	} {
		got := caller{t, s.URL(), "", http.DefaultTransport}.do("GET", path, nil)
		if got.status != 200 || !strings.Contains(string(got.raw), want) || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d, without %s", path, got.status, want)
		}
	}
	for _, path := range []string{"/acme/shop/pull/2", "/acme/other/pull/1", "/acme/shop/pull/x", "/acme"} {
		if got := (caller{t, s.URL(), "", http.DefaultTransport}).do("GET", path, nil); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// The conversation is in order, and shows what was edited, checked and deployed.
func TestThePageTellsTheStory(t *testing.T) {
	now := newClock()
	s := serve(t, githublocal.Config{Now: now.now})
	page, err := s.RenderHTML(sample(t, s, now))
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	last := 0
	for _, want := range []string{
		"Loyalty points for regular customers", "Merged", "Regulars collect points", "Add loyalty table and tier", "edited", "Migration rehearsed on a copy",
		"Looks <strong>good</strong>", "approved these changes", "Ship it.", "Nice and <strong>small</strong>", "merged commit", "is deploying to", "deployed to",
		"All checks have passed", "neon-migrations/rehearsal", "3 changes, 1 warning", "412 passed", "successfully merged", "migration", "https://shop.example",
	} {
		at := strings.Index(text[last:], want)
		if at < 0 {
			t.Errorf("%q is missing or too early", want)
			continue
		}
		last += at
	}
	if strings.Contains(text, "src=\"http") || strings.Contains(text, "<link") {
		t.Error("the page needs another file")
	}
}
