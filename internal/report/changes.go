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

// The risks of a change, gravest first. What may lose data stays in every form of a report.
const (
	riskRecreated = iota // looks unchanged, and the rows are gone
	riskRemoved
	riskParts     // a part of it goes
	riskSuspected // a rename that may be a removal
	riskRewritten
	riskChanged
	riskRenamed
	riskAdded
)

// riskOf places a change among the others.
func riskOf(c catalog.Change) int {
	has := func(test func(catalog.Detail) bool) bool { return slices.ContainsFunc(c.Details, test) }
	did := func(a catalog.Action) bool {
		return c.Action == a || has(func(d catalog.Detail) bool { return d.Action == a && d.Attribute == "" && !d.Follows })
	}
	switch {
	case did(catalog.Recreated):
		return riskRecreated
	case c.Action == catalog.Removed:
		return riskRemoved
	case has(loses):
		return riskParts
	case c.Suspected:
		return riskSuspected
	case did(catalog.Rewritten):
		return riskRewritten
	case c.Action == catalog.Renamed:
		return riskRenamed
	case c.Action == catalog.Added:
		return riskAdded
	}
	return riskChanged
}

// loses tells that a part goes: a column, an index, a value of an enum.
func loses(d catalog.Detail) bool {
	return d.Action == catalog.Removed && !d.Follows && (d.Attribute == "" || d.Attribute == "label")
}

// removes tells that a change takes something away, or may have.
func removes(c catalog.Change) bool { return riskOf(c) <= riskSuspected }

// byRisk orders changes as a reviewer wants them; otherwise as they came.
func byRisk(changes []catalog.Change) []catalog.Change {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b catalog.Change) int { return riskOf(a) - riskOf(b) })
	return sorted
}

// row is one line of the table of changes.
type row struct {
	Mark, Word, Kind string
	// Object is the name, with the one before if there was another.
	Object  markup
	Details []markup
	// Removes tells that something goes: such rows are shown first and always.
	Removes bool
}

func (p page) rowOf(c catalog.Change) row {
	r := row{Kind: clip(maxName, string(c.Object.Kind)), Object: names(c, p.code), Removes: removes(c)}
	r.Mark, r.Word = marksOf(actionsOf(c)[0])
	if note := p.consequence(c); note != "" {
		r.Details = append(r.Details, p.text(note))
	}
	own, followers := apart(c.Details)
	for i, one := range byLoss(own) {
		if i == maxDetails {
			r.Details = append(r.Details, p.text(more(len(own)-maxDetails)))
			break
		}
		r.Details = append(r.Details, p.detail(c, one))
	}
	if followers > 0 {
		r.Details = append(r.Details, p.text(count(followers, "dependent follows", "dependents follow")))
	}
	return r
}

// names says what changed: `a`, or `a` → `b` for what has another name now.
func names(c catalog.Change, code func(string) markup) markup {
	name := code(clip(maxName, c.Object.QualifiedName()))
	if c.Was == nil {
		return name
	}
	return code(clip(maxName, c.Was.QualifiedName())) + " → " + name
}

// apart counts the objects whose text only follows a rename, and gives the other details.
func apart(details []catalog.Detail) (own []catalog.Detail, followers int) {
	for _, d := range details {
		if d.Follows {
			followers++
			continue
		}
		own = append(own, d)
	}
	return own, followers
}

// byLoss puts what loses data in front, so that it is among the named ones.
func byLoss(details []catalog.Detail) []catalog.Detail {
	sorted := slices.Clone(details)
	loss := func(d catalog.Detail) int {
		switch d.Action {
		case catalog.Recreated:
			return 0
		case catalog.Removed:
			return 1
		case catalog.Rewritten:
			return 2
		default:
			return 3
		}
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
	case catalog.Recreated:
		return "🔴", "recreated"
	case catalog.Rewritten:
		return "🟠", "rewritten"
	case catalog.Renamed:
		return "🔵", "renamed"
	default:
		return "🟡", "changed"
	}
}

// table is what the template of the changes shows: some rows, and what it left out.
type table struct {
	Rows []row
	// More is the number of other changes, Removing how many of them remove something.
	More, Removing int
}

// tables gives the forms of the table of changes: as many rows as are read, then only
// those that remove something.
func (p page) tables(rows []row, show func(table) string) []string {
	removing := 0
	for _, r := range rows {
		if r.Removes {
			removing++
		}
	}
	some := min(len(rows), max(p.rows, removing))
	forms := []string{show(table{Rows: rows[:some], More: len(rows) - some})}
	// The rows that always stay have a budget, so that a comment exists even when ten
	// thousand tables are dropped.
	stay, size := 0, 0
	for stay < removing && size < rowBudget/p.sharing {
		size += len(show(table{Rows: rows[stay : stay+1]}))
		stay++
	}
	return append(forms, show(table{Rows: rows[:stay], More: len(rows) - stay, Removing: removing - stay}))
}

// diff is the body of one object's diff fence, and how it is shown.
type diff struct {
	Kind   string
	Object markup
	// Size is how large the object was before, "" where that is not known.
	Size  string
	Body  string
	Lines int
	Fold  bool
}

func (p page) diffOf(c catalog.Change) diff {
	body := hunks(c.Diff())
	lines := strings.Count(strings.TrimRight(body, "\n"), "\n") + 1
	return diff{
		Kind: clip(maxName, string(c.Object.Kind)), Object: names(c, p.fold), Size: p.amount(c.Object),
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
