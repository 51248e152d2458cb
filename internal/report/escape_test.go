package report

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
)

// hostile are names and texts as an attacker, or an unlucky database, would have them.
var hostile = []string{
	"@octocat", "me@example.com", "@acme/team please look", "a @b @c", "mail@@octocat",
	"#123", "acme/shop#123", "GH-77", "gh-1", "see #1.", "acme/shop@abc1234",
	"https://evil.example/x", "http://evil.example", "ftp://evil.example/a", "www.evil.example", "WWW.evil.example", "xhttps://evil.example",
	"mailto:x@evil.example", "xmpp:x@evil.example", "<https://evil.example>", "<x@evil.example>",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details>", "</summary><h1>x", "<!-- neon-migrations: {} -->", "<!--", "-->", "<?php", "<![CDATA[", "<a href=javascript:alert(1)>x</a>", "</code><b>", "<br/",
	"![x](https://evil.example/p.png)", "[x](https://evil.example)", "[x]: https://evil.example", "[x][y]", "[^1]", "[ ] task", "- [x] done",
	"`", "``", "```", "````\n</details>\n<b>", "```\n@octocat\n```", "a`b", "`a``b`", "~~~", "~~gone~~", "x ``` y", "`<b>`", "` `", "`@octocat` and `#1`",
	"a|b", "| a | b |", "\\|", "\\\\|", "a\\", "\\`", "|---|", "||",
	"# heading", "## x ##", "===", "---", "***", "___", "- item", "+ item", "* item", "1. item", "1) item", "> quote", "> [!WARNING]", "    code", "\tcode",
	"*bold* **bold** _em_ __strong__", "snake_case_name", "_x_", "$x$", "$$x$$", "$`x`$", "cost $5 and $6",
	"line\nbreak", "line\r\nbreak", "line\rbreak", "a\n\nb", "a\n# heading", "a\n\n<b>x</b>", "a\n```\nb", "x\u2028y\u2029z", "a\vb\fc", "a\u0085b",
	"safe\u202Egnp.exe", "zero\u200bwidth", "@\u200boctocat", "\ufeffbom", "\u2066iso\u2069", "soft\u00adhyphen", "tag\U000E0041", "filler\u3164x",
	"nul\x00", "\x1b[31mred", "\x07bell", "\xff\xfe", "a\xc3", "\u009b31m",
	"&lt;b&gt;", "&#60;b&#62;", "&amp;lt;", "&copy;", "&", "&#0;", ":octocat:", ":+1:", "a:b:c", "public.users::text",
	"::error::x", "%0A::error::x", "{{.}}", "{{template \"x\"}}", "\"quoted\"", "it's", "", " ", "  lead", "trail  ", "ünïcode 表 🙂",
	strings.Repeat("`", 500), strings.Repeat("@a ", 50), "a" + strings.Repeat("|", 20) + "b",
}

// gfm renders Markdown as GitHub does, as far as the format goes; raw HTML stays, as
// GitHub keeps the harmless kinds.
func gfm(t testing.TB, source string) string {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(renderer.WithUnsafe()))
	if err := md.Convert([]byte(source), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	tag       = regexp.MustCompile(`<[^>]*>`)
	codePart  = regexp.MustCompile(`(?s)<pre>.*?</pre>|<code[^>]*>.*?</code>`)
	mention   = regexp.MustCompile(`(?:^|[^\w])@[A-Za-z0-9]`)
	issueRef  = regexp.MustCompile(`#\d|(?i:\bgh-\d)`)
	shortcode = regexp.MustCompile(`:[\w+-]+:`)
	webLink   = regexp.MustCompile(`(?i)(?:https?|ftp)://|www\.|\w@\w`)
)

// harmless checks the HTML of one escaped value: nothing but the wanted tags, nothing
// that GitHub would turn into something, nothing invisible.
func harmless(t testing.TB, value, page string, tags ...string) {
	t.Helper()
	for _, found := range tag.FindAllString(page, -1) {
		ok := false
		for _, allowed := range tags {
			ok = ok || strings.HasPrefix(found, "<"+allowed) || strings.HasPrefix(found, "</"+allowed)
		}
		if !ok {
			t.Errorf("%q makes the tag %s in %s", value, found, page)
		}
	}
	text := html.UnescapeString(tag.ReplaceAllString(codePart.ReplaceAllString(page, " "), " "))
	for name, pattern := range map[string]*regexp.Regexp{"mention": mention, "reference": issueRef, "link": webLink, "emoji": shortcode} {
		if pattern.MatchString(text) {
			t.Errorf("%q makes a %s in %q", value, name, text)
		}
	}
	for _, r := range html.UnescapeString(page) {
		if hidden(r) && r != '\u200b' {
			t.Errorf("%q leaves %U in %q", value, r, page)
		}
	}
}

func TestInlineIsHarmlessEverywhere(t *testing.T) {
	for _, value := range hostile {
		safe := string(inline(value))
		harmless(t, value, gfm(t, safe), "p", "span")
		harmless(t, value, gfm(t, "### "+safe), "h3", "span")
		harmless(t, value, gfm(t, "- "+safe), "ul", "li", "span")
		harmless(t, value, gfm(t, "<details><summary>"+safe+"</summary>\n\nx\n\n</details>"), "details", "summary", "p", "span")
		cell := gfm(t, fmt.Sprintf("| a | b |\n|---|---|\n| %s | %s |\n", safe, safe))
		harmless(t, value, cell, "table", "thead", "tbody", "tr", "th", "td", "span")
		if n := strings.Count(cell, "<td>"); n != 2 {
			t.Errorf("%q makes %d cells of 2: %s", value, n, cell)
		}
	}
}

// What is shown is what was given: escaping loses nothing that can be seen.
func TestInlineShowsTheValue(t *testing.T) {
	for _, value := range hostile {
		page := gfm(t, "x "+string(inline(value))+" y")
		shown := strings.ReplaceAll(html.UnescapeString(tag.ReplaceAllString(page, "")), "\u200b", "")
		want := strings.TrimSpace("x " + oneLine(value))
		if got := strings.TrimSpace(shown); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want+" y"), " ") {
			t.Errorf("%q shows as %q", value, got)
		}
	}
}

func TestCodeIsHarmlessEverywhere(t *testing.T) {
	for _, value := range hostile {
		for _, safe := range []markup{code(value), htmlCode(value)} {
			harmless(t, value, gfm(t, "x "+string(safe)+" y"), "p", "code", "span")
			cell := gfm(t, fmt.Sprintf("| a | b |\n|---|---|\n| %s | %s |\n", safe, safe))
			harmless(t, value, cell, "table", "thead", "tbody", "tr", "th", "td", "code", "span")
			if n := strings.Count(cell, "<td>"); n != 2 {
				t.Errorf("%q makes %d cells of 2: %s", value, n, cell)
			}
		}
		page := gfm(t, "<details><summary>"+string(htmlCode(value))+"</summary>\n\nx\n\n</details>")
		harmless(t, value, page, "details", "summary", "code", "p", "span")
	}
}

func TestProseAndAdvice(t *testing.T) {
	for _, value := range hostile {
		harmless(t, value, gfm(t, "**Why:** "+string(prose(value))), "p", "strong", "code", "span")
		harmless(t, value, gfm(t, "**Do:** "+string(advice(value))), "p", "strong", "code", "pre", "span")
	}
	for value, want := range map[string]string{
		"Run `alembic merge heads`.": "Run `alembic merge heads`.",
		"one ` only":                 "one &#96; only",
		"`a|b` is odd":               "<code>a&#124;b</code> is odd",
		"do:\npermissions:\n  x: y":  "do:\n\n```\npermissions:\n  x: y\n```",
	} {
		if got := string(advice(value)); got != want {
			t.Errorf("advice(%q) = %q, want %q", value, got, want)
		}
	}
}

// A fence holds its content, whatever it is: one code block, the text as it was, and
// what follows is Markdown again.
func TestFenceHolds(t *testing.T) {
	for _, value := range hostile {
		page := gfm(t, "<details><summary>s</summary>\n\n"+string(fence("diff", value))+"\n\n</details>\n\n*after*\n")
		if strings.Count(page, "<pre>") != 1 || !strings.Contains(page, "<em>after</em>") {
			t.Errorf("%q breaks its fence: %s", value, page)
		}
		_, rest, _ := strings.Cut(page, "<pre><code class=\"language-diff\">")
		inside, _, _ := strings.Cut(rest, "</code></pre>")
		if got, want := strings.TrimRight(html.UnescapeString(inside), "\n"), strings.TrimRight(visible(value), "\n"); got != want {
			t.Errorf("fence of %q holds %q", value, got)
		}
	}
}

func TestLink(t *testing.T) {
	for address, linked := range map[string]bool{
		"https://console.neon.tech/app/projects/x?a=1&b=2": true, "http://127.0.0.1:8080/x": true,
		"https://h.test/a(b)c|d`e<f>*g*[h]\\i j": true, "": false, "javascript:alert(1)": false, "data:text/html,x": false,
		"//evil.example": false, "https://u:p@h.test/": false, "https://h.test/\x00": false, "https://h.test/\n)x": false,
	} {
		page := gfm(t, "| a |\n|---|\n| "+string(link("words", address))+" |\n")
		if n := strings.Count(page, "<a href="); (n == 1) != linked || n > 1 || strings.Count(page, "<td>") != 1 || !strings.Contains(page, "words") {
			t.Errorf("link to %q: %s", address, page)
		}
		if strings.Contains(page, "<em>") || strings.Contains(page, "<code>") {
			t.Errorf("link to %q makes more than a link: %s", address, page)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, value := range hostile {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		cell := gfm(t, fmt.Sprintf("| a | b |\n|---|---|\n| %s | %s |\n", inline(value), code(value)))
		harmless(t, value, cell, "table", "thead", "tbody", "tr", "th", "td", "code", "span")
		harmless(t, value, gfm(t, string(prose(value))), "p", "code", "span")
		page := gfm(t, string(fence("", value))+"\n\n*after*\n")
		if strings.Count(page, "<pre>") != 1 || !strings.Contains(page, "<em>after</em>") {
			t.Errorf("%q breaks its fence: %s", value, page)
		}
	})
}
