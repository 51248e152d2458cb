package report

import (
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// Ranks say which part of a report gets room first.
const (
	rankFailure = iota
	rankNotes
	rankGrave // the first findings that block or warn
	rankChanges
	rankChecks
	rankSeen // what the upgrade did
	rankFindings
	rankRevisions
	rankRemovals // diffs of what is removed
	rankLocks
	rankDiagram
	rankDiffs
	rankAllowed
	rankTimeline
	rankStatements
)

// maxOutput is how many of the tool's last lines a failure shows, maxOutputLine the
// characters of one of them.
const (
	maxOutput     = 40
	maxOutputLine = 500
)

// Markdown renders r as the body of a pull request comment of at most limit bytes of
// UTF-8 (see [CommentLimit]; a limit of 0 means that). What does not fit is left out by
// whole sections, with words that say so; the verdict, the counts, the failure and what
// the migration removes always stay. Below about 48 KiB, and with extreme names and
// messages only, just the headline remains.
//
// All text from outside is escaped: it makes no HTML, link, picture, mention or
// reference, and closes no fence.
func Markdown(r Report, limit int) string {
	if limit <= 0 {
		limit = CommentLimit
	}
	p := newPage(r, maxRows)
	return p.render(p.parts(), limit, run(p.templates, "headline.md.tmpl", p))
}

// Summary renders r as a job summary: the comment with everything in it, up to
// [SummaryLimit].
func Summary(r Report) string {
	p := newPage(r, summaryRows)
	p.place = inSummary
	return p.render(p.parts(), SummaryLimit, run(p.templates, "headline.md.tmpl", p))
}

// dialect is how a form writes a stranger's words and names within a line, and names in the
// line of a fold, where Markdown is not read.
type dialect struct {
	text, code, fold func(string) markup
	link             func(words markup, address string) markup // nil where there are no links
}

// page is a report on its way into templates of one form.
type page struct {
	Report
	dialect
	templates *template.Template
	sizes     map[catalog.Identity]catalog.Size
	rows      int   // of the table of changes
	sharing   int   // how many parts share what always stays
	place     place // what the page is, and so where more is
}

// place is what has a limit, and where the whole is found.
type place struct{ name, whole string }

// The places; a comment's whole is in the job summary, to which there may be a link.
var (
	inComment = place{name: "a comment"}
	inSummary = place{"a job summary", "All of it is in the report's JSON."}
)

func newPage(r Report, rows int) page {
	return page{
		Report: r, dialect: dialect{text: inline, code: code, fold: htmlCode, link: link}, templates: markdownTemplates(),
		sizes: sizesByObject(r.Sizes), rows: rows, place: inComment, sharing: max(1, len(r.Parts)),
	}
}

// markdownTemplates are read once; executing them changes nothing in them.
var markdownTemplates = sync.OnceValue(func() *template.Template {
	set, err := load("*.md.tmpl", escapeMarkdown, template.FuncMap{
		"code": code, "htmlCode": htmlCode, "prose": prose, "advice": advice,
		"fence": fence, "link": func(words, address string) markup { return link(inline(words), address) },
		"clip": clip, "digest": digest, "lines": lastLines,
		"note":  func(s string) markup { return hang(string(advice(s))) },
		"took":  func(d time.Duration) markup { return markup(took(d)) },
		"at":    func(t time.Time) markup { return markup(at(t)) },
		"known": known, "indented": under, "few": few,
		"count": func(n int, one, many string) markup { return markup(count(n, one, many)) },
	})
	if err != nil {
		panic(err) // the templates are part of the program
	}
	return set
})

// render fits the parts into limit bytes; where not even their shortest forms do, the headline
// is left.
func (p page) render(parts []part, limit int, headline string) string {
	body := fit(parts, limit, func(missing string) string {
		return run(p.templates, "missing.md.tmpl", p.pointer(missing))
	})
	if len(body) > limit {
		return headline
	}
	return body
}

// pointer is what the words about missing sections are made of.
func (p page) pointer(missing string) map[string]any {
	return map[string]any{"Missing": missing, "RunURL": p.RunURL, "Place": p.place.name, "Whole": p.place.whole}
}

func (p page) parts() []part {
	show := p.shower()
	parts := []part{{forms: []string{show("head", p)}}}
	add := adderTo(&parts)
	if len(p.Parts) > 0 {
		parts = append(parts, part{forms: []string{show("parts", p)}})
	}
	if p.Failure != nil {
		brief := *p.Failure
		brief.Output = ""
		add("tool output", "tool outputs", rankFailure, show("failure", p.failure(*p.Failure)), show("failure", p.failure(brief)))
	}
	if p.Promotion != nil {
		if p.Promotion.Stand != nil {
			add("account of production", "accounts of production", rankFailure, show("stand", *p.Promotion.Stand))
		}
		add("list of what differs", "lists of what differs", rankFailure, show("promotion", *p.Promotion), "")
	}
	add("note list", "note lists", rankNotes, show("notes", p), "")
	add("list of branches", "lists of branches", rankChecks, show("swept", p), "")
	if len(p.Parts) == 0 {
		p.addFound(add, show)
	}
	for _, one := range p.Pages() {
		parts = append(parts, part{forms: []string{show("part", one)}})
		if one.Promotion != nil {
			add("list of what differs", "lists of what differs", rankFailure, show("promotion", *one.Promotion), "")
		}
		add("note list", "note lists", rankNotes, show("notes", one), "")
		one.addFound(add, show)
	}
	add("timeline", "timelines", rankTimeline, show("timeline", p), "")
	return append(parts, part{forms: []string{show("footer", p)}})
}

// addFound adds what was found in the one database that the page is about.
func (p page) addFound(add adder, show shower) {
	p.addFindings(add, show)
	p.addChecks(add, show)
	p.addUpgrade(add, show)
	p.addChanges(add, show, "Schema changes")
	add("list of revisions", "lists of revisions", rankRevisions, show("revisions", p), "")
}

// Pages are the report's parts, each as a page of the same form. Method of the page, as the templates call it.
func (p page) Pages() []page {
	pages := make([]page, len(p.Parts))
	for i, one := range p.Parts {
		pages[i] = p
		pages[i].Report, pages[i].sizes = one, sizesByObject(one.Sizes)
		pages[i].Kind = p.Kind
	}
	return pages
}

// adder takes a part if its longest form says anything.
type adder func(name, names string, rank int, forms ...string)

// shower executes one template.
type shower func(name string, data any) string

func adderTo(parts *[]part) adder {
	return func(name, names string, rank int, forms ...string) {
		if forms[0] != "" {
			*parts = append(*parts, part{name: name, names: names, rank: rank, forms: forms})
		}
	}
}

func (p page) shower() shower {
	return func(name string, data any) string { return run(p.templates, name+".md.tmpl", data) }
}

// failureView is a failure with the heading that suits the verdict.
type failureView struct {
	Failure
	Heading string
}

func (p page) failure(f Failure) failureView {
	heading := "What failed"
	switch p.Verdict {
	case Neutral:
		heading = "Why not"
	case Block:
		heading = "What stands against it"
	case Cancelled:
		heading = "What happened"
	case Pass, Warn, Failed: // something was tried and did not go
	}
	return failureView{Failure: f, Heading: heading}
}

// lastLines keeps the end of a tool's output: where the error is.
func lastLines(s string) string {
	lines := strings.Split(strings.TrimRight(visible(s), "\n"), "\n")
	if len(lines) > maxOutput {
		lines = lines[len(lines)-maxOutput:]
	}
	for i, line := range lines {
		lines[i] = clip(maxOutputLine, line)
	}
	return strings.Join(lines, "\n")
}
