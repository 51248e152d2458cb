package report

import (
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

const (
	maxRows     = 40        // rows of the table of changes in a comment
	summaryRows = 1000      // the same in a job summary
	maxDetails  = 4         // differences named in one row
	foldAbove   = 30        // lines of a diff that are shown unfolded
	maxName     = 200       // characters of a qualified name
	maxValue    = 120       // characters of a value in a row
	rowBudget   = 16 * 1024 // bytes for the rows that always stay
)

// row is one line of the table of changes.
type row struct {
	Mark, Word, Kind string
	Object           string
	Details          []markup
	// Removes tells that something goes: such rows are shown first and always.
	Removes bool
}

// byRisk orders changes as a reviewer wants them: what removes something first, then
// what changes, then what is new; otherwise as they came.
func byRisk(changes []catalog.Change) []catalog.Change {
	sorted := slices.Clone(changes)
	risk := func(c catalog.Change) int {
		switch {
		case removes(c):
			return 0
		case c.Action == catalog.Changed:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(sorted, func(a, b catalog.Change) int { return risk(a) - risk(b) })
	return sorted
}

// removes tells that a change takes something away: the object, or a part of it.
func removes(c catalog.Change) bool {
	gone := func(d catalog.Detail) bool {
		return d.Action == catalog.Removed && d.Attribute == "" || d.Attribute == "label" && d.Action == catalog.Removed
	}
	return c.Action == catalog.Removed || slices.ContainsFunc(c.Details, gone)
}

func (d dialect) rowOf(c catalog.Change) row {
	r := row{Kind: string(c.Object.Kind), Object: clip(maxName, c.Object.QualifiedName()), Removes: removes(c)}
	r.Mark, r.Word = marksOf(c.Action)
	for i, one := range byLoss(c.Details) {
		if i == maxDetails {
			r.Details = append(r.Details, d.text(more(len(c.Details)-maxDetails)))
			break
		}
		r.Details = append(r.Details, d.detail(c, one))
	}
	return r
}

// byLoss puts what is removed in front, so that it is among the named ones.
func byLoss(details []catalog.Detail) []catalog.Detail {
	sorted := slices.Clone(details)
	loss := func(d catalog.Detail) int {
		if d.Action == catalog.Removed {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(sorted, func(a, b catalog.Detail) int { return loss(a) - loss(b) })
	return sorted
}

func marksOf(a catalog.Action) (mark, word string) {
	switch a {
	case catalog.Added:
		return "🟢", "added"
	case catalog.Removed:
		return "🔴", "removed"
	default:
		return "🟡", "changed"
	}
}

// detail says one difference: "column `note` added", "`id` type `integer` → `bigint`".
func (d dialect) detail(c catalog.Change, one catalog.Detail) markup {
	var words []string
	say := func(m markup) { words = append(words, string(m)) }
	if one.Object != c.Object {
		say(d.text(string(one.Object.Kind)))
		say(d.code(clip(maxName, one.Object.Name)))
	}
	if one.Attribute != "" {
		say(d.text(one.Attribute))
	}
	say(d.values(one))
	if one.Place != "" {
		say(d.text(one.Place))
	}
	return markup(strings.Join(words, " "))
}

// values says how a detail differs: what it was and is, or only that it came or went.
func (d dialect) values(one catalog.Detail) markup {
	_, word := marksOf(one.Action)
	if one.Attribute == "" {
		return markup(word)
	}
	before, after := d.code(clip(maxValue, one.Before)), d.code(clip(maxValue, one.After))
	switch {
	case before != "" && after != "":
		return before + " → " + after
	case after != "":
		return after + " added"
	case before != "":
		return before + " removed"
	}
	return markup(word)
}

// table is what the template of the changes shows: some rows, and what it left out.
type table struct {
	Rows []row
	// More is the number of other changes, Removing how many of them remove something.
	More, Removing int
}

// tables gives the forms of the table of changes: as many rows as are read, then only
// those that remove something.
func tables(rows []row, most int, show func(table) string) []string {
	removing := 0
	for _, r := range rows {
		if r.Removes {
			removing++
		}
	}
	some := min(len(rows), max(most, removing))
	forms := []string{show(table{Rows: rows[:some], More: len(rows) - some})}
	// The rows that always stay have a budget, so that a comment exists even when ten
	// thousand tables are dropped.
	stay, size := 0, 0
	for stay < removing && size < rowBudget {
		size += len(show(table{Rows: rows[stay : stay+1]}))
		stay++
	}
	return append(forms, show(table{Rows: rows[:stay], More: len(rows) - stay, Removing: removing - stay}))
}

// diff is the body of one object's diff fence, and how it is shown.
type diff struct {
	Kind, Object string
	Body         string
	Lines        int
	Fold         bool
}

func diffOf(c catalog.Change) diff {
	body := hunks(c.Diff())
	lines := strings.Count(strings.TrimRight(body, "\n"), "\n") + 1
	return diff{
		Kind: string(c.Object.Kind), Object: clip(maxName, c.Object.QualifiedName()),
		Body: body, Lines: lines, Fold: lines > foldAbove,
	}
}

// hunks leaves out the line numbers of a diff of one hunk; they count lines of a text
// that nobody has in a file.
func hunks(body string) string {
	header, rest, many := strings.Cut(body, "\n")
	if !many || !strings.HasPrefix(header, "@@ ") || strings.Contains(rest, "\n@@ ") {
		return body
	}
	return rest
}
