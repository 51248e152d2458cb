package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

const (
	maxSections = 6  // tables in a lock timeline: those that were locked longest
	maxLockBars = 60 // bars in it
	// maxSectionName is how many characters there is room for beside the bars.
	maxSectionName = 20
	barShare       = 100 // a bar shorter than this part of the axis is hardly a line
)

// lockChart is a lock timeline, and how many locks of the table below are not in it.
type lockChart struct {
	Source  markup
	Missing int
}

// Chart draws the locks that stop at least writers in mermaid's words, one section a table; nothing
// where there are none. Colours are the reader's theme's: the mode stands in each bar's label.
func (d recorded) Chart() lockChart {
	all := d.strong
	if len(all) == 0 {
		return lockChart{}
	}
	begin, end := all[0].Start, all[0].End
	for _, l := range all {
		begin, end = min(begin, l.Start), max(end, l.End)
	}
	tables := longestTables(all)
	scale := scaleFor(end)
	var b strings.Builder
	fmt.Fprintf(&b, "gantt\n    title Locks that stop writers or readers, in %s\n    dateFormat x\n    axisFormat %s\n    todayMarker off\n", scale.name, scale.axis)
	drawn := 0
	for _, table := range tables {
		lines := ""
		for _, l := range all {
			if l.table == table && (l.End-l.Start)*barShare >= end-begin && drawn < maxLockBars {
				lines += d.bars(l, scale)
				drawn++
			}
		}
		if lines != "" {
			b.WriteString("    section " + cmp.Or(bar(clip(maxSectionName, d.shown(table))), "_") + "\n" + lines)
		}
	}
	if drawn == 0 {
		return lockChart{}
	}
	return lockChart{Source: markup(b.String()), Missing: len(all) - drawn}
}

// longestTables are the tables that were locked longest, in the order of their first lock.
func longestTables(all []lock) []string {
	sums := map[string]time.Duration{}
	var order []string
	for _, l := range all {
		if _, known := sums[l.table]; !known {
			order = append(order, l.table)
		}
		sums[l.table] += l.End - l.Start
	}
	longest := slices.Clone(order)
	slices.SortStableFunc(longest, func(a, b string) int { return cmp.Compare(sums[b], sums[a]) })
	longest = longest[:min(len(longest), maxSections)]
	return slices.DeleteFunc(order, func(table string) bool { return !slices.Contains(longest, table) })
}

// bars draws one lock, in two parts where it is not sure from when on it was held. A label that does not
// fit into its bar stands beside it; mermaid's colours for active and done bars cannot be read there.
func (d recorded) bars(l lock, s scale) string {
	what := fmt.Sprintf("%d %s", l.since, bar(bareMode(l.mode)))
	switch { // the table is the section's name
	case l.index != "":
		what += " index " + bar(d.shown(l.index))
	case len(l.partitions) > 0:
		what += " " + count(len(l.partitions), "partition", "partitions")
	}
	tag := ""
	if l.mode == recorder.AccessExclusive {
		tag = "crit, "
	}
	start, sure, end := s.of(l.Start), s.of(l.Sure), max(s.of(l.End), s.of(l.Start)+1)
	if !l.vague() || sure <= start || sure >= end {
		return fmt.Sprintf("    %s, %s :%s%d, %d\n", what, span(l.End-l.Start), tag, start, end)
	}
	return fmt.Sprintf("    %s, perhaps :%d, %d\n    %s, %s :%s%d, %d\n", what, start, sure, what, span(l.End-l.Sure), tag, sure, end)
}

// scale is what a number on the axis stands for. mermaid takes whole milliseconds since the epoch and
// no others, so for short times they are told to be less.
type scale struct {
	name, axis string
	unit       time.Duration
}

func scaleFor(end time.Duration) scale {
	switch {
	case end < 100*time.Millisecond:
		return scale{"microseconds", "%Q µs", time.Microsecond}
	case end < 10*time.Second:
		return scale{"milliseconds", "%Q ms", time.Millisecond}
	}
	return scale{"seconds", "%s s", time.Millisecond}
}

func (s scale) of(d time.Duration) int64 { return int64(d / s.unit) }
