package report

import (
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// maxNotModelled is how many things that nothing looks into are named in a comment.
const maxNotModelled = 20

// addChanges adds what changed in the schema: the counts and what removes something stay in
// every form; then as much detail as there is room for.
func (p page) addChanges(add adder, show shower, heading string) {
	if len(p.Changes) > 0 {
		add("", "", rankChanges, show("counts", countsOf(p.Changes).grid(heading)))
		changes := byRisk(p.Changes)
		rows := make([]row, len(changes))
		for i, c := range changes {
			rows[i] = p.rowOf(c)
		}
		add("full table of changes", "full tables of changes", rankChanges,
			p.tables(rows, func(t table) string { return show("changes", t) })...)
		p.addNotModelled(add, show)
		add("diagram", "diagrams", rankDiagram, show("diagram", diagramOf(p.Diagram)), "")
		p.addDiffs(add, show, changes)
		return
	}
	p.addNotModelled(add, show)
}

func (p page) addDiffs(add adder, show shower, changes []catalog.Change) {
	for _, c := range changes {
		rank := rankDiffs
		if removes(c) {
			rank = rankRemovals
		}
		if d := p.diffOf(c); d.Body != "" {
			add("object diff", "object diffs", rank, show("diff", d), "")
		}
	}
}

// unseen are the things that the databases contain and nothing looks into.
type unseen struct {
	Names []string
	More  int
}

func (p page) addNotModelled(add adder, show shower) {
	if len(p.NotModelled) == 0 {
		return
	}
	some := min(len(p.NotModelled), max(maxNotModelled, p.rows/2))
	add("list of what is not looked into", "lists of what is not looked into", rankNotes,
		show("unseen", unseen{p.NotModelled[:some], len(p.NotModelled) - some}),
		show("unseen", unseen{nil, len(p.NotModelled)}))
}

// elsewhere is the place of a comparison by itself.
var elsewhere = place{"this form", "All of it is in the JSON: neon-migrations diff --format json."}

// comparison is a page about two schemas and no run.
type comparison struct {
	page
	Before, After catalog.Side
}

// ChangesMarkdown renders the changes between two schemas as a comment on them would, in at
// most limit bytes (0 means [SummaryLimit]), with the same promises as [Markdown].
func ChangesMarkdown(c catalog.Comparison, limit int) string {
	rows := maxRows
	if limit <= 0 {
		limit = SummaryLimit
	}
	if limit > CommentLimit {
		rows = summaryRows
	}
	v := comparison{page: newPage(reportOf(c), rows), Before: c.Before, After: c.After}
	v.place = elsewhere
	show := v.shower()
	parts := []part{{forms: []string{show("comparison", v)}}}
	v.addChanges(adderTo(&parts), show, "")
	return v.render(append(parts, part{forms: []string{""}}), limit, show("headline", v))
}

// ChangesText renders the changes between two schemas for a terminal, all of them, as [Text]
// does those of a run.
func ChangesText(c catalog.Comparison, color bool) string {
	v := comparison{page: newTextPage(reportOf(c), color), Before: c.Before, After: c.After}
	return strings.TrimRight(run(v.templates, "comparison.txt.tmpl", v), "\n") + "\n"
}

// Compared takes over what a comparison says.
func (r *Report) Compared(c catalog.Comparison) {
	r.Changes, r.Sizes, r.Diagram, r.NotModelled = c.Changes, c.Sizes, c.Diagram, c.NotModelled()
	r.Fingerprint = Fingerprints{Before: c.Before.Fingerprint, After: c.After.Fingerprint}
}

// reportOf is a report of changes alone, as the templates of a run's report know them.
func reportOf(c catalog.Comparison) (r Report) {
	r.Compared(c)
	return r
}

// Icon is a glance at whether there is something to look at.
func (c comparison) Icon() string {
	if len(c.Changes) == 0 {
		return "✅"
	}
	return "🔎"
}

// Headline gives the number of changes, and of those that remove something.
func (c comparison) Headline() string {
	if len(c.Changes) == 0 {
		return "No changes: the schemas are the same"
	}
	words := count(len(c.Changes), "change", "changes")
	if c.Before.Fingerprint == c.After.Fingerprint {
		return words + " of rows or files; the definitions are the same"
	}
	removing := 0
	for _, change := range c.Changes {
		if removes(change) {
			removing++
		}
	}
	if removing > 0 {
		words += " · " + count(removing, "removes something", "remove something")
	}
	return words
}
