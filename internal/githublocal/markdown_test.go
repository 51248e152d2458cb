package githublocal

import (
	"regexp"
	"strings"
	"testing"
)

func TestMarkdownIsGitHubs(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"a line's end is a break", "one\ntwo", "<p>one<br>\ntwo</p>"},
		{"table with alignment", "| a | b |\n|---|--:|\n| 1 | 2 |", `<td style="text-align: right">2</td>`},
		{"diff lines have colours", "```diff\n+new\n-old\n@@ x @@\n same\n```", "<pre><code><span class=\"line-add\">+new</span>\n<span class=\"line-del\">-old</span>\n<span class=\"line-hunk\">@@ x @@</span>\n same\n</code></pre>"},
		{"other fences are plain", "```sql\nselect 1 < 2\n```", "<pre><code>select 1 &lt; 2\n</code></pre>"},
		{"mermaid waits for its script", "```mermaid\ngraph TD\n A-->B\n```", "<pre class=\"mermaid\">graph TD\n A--&gt;B\n</pre>"},
		{"task list", "- [x] done", `<input checked="" disabled="" type="checkbox">`},
		{"folded part with Markdown inside", "<details><summary>More</summary>\n\n**bold**\n\n</details>", "<details><summary>More</summary>\n<p><strong>bold</strong></p>\n</details>"},
		{"hidden marker", "<!-- neon:42 -->\n\ntext", "<p>text</p>"},
		{"mention", "thanks @mona-lisa!", `<a href="https://github.com/mona-lisa" class="mention" rel="nofollow">@mona-lisa</a>!`},
		{"no mention in code", "`@mona`", "<code>@mona</code>"},
		{"no mention in an address", "me@example.com", `<a href="mailto:me@example.com" rel="nofollow">me@example.com</a>`},
		{"alert", "> [!WARNING]\n> careful", "<blockquote class=\"alert alert-warning\"><p class=\"alert-title\">Warning</p>\n<p>careful</p>\n</blockquote>"},
		{"bare link", "see https://neon.tech", `<a href="https://neon.tech" rel="nofollow">https://neon.tech</a>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(newMarkdown().render(c.body)); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestMarkdownLeavesNoScript(t *testing.T) {
	active := regexp.MustCompile(`(?i)<(script|svg|iframe|style|form|base|meta|math|object)\b|<[a-z][^>]*\s(on\w+|id|style|name)=|<[^>]*javascript:|<[^>]*"avatar"`)
	for _, body := range []string{
		"<script>alert(1)</script>", `<img src=x onerror=alert(1)>`, `<a href="javascript:alert(1)">x</a>`, "[x](javascript:alert(1))",
		`<svg onload=alert(1)>`, `<iframe src="https://x"></iframe>`, `<style>*{}</style>`, `<form action="https://x"><input name=a></form>`,
		`<p style="position:fixed" class="avatar" id="theme">x</p>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
		"```mermaid\n</pre><script>alert(1)</script>\n```", "```diff\n+<script>alert(1)</script>\n```", "<base href=//x>", `<meta http-equiv=refresh>`,
	} {
		if found := active.FindString(string(newMarkdown().render(body))); found != "" {
			t.Errorf("%s\nleaves %s", body, found)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("> [!NOTE]\n> x\n\n@a `b`\n\n```diff\n+\n\n```")
	f.Add("<details><summary>x\n\n```mermaid\n")
	md := newMarkdown()
	f.Fuzz(func(t *testing.T, body string) {
		got := strings.ToLower(string(md.render(body)))
		for _, bad := range []string{"<script", "<iframe", "<style", "<svg", `href="javascript:`} {
			if strings.Contains(got, bad) {
				t.Errorf("%q leaves %s in %q", body, bad, got)
			}
		}
	})
}
