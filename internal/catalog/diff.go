package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// contextLines is how much of what stayed the same surrounds each difference.
const contextLines = 3

// Diff is the body of a unified diff of the canonical texts, without the two file name
// lines, with three lines of context; ready for a ```diff fence. Of what was renamed it has
// both names. It is never empty for a change that [Compare] made.
func (c Change) Diff() string { return unifiedDiff(c.Before, c.After) }

// Diff is the line diff of a detail whose value spans lines, such as a function's body;
// "" for all others.
func (d Detail) Diff() string {
	if d.Attribute == "" || !strings.Contains(d.Before+d.After, "\n") {
		return ""
	}
	return unifiedDiff(d.Before, d.After)
}

func unifiedDiff(before, after string) string {
	before, after = endLine(before), endLine(after)
	text, err := udiff.ToUnified("", "", before, edits(before, after), contextLines)
	if err != nil {
		// Edits that were made from this very text always fit it.
		return fmt.Sprintf("no diff: %v\n", err)
	}
	_, text, _ = strings.Cut(text, "\n") // --- name
	_, text, _ = strings.Cut(text, "\n") // +++ name
	return text
}

// edits finds what to replace. udiff gives up looking for the fewest edits after a hundred
// of them and replaces the rest as a whole, which makes a wall of a long text with many small
// differences; so the text is cut first at the lines that both sides have exactly once.
func edits(before, after string) []udiff.Edit {
	b, a := slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after))
	var all []udiff.Edit
	offset, i, j := 0, 0, 0
	upTo := func(endB, endA int) {
		was := strings.Join(b[i:endB], "")
		if is := strings.Join(a[j:endA], ""); was != is {
			for _, e := range udiff.Lines(was, is) {
				all = append(all, udiff.Edit{Start: offset + e.Start, End: offset + e.End, New: e.New})
			}
		}
		offset += len(was)
		i, j = endB, endA
	}
	for _, same := range anchors(b, a) {
		upTo(same[0], same[1])
	}
	upTo(len(b), len(a))
	return all
}

// anchors are the places of lines that both texts have exactly once, as many as come in the
// same order (a patience diff).
func anchors(before, after []string) [][2]int {
	once := onceIn(after)
	var places [][2]int
	for line, i := range onceIn(before) {
		if j, found := once[line]; found {
			places = append(places, [2]int{i, j})
		}
	}
	slices.SortFunc(places, func(x, y [2]int) int { return x[0] - y[0] })
	return longestRising(places)
}

func onceIn(lines []string) map[string]int {
	places, seen := make(map[string]int, len(lines)), make(map[string]bool, len(lines))
	for i, line := range lines {
		if seen[line] {
			delete(places, line)
			continue
		}
		places[line], seen[line] = i, true
	}
	return places
}

// longestRising gives the longest list of places whose second numbers rise too.
func longestRising(places [][2]int) [][2]int {
	var ends []int // the last place of the best list of each length
	previous := make([]int, len(places))
	for i, p := range places {
		at, _ := slices.BinarySearchFunc(ends, p[1], func(end, place int) int { return places[end][1] - place })
		previous[i] = -1
		if at > 0 {
			previous[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var rising [][2]int
	for i := ends[len(ends)-1]; i >= 0; i = previous[i] {
		rising = append(rising, places[i])
	}
	slices.Reverse(rising)
	return rising
}

// endLine keeps "\ No newline at end of file" out of diffs.
func endLine(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}
