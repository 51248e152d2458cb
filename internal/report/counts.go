package report

import (
	"slices"
	"strconv"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// maxKinds is how many kinds the table of counts has at most; PostgreSQL has about fifty.
const maxKinds = 60

// wideKinds is how many kinds a table has room for beside each other.
const wideKinds = 8

// counts tells how many of each kind were added, changed and so on.
type counts struct {
	Actions []actionHead
	Rows    []countRow
}

// actionHead is an action in a mark and a word.
type actionHead struct{ Mark, Word string }

// countRow holds the numbers of one kind, in the order of the actions; "" for none.
type countRow struct {
	Kind  string
	Cells []string
}

// grid is the table of counts as it is drawn.
type grid struct {
	// Heading stands above it, if there is more in the report than changes.
	Heading string
	Heads   []string
	Rows    []gridRow
}

type gridRow struct {
	Head  string
	Cells []string
}

// grid draws few kinds beside each other, which takes the fewest lines, and many below.
func (c counts) grid(heading string) grid {
	g := grid{Heading: heading}
	if len(c.Rows) > wideKinds {
		for _, a := range c.Actions {
			g.Heads = append(g.Heads, a.Mark+" "+a.Word)
		}
		for _, r := range c.Rows {
			g.Rows = append(g.Rows, gridRow{r.Kind, r.Cells})
		}
		return g
	}
	for _, r := range c.Rows {
		g.Heads = append(g.Heads, r.Kind)
	}
	for i, a := range c.Actions {
		row := gridRow{Head: a.Mark + " " + a.Word}
		for _, r := range c.Rows {
			row.Cells = append(row.Cells, r.Cells[i])
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// inOrder are all actions, gravest first.
var inOrder = []catalog.Action{catalog.Recreated, catalog.Removed, catalog.Rewritten, catalog.Changed, catalog.Renamed, catalog.Added}

// tally counts objects by kind and action.
type tally map[catalog.Kind]map[catalog.Action]int

// countsOf counts the objects that stand alone, and the parts of those that stayed.
func countsOf(changes []catalog.Change) counts {
	alone, parts := tally{}, tally{}
	for _, c := range changes {
		for _, a := range actionsOf(c) {
			alone.add(c.Object.Kind, a)
		}
		for object, action := range partsOf(c) {
			parts.add(object.Kind, action)
		}
	}
	var result counts
	var shown []catalog.Action
	for _, a := range inOrder {
		if alone.any(a) || parts.any(a) {
			mark, word := marksOf(a)
			shown = append(shown, a)
			result.Actions = append(result.Actions, actionHead{mark, word})
		}
	}
	result.Rows = append(alone.rows(shown), parts.rows(shown)...)
	return result
}

// actionsOf tells what happened to an object itself: one that was changed and has other files
// counts as rewritten, one that was renamed counts as both.
func actionsOf(c catalog.Change) []catalog.Action {
	actions := []catalog.Action{c.Action}
	for _, d := range c.Details {
		if d.Object != c.Object || !d.Physical() {
			continue
		}
		if c.Action == catalog.Changed {
			return []catalog.Action{d.Action}
		}
		actions = append(actions, d.Action)
	}
	return actions
}

// partsOf tells what happened to each part of an object: that it came or went rather than
// that one of its attributes differs.
func partsOf(c catalog.Change) map[catalog.Identity]catalog.Action {
	parts := map[catalog.Identity]catalog.Action{}
	for _, d := range c.Details {
		if d.Follows || d.Object == c.Object {
			continue
		}
		if d.Attribute == "" {
			parts[d.Object] = d.Action
		} else if parts[d.Object] == "" {
			parts[d.Object] = catalog.Changed
		}
	}
	return parts
}

func (t tally) add(kind catalog.Kind, action catalog.Action) {
	if t[kind] == nil {
		t[kind] = map[catalog.Action]int{}
	}
	t[kind][action]++
}

func (t tally) any(action catalog.Action) bool {
	for _, actions := range t {
		if actions[action] > 0 {
			return true
		}
	}
	return false
}

// rows gives a row for each kind, in the catalog's order.
func (t tally) rows(actions []catalog.Action) []countRow {
	var kinds []catalog.Kind
	for kind := range t {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b catalog.Kind) int {
		return catalog.Identity{Kind: a}.Compare(catalog.Identity{Kind: b})
	})
	var rows []countRow
	for _, kind := range kinds[:min(len(kinds), maxKinds)] {
		r := countRow{Kind: clip(maxName, kind.Plural())}
		for _, a := range actions {
			cell := ""
			if n := t[kind][a]; n > 0 {
				cell = strconv.Itoa(n)
			}
			r.Cells = append(r.Cells, cell)
		}
		rows = append(rows, r)
	}
	return rows
}
