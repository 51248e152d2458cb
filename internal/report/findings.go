package report

import (
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// maxGrave is how many findings are explained before anything else has room.
const maxGrave = 10

// findingView is a finding as the templates show it.
type findingView struct {
	Finding
	// First has the heading above it.
	First bool
	// Place is where it comes from, Known how the evidence is known.
	Place markup
	// Explained is with evidence and advice, Fixed with the code of the advice too.
	Explained, Fixed bool
}

// known says how the evidence of a finding is known, at the beginning of a line.
func known(how string) string {
	switch recorder.Evidence(how) {
	case recorder.Sampled:
		return "Sampled"
	case recorder.Inferred:
		return "Inferred"
	case recorder.Measured:
		return "Measured"
	}
	return "Seen"
}

// Mark is the severity at a glance.
func (f Finding) Mark() string { return severityMark(f.Severity) }

func (p page) addFindings(add adder, show shower) {
	counting := p.Counting()
	for i, f := range counting {
		view := findingView{Finding: f, First: i == 0, Place: p.placeOf(f), Explained: true, Fixed: true}
		whole := show("finding", view)
		view.Fixed = false
		explained := show("finding", view)
		view.Explained, view.Place = false, ""
		forms := []string{whole, explained, show("finding", view)}
		if i >= maxRows {
			forms = append(forms, "")
		}
		rank := rankGrave
		if f.Severity == SeverityInfo || i >= maxGrave {
			rank = rankFindings
		}
		add("finding's explanation", "findings' explanations", rank, forms...)
	}
	add("list of allowed findings", "lists of allowed findings", rankAllowed, show("allowed", p), "")
}

// placeOf says which revision and line a finding is about.
func (p page) placeOf(f Finding) markup {
	return sourceOf(p.Report).origin(f.Revision, f.Path, f.Line, p.dialect)
}

// Counting are the findings that count, gravest first. Method of the page, as the templates call it.
func (p page) Counting() []Finding {
	return slices.DeleteFunc(p.sorted(), func(f Finding) bool { return f.Allowed != nil })
}

// Allowances are the findings that the project lets pass, gravest first. Method of the page, as the
// templates call it.
func (p page) Allowances() []findingView {
	var all []findingView
	for _, f := range p.sorted() {
		if f.Allowed != nil {
			all = append(all, findingView{Finding: f, Place: p.placeOf(f)})
		}
	}
	return all
}

// FindingViews are the findings that count, whole. Method of the page, as the templates call it.
func (p page) FindingViews() []findingView {
	var all []findingView
	for _, f := range p.Counting() {
		all = append(all, findingView{Finding: f, Place: p.placeOf(f)})
	}
	return all
}

// sorted gives the findings, gravest first.
func (p page) sorted() []Finding {
	order := []Severity{SeverityBlock, SeverityWarn, SeverityInfo}
	all := slices.Clone(p.Findings)
	slices.SortStableFunc(all, func(a, b Finding) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
	return all
}

// under indents all lines but the first, as what belongs to a list's item.
func under(m markup) markup { return markup(strings.ReplaceAll(string(m), "\n", "\n  ")) }
