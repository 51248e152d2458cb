package githublocal_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// browserTime is what one picture may take; Chromium starts in one to three seconds.
const browserTime = 90 * time.Second

// browse opens a file in a headless Chromium of its own and gives what it printed.
func browse(t testing.TB, address string, flags ...string) string {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "chromium", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), browserTime)
	defer cancel()
	// The networking flags keep Chromium from asking its maker's hosts; as root it has no sandbox.
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--virtual-time-budget=20000",
		"--user-data-dir=" + t.TempDir(),
	}, append(flags, address)...)
	out, err := exec.CommandContext(ctx, browser, args...).Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(out)
}

func mermaid(t testing.TB) []byte {
	t.Helper()
	tools, err := toolsDir()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(tools, "node/node_modules/mermaid/dist/mermaid.min.js"))
	if err != nil {
		missing(t, "mermaid", err)
	}
	return source
}

// save writes the page of a pull request; where PAGES names a directory, it stays there.
func save(t testing.TB, s *githublocal.Server, number int) string {
	t.Helper()
	page, err := s.RenderHTML(number)
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("PAGES")
	if dir == "" {
		dir = t.TempDir()
	}
	file := filepath.Join(dir, fmt.Sprintf("pull-%d.html", number))
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const diagrams = "```mermaid\nerDiagram\n  orders ||--o{ loyalty : has\n  loyalty {\n    int id PK\n    text tier\n  }\n```\n\n" +
	"<details><summary>Timeline</summary>\n\n```mermaid\ngantt\n  dateFormat x\n  axisFormat %S.%L s\n  section orders\n  ALTER TABLE :crit, 0, 1100\n  section loyalty\n  CREATE TABLE :1100, 1300\n```\n\n</details>\n"

// hostile is every way to a running script that the page must close: each would set the
// attribute data-pwned.
const hostile = `<script>document.documentElement.dataset.pwned = 'script'</script>
<img src=x onerror="document.documentElement.dataset.pwned = 'onerror'">
<svg onload="document.documentElement.dataset.pwned = 'svg'"></svg>
<details open ontoggle="document.documentElement.dataset.pwned = 'toggle'"><summary>x</summary></details>
<iframe srcdoc="<script>parent.document.documentElement.dataset.pwned = 'frame'</script>"></iframe>
[link](javascript:document.documentElement.dataset.pwned='link') <a href="javascript:alert(1)" id="clickme">x</a>
<style>body { display: none }</style><meta http-equiv="refresh" content="0;url=about:blank"><base href="http://elsewhere.invalid/">

` + "```mermaid\nflowchart LR\n  a[\"<img src=x onerror=document.documentElement.dataset.pwned=1>\"] --> b\n  click b href \"javascript:document.documentElement.dataset.pwned='click'\"\n```\n"

func TestDiagramsAreDrawnInABrowser(t *testing.T) {
	s := serve(t, githublocal.Config{Mermaid: mermaid(t)})
	n := open(t, s, example())
	if _, err := s.Comment(n, "github-actions[bot]", diagrams); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, "file://"+save(t, s, n), "--dump-dom")
	if !strings.Contains(dom, `data-diagrams="done 2"`) {
		t.Errorf("not all diagrams were drawn: %.300s", dom)
	}
	if got := strings.Count(dom, "<svg id=\"diagram-"); got != 2 {
		t.Errorf("%d diagrams in the page", got)
	}
}

func TestABrokenDiagramShowsItsSource(t *testing.T) {
	s := serve(t, githublocal.Config{Mermaid: mermaid(t)})
	n := open(t, s, example())
	if _, err := s.Comment(n, "mona", "```mermaid\nerDiagram\n  orders ||--}} nonsense\n```\n"); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, "file://"+save(t, s, n), "--dump-dom")
	if !strings.Contains(dom, `data-diagrams="failed 1 of 1"`) || !strings.Contains(dom, "Unable to render rich display") {
		t.Errorf("the broken diagram is not told: %.300s", dom)
	}
}

func TestNoScriptOfACommentRuns(t *testing.T) {
	s := serve(t, githublocal.Config{Mermaid: mermaid(t)})
	p := example()
	p.Title, p.Body = "<script>document.documentElement.dataset.pwned = 'title'</script>", hostile
	n := open(t, s, p)
	if _, err := s.Comment(n, "mallory", hostile); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, "file://"+save(t, s, n), "--dump-dom")
	_, root, _ := strings.Cut(dom, "<html")
	root, _, _ = strings.Cut(root, ">")
	if strings.Contains(root, "data-pwned") || !strings.Contains(root, `data-diagrams="done 2"`) {
		t.Errorf("a script ran, or the page's own did not: %s", root)
	}
	unwanted := regexp.MustCompile(`(?i)<(iframe|base|meta|object|form)\b|<[a-z][^>]*\s(on[a-z]+|style="[^"]*position)=|href="javascript:|display: none }`)
	if found := unwanted.FindString(bodyOf(dom)); found != "" {
		t.Errorf("the page holds %s", found)
	}
}

// bodyOf is the conversation alone: the page's own style and scripts are outside.
func bodyOf(dom string) string {
	_, rest, _ := strings.Cut(dom, "<main")
	main, _, _ := strings.Cut(rest, "</main>")
	return main
}
