package githublocal

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown turns what people typed into what the page shows: GitHub-flavoured Markdown,
// then an allow-list of elements.
type markdown struct {
	goldmark goldmark.Markdown
	policy   *bluemonday.Policy
}

// newMarkdown sets up GitHub's form of comments: tables, task lists, strikethrough, bare
// links, raw HTML (which the policy thins out afterwards), and a line's end is a break.
func newMarkdown() *markdown {
	return &markdown{
		goldmark: goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithParserOptions(
				parser.WithInlineParsers(util.Prioritized(mentions{}, 1000)),
				parser.WithASTTransformers(util.Prioritized(alerts{}, 1000)),
			),
			goldmark.WithRendererOptions(
				ghtml.WithUnsafe(), ghtml.WithHardWraps(),
				renderer.WithNodeRenderers(util.Prioritized(fences{}, 100)),
			),
		),
		policy: allowed(),
	}
}

// render gives HTML that may go onto a page. A text that goldmark cannot read, which it
// does not know, is shown as it is.
func (m *markdown) render(body string) template.HTML {
	var out bytes.Buffer
	if err := m.goldmark.Convert([]byte(body), &out); err != nil {
		return template.HTML("<pre>" + html.EscapeString(body) + "</pre>") //nolint:gosec // escaped
	}
	return template.HTML(m.policy.SanitizeBytes(out.Bytes())) //nolint:gosec // sanitised
}

// allowed is the list of elements and attributes that GitHub documents for its Markdown
// (github/markup, "HTML sanitization"), and the few classes that this room's own renderers set.
func allowed() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "br", "b", "i", "strong", "em", "a", "pre", "code", "tt", "div", "ins", "del",
		"sup", "sub", "p", "ol", "ul", "table", "thead", "tbody", "tfoot", "blockquote", "dl", "dt", "dd", "kbd", "q", "samp", "var",
		"hr", "ruby", "rt", "rp", "li", "tr", "td", "th", "s", "strike", "summary", "details", "caption", "figure", "figcaption",
		"abbr", "bdo", "cite", "dfn", "mark", "small", "span", "time", "wbr")
	p.AllowStandardURLs()
	p.RequireNoFollowOnLinks(true)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt", "width", "height").OnElements("img")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("img", "td", "th", "p", "div", "h1", "h2", "h3")
	p.AllowAttrs("open").OnElements("details")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("title", "dir", "lang").Globally()
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").OnElements("input")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mermaid$`)).OnElements("pre")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^line-(add|del|hunk)$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mention$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^alert alert-[a-z]+$`)).OnElements("blockquote")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^alert-title$`)).OnElements("p")
	// GFM writes the alignment of a column as a style.
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center").OnElements("td", "th")
	return p
}

// fences draws code blocks: mermaid for the script, diff with coloured lines.
type fences struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (f fences) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, f.render)
}

func (fences) render(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	var code strings.Builder
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		code.Write(line.Value(source))
	}
	switch language := string(block.Language(source)); language {
	case "mermaid":
		fmt.Fprintf(w, "<pre class=\"mermaid\">%s</pre>\n", html.EscapeString(code.String()))
	case "diff":
		fmt.Fprintf(w, "<pre><code>%s</code></pre>\n", coloured(code.String()))
	default:
		fmt.Fprintf(w, "<pre><code>%s</code></pre>\n", html.EscapeString(code.String()))
	}
	return ast.WalkSkipChildren, nil
}

// coloured marks the lines of a diff.
func coloured(diff string) string {
	var out strings.Builder
	for line := range strings.Lines(diff) {
		class := map[byte]string{'+': "line-add", '-': "line-del", '@': "line-hunk"}[line[0]]
		text := strings.TrimSuffix(line, "\n")
		if class == "" {
			out.WriteString(html.EscapeString(line))
			continue
		}
		fmt.Fprintf(&out, "<span class=%q>%s</span>\n", class, html.EscapeString(text))
	}
	return out.String()
}

// mentions makes @login a link, as on GitHub, where it would notify that person. A
// report that should notify nobody shows its slip here.
type mentions struct{}

// Trigger implements [parser.InlineParser].
func (mentions) Trigger() []byte { return []byte{'@'} }

// Parse implements [parser.InlineParser].
func (mentions) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	login := regexp.MustCompile(`^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9._-]+)?`).Find(line)
	if login == nil || before == '/' || before == '`' || util.IsAlphaNumeric(byte(before)) {
		return nil
	}
	link := ast.NewLink()
	link.Destination = append([]byte("https://github.com/"), login[1:]...)
	link.SetAttributeString("class", []byte("mention"))
	link.AppendChild(link, ast.NewTextSegment(segment.WithStop(segment.Start+len(login))))
	block.Advance(len(login))
	return link
}

// alerts gives quotes that begin with [!NOTE] and its like GitHub's form.
type alerts struct{}

// Transform implements [parser.ASTTransformer].
func (alerts) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var quotes []*ast.Blockquote
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if quote, is := n.(*ast.Blockquote); is {
			quotes = append(quotes, quote)
		}
	}
	for _, quote := range quotes {
		first, is := quote.FirstChild().(*ast.Paragraph)
		if !is || first.Lines().Len() == 0 {
			continue
		}
		line := first.Lines().At(0)
		kind := regexp.MustCompile(`^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$`).FindSubmatch(line.Value(reader.Source()))
		if kind == nil {
			continue
		}
		dropLine(first, line.Stop)
		name := strings.ToLower(string(kind[1]))
		quote.SetAttributeString("class", []byte("alert alert-"+name))
		title := ast.NewParagraph()
		title.SetAttributeString("class", []byte("alert-title"))
		title.AppendChild(title, ast.NewString([]byte(strings.ToUpper(name[:1])+name[1:])))
		quote.InsertBefore(quote, first, title)
	}
}

// dropLine takes the inline nodes up to a place in the source out of a paragraph.
func dropLine(p *ast.Paragraph, stop int) {
	for n := p.FirstChild(); n != nil; {
		next := n.NextSibling()
		if t, is := n.(*ast.Text); !is || t.Segment.Start >= stop {
			break
		}
		p.RemoveChild(p, n)
		n = next
	}
}
