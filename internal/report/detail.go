package report

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// consequence says what an action means for the rows, where the definition does not show it.
func (p page) consequence(c catalog.Change) string {
	amount := p.amount(c.Object)
	switch c.Action {
	case catalog.Recreated:
		return recreated(c.Object.Kind) + inParentheses(amount)
	case catalog.Rewritten:
		return rewritten(c.Object.Kind) + inParentheses(amount)
	case catalog.Removed:
		if amount != "" {
			return "its rows are gone" + inParentheses(amount)
		}
	case catalog.Renamed:
		if c.Suspected {
			return "suspected: it has the same shape, and may still be another one"
		}
	case catalog.Added, catalog.Changed: // the details say it
	}
	return ""
}

// recreated says what is lost when something is dropped and created again.
func recreated(kind catalog.Kind) string {
	const again = "dropped and created again: "
	switch kind {
	case catalog.Table:
		return again + "its rows are gone, unless they were copied"
	case catalog.MaterializedView:
		return again + "its rows were computed anew"
	case catalog.Sequence:
		return again + "it counts from its start"
	case catalog.Column:
		return again + "its values are gone, unless they were copied"
	default:
		return strings.TrimSuffix(again, ": ")
	}
}

// rewritten says what other files mean.
func rewritten(kind catalog.Kind) string {
	switch kind {
	case catalog.Table, catalog.MaterializedView:
		return "its file is new: every row was copied, or it was emptied"
	case catalog.Index:
		return "built anew"
	default:
		return "rewritten"
	}
}

// inParentheses is s behind something else, or nothing.
func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// amount says how large an object was before the change: "about 12,000 rows, 3.1 MB".
func (p page) amount(object catalog.Identity) string {
	if s, known := p.sizes[object]; known {
		return sizeWords(s)
	}
	return ""
}

func sizesByObject(sizes []catalog.Size) map[catalog.Identity]catalog.Size {
	by := map[catalog.Identity]catalog.Size{}
	for _, s := range sizes {
		by[s.Object] = s
	}
	return by
}

func sizeWords(s catalog.Size) string {
	var words []string
	switch {
	case s.Rows > 0:
		words = append(words, "about "+number(s.Rows)+" rows")
	case s.Rows == 0 && s.Object.Kind != catalog.Index:
		words = append(words, "no rows when last analysed")
	}
	if s.Bytes > 0 {
		words = append(words, onDisk(s.Bytes))
	}
	return strings.Join(words, ", ")
}

// number groups digits, and rounds what nobody reads digit by digit.
func number(n int64) string {
	const million = 1_000_000
	switch {
	case n >= 1000*million:
		return fmt.Sprintf("%.1f billion", float64(n)/1000/million)
	case n >= million:
		return fmt.Sprintf("%.1f million", float64(n)/million)
	case n >= 1000:
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return fmt.Sprint(n)
}

// onDisk says a size as pg_size_pretty() does, with one digit behind the point.
func onDisk(n int64) string {
	unit, size := "kB", float64(n)/1024
	for _, larger := range []string{"MB", "GB", "TB"} {
		if size < 1024 {
			break
		}
		unit, size = larger, size/1024
	}
	if size >= 10 || unit == "kB" {
		return fmt.Sprintf("%.0f %s", size, unit)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// detail says one difference: "column `note` added", "`id` type `integer` → `bigint`".
func (p page) detail(c catalog.Change, one catalog.Detail) markup {
	var words []string
	say := func(m markup) {
		if m != "" {
			words = append(words, string(m))
		}
	}
	if one.Object != c.Object {
		name := one.Object.Name
		if one.Was != nil {
			name = one.Was.Name
		}
		say(p.text(clip(maxName, string(one.Object.Kind))))
		say(p.code(clip(maxName, name)))
	}
	say(p.text(clip(maxName, one.Attribute)))
	say(p.values(one))
	say(p.text(clip(maxValue, one.Place)))
	if c.Suspected && one.Action == catalog.Renamed {
		say("(suspected)")
	}
	return markup(strings.Join(words, " "))
}

// values says how a detail differs: what it was and is, or only what happened.
func (p page) values(one catalog.Detail) markup {
	_, word := marksOf(one.Action)
	before, after := p.code(clip(maxValue, one.Before)), p.code(clip(maxValue, one.After))
	switch {
	case one.Action == catalog.Renamed && one.Was != nil:
		return "renamed to " + p.code(clip(maxName, one.Object.Name))
	case one.Action == catalog.Renamed:
		return before + " renamed to " + after
	case one.Action == catalog.Recreated:
		return markup(recreated(one.Object.Kind))
	case one.Action == catalog.Rewritten:
		return markup(rewritten(one.Object.Kind) + inParentheses(p.amount(one.Object)))
	case one.Attribute == "":
		return markup(word)
	case before != "" && after != "" && one.Diff() != "":
		return markup(lineCounts(one.Diff()))
	case before != "" && after != "":
		return before + " → " + after
	case after != "":
		return after + " added"
	case before != "":
		return before + " removed"
	}
	return markup(word)
}

// lineCounts says how much of a long text differs; the diff below shows it.
func lineCounts(diff string) string {
	added, removed := 0, 0
	for line := range strings.Lines(diff) {
		switch line[0] {
		case '+':
			added++
		case '-':
			removed++
		}
	}
	return fmt.Sprintf("changed: +%d −%d lines", added, removed)
}
