package report

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// frames shows a page in both themes and tells what it finds in them.
//
//go:embed testdata/frames.html
var frames string

// browserTime is what the one run may take on a busy machine.
const browserTime = 2 * time.Minute

// seen is what the browser shows of one golden comment in one theme.
type seen struct {
	Diagrams []string // the texts of each drawn diagram
	Failed   []string // mermaid's words on what it did not draw
	Live     []string // elements and attributes that no report has
	Links    []string
	Mentions int
	Leaks    []string // text that looks like the inside of a fence or a tag, outside of them
	Faint    []string // text without contrast, and how much it has
	Blocks   int      // code blocks
	Texts    int      // pieces of text that were looked at
}

// look opens all comments in a headless Chromium, in light and dark, in one run.
func look(t *testing.T, bodies []string) map[string][]seen {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		absent(t, "chromium", err)
	}
	script, err := os.ReadFile("../../.tools/node/node_modules/mermaid/dist/mermaid.min.js")
	if err != nil {
		absent(t, "mermaid", err)
	}
	page := pullRequest(t, script, bodies)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/page" {
			w.Write(page)
			return
		}
		fmt.Fprint(w, frames)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(context.Background(), browserTime)
	defer cancel()
	// The networking flags keep Chromium from asking its maker's hosts; as root it has no sandbox.
	out, err := exec.CommandContext(ctx, browser,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--virtual-time-budget=600000", "--dump-dom",
		"--user-data-dir="+t.TempDir(), server.URL+"/").Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	_, rest, _ := strings.Cut(string(out), `<pre id="result">`)
	result, _, _ := strings.Cut(rest, "</pre>")
	var found map[string][]seen
	if err := json.Unmarshal([]byte(html.UnescapeString(result)), &found); err != nil {
		t.Fatalf("the browser told nothing that can be read: %v in %.500s", err, out)
	}
	return found
}

// pullRequest gives the page of a pull request with these comments.
func pullRequest(t *testing.T, mermaid []byte, bodies []string) []byte {
	t.Helper()
	hub, err := githublocal.Start(githublocal.Config{Mermaid: mermaid})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close() })
	number, err := hub.OpenPullRequest(githublocal.PullRequest{Title: "x", Head: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		if _, err := hub.Comment(number, "github-actions[bot]", body); err != nil {
			t.Fatal(err)
		}
	}
	page, err := hub.RenderHTML(number)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// absent ends a test whose tool is not there: aloud in CI, with the way to get it elsewhere.
func absent(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: %v", what, err)
	}
	t.Skipf("%s is missing (%v): run make setup", what, err)
}

// TestGoldenCommentsInABrowser: each golden comment looks as it is meant to, in both themes.
func TestGoldenCommentsInABrowser(t *testing.T) {
	bodies, diagrams := map[string]string{}, map[string]catalog.Diagram{}
	for name, r := range samples() {
		bodies[name], diagrams[name] = Markdown(r, CommentLimit), r.Diagram
	}
	for name, c := range comparisons() {
		bodies[name], diagrams[name] = ChangesMarkdown(c, 0), c.Diagram
	}
	names := slices.Sorted(maps.Keys(bodies))
	ordered := make([]string, len(names))
	for i, name := range names {
		ordered[i] = bodies[name]
	}
	for theme, comments := range look(t, ordered) {
		if len(comments) != len(names) {
			t.Fatalf("%s: %d comments of %d", theme, len(comments), len(names))
		}
		for i, c := range comments {
			t.Run(theme+" "+names[i], func(t *testing.T) {
				c.check(t, ordered[i])
				c.checkDiagram(t, diagrams[names[i]])
			})
		}
	}
}

func (s seen) check(t *testing.T, body string) {
	for what, found := range map[string][]string{
		"was not drawn": s.Failed, "is live": s.Live, "stands outside of its fence": s.Leaks, "is hard to read": s.Faint,
	} {
		for _, one := range found {
			t.Errorf("%s: %s", what, one)
		}
	}
	for _, link := range s.Links {
		if !strings.HasPrefix(link, "https://console.neon.tech/app/") && !strings.HasPrefix(link, "https://github.com/acme/shop/") {
			t.Errorf("there is a link to %s", link)
		}
	}
	if fences := strings.Count("\n"+body, "\n```mermaid\n"); s.Mentions > 0 || len(s.Diagrams) != fences || s.Texts < 3 {
		t.Errorf("%d mentions, %d diagrams of %d, %d texts", s.Mentions, len(s.Diagrams), fences, s.Texts)
	}
	if diffs := strings.Count("\n"+body, "diff\n"); s.Blocks < diffs {
		t.Errorf("%d code blocks for %d diffs", s.Blocks, diffs)
	}
}

// checkDiagram looks for each name in the drawing as it is, and not as mermaid would read it.
func (s seen) checkDiagram(t *testing.T, d catalog.Diagram) {
	if len(d.Entities) == 0 {
		return
	}
	at := slices.IndexFunc(s.Diagrams, func(text string) bool { return strings.Contains(text, "bigint") })
	if at < 0 {
		t.Fatalf("the diagram is not among the drawings: %q", s.Diagrams)
	}
	drawn := " " + strings.Join(strings.Fields(s.Diagrams[at]), " ") + " "
	shown := strings.NewReplacer("ﬂ", "[U+FB02]", "¶", "[U+00B6]")
	expect := func(name string) {
		if want := shown.Replace(oneLine(name)); !strings.Contains(drawn, want) {
			t.Errorf("%q is not in the diagram: %s", want, drawn)
		}
	}
	for _, e := range d.Entities {
		expect(e.Table.Name)
		if e.Was != nil {
			expect("was " + e.Was.Name)
		}
		for _, c := range e.Columns {
			expect(c.Name)
		}
	}
	for word, action := range map[string]catalog.Action{"(new)": catalog.Added, "(gone)": catalog.Removed, "(recreated)": catalog.Recreated} {
		if slices.ContainsFunc(d.Entities, func(e catalog.Entity) bool { return e.Mark == action }) {
			expect(word)
		}
	}
}
