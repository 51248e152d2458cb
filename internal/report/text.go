package report

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Escape sequences of the terminal's colours.
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	cyan   = "\x1b[36m"
	normal = "\x1b[0m"
)

// Text renders r for a terminal, everything in it, with colours if asked for. Control
// characters from outside show as their number and do nothing to the terminal.
func Text(r Report, color bool) string {
	p := newTextPage(r, color)
	return strings.TrimRight(run(p.templates, "text.txt.tmpl", p), "\n") + "\n"
}

// RecordingText renders a recording for a terminal: every statement but the tool's own, with its
// locks, and below them each lock that stops writers or readers.
func RecordingText(r *recorder.Recording, color bool) string {
	p := newTextPage(Report{Recording: r}, color)
	u := p.Upgrade()
	u.Whole = true
	return strings.TrimRight(run(p.templates, "recording.txt.tmpl", u), "\n") + "\n"
}

// RecordingMermaid is the lock timeline of a recording as a mermaid gantt; empty where no lock stopped
// anybody.
func RecordingMermaid(r *recorder.Recording) string {
	return string(newPage(Report{Recording: r}, summaryRows).recorded().Chart().Source)
}

func newTextPage(r Report, color bool) page {
	paint := func(with string) func(any) (markup, error) {
		return func(v any) (markup, error) {
			plain, err := escapeTerminal(v)
			if err != nil || !color || plain == "" {
				return markup(plain), err
			}
			return markup(with + plain + normal), nil
		}
	}
	line := func(s string) markup { return markup(oneLine(s)) }
	p := page{Report: r, dialect: dialect{text: line, code: line, fold: line}, sizes: sizesByObject(r.Sizes), rows: summaryRows, sharing: max(1, len(r.Parts))}
	set, err := load("*.txt.tmpl", escapeTerminal, template.FuncMap{
		"bold": paint(bold), "code": paint(cyan), "indent": indent, "took": took, "at": at, "count": count,
		"known": known, "pad": pad, "few": few,
		"diff":  func(body string) markup { return colorDiff(body, color) },
		"lines": lastLines, "note": hang,
	})
	if err != nil {
		panic(err) // the templates are part of the program
	}
	p.templates = set
	return p
}

// escapeTerminal is the escaper of the terminal's form: one line, nothing invisible.
func escapeTerminal(v any) (string, error) {
	if safe, ok := v.(markup); ok {
		return string(safe), nil
	}
	return escapeText(v, oneLine)
}

// Visible gives a writer that passes text on with its control characters as their numbers. A
// character must not be split between two writes.
func Visible(w io.Writer) io.Writer { return visibleWriter{w} }

type visibleWriter struct{ to io.Writer }

// Write implements [io.Writer].
func (w visibleWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, visible(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// indent moves a text of several lines to the right.
func indent(s string) markup {
	s = strings.TrimRight(visible(s), "\n")
	return markup("    " + strings.ReplaceAll(s, "\n", "\n    "))
}

// pad moves a number or a short text to the right end of a column.
func pad(width int, v any) markup { return markup(fmt.Sprintf("%*v", width, v)) }

// hang indents all lines but the first, as the text of a list's item.
func hang(s string) markup {
	return markup(strings.ReplaceAll(strings.TrimSpace(visible(s)), "\n", "\n  "))
}

// colorDiff indents a diff and colours what comes and what goes.
func colorDiff(body string, color bool) markup {
	lines := strings.Split(strings.TrimRight(visible(body), "\n"), "\n")
	for i, line := range lines {
		switch {
		case color && strings.HasPrefix(line, "+"):
			line = green + line + normal
		case color && strings.HasPrefix(line, "-"):
			line = red + line + normal
		}
		lines[i] = "    " + line
	}
	return markup(strings.Join(lines, "\n"))
}

// textRow is a row of the table of changes with its diff.
type textRow struct {
	row
	Size, Body string
}

// TextRows are the table of changes with each diff. Method of the page, as the templates call it.
func (p page) TextRows() []textRow {
	var rows []textRow
	for _, c := range byRisk(p.Changes) {
		one := textRow{row: p.rowOf(c), Body: p.diffOf(c).Body}
		if p.consequence(c) == "" && actionsOf(c)[0] == c.Action { // else it is said there
			one.Size = p.amount(c.Object)
		}
		rows = append(rows, one)
	}
	return rows
}

// TextCounts are the lines of the table of counts: "tables: 1 removed, 2 changed".
func (p page) TextCounts() []string {
	numbers := countsOf(p.Changes)
	var lines []string
	for _, r := range numbers.Rows {
		var words []string
		for i, n := range r.Cells {
			if n != "" {
				words = append(words, n+" "+numbers.Actions[i].Word)
			}
		}
		lines = append(lines, oneLine(r.Kind)+": "+strings.Join(words, ", "))
	}
	return lines
}
