package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// result is what was measured of one schema on one server, one way.
type result struct {
	wanted wantedSchema
	major  int
	way    way
	series []*series
}

// of finds the series that a column of that name is in; "again" has further ones.
func (r result) of(name, what string) *series {
	if what == "later" || what == "gate" {
		what = "again"
	}
	for _, s := range r.series {
		if s.name == name && s.what == what {
			return s
		}
	}
	return &series{}
}

// cell is the median as a table shows it.
func (r result) cell(name, what string) string {
	s := r.of(name, what)
	took, late, ok := s.median(what)
	switch {
	case s.failed() != nil:
		return "fails"
	case !ok:
		return "–"
	}
	return either(late, "> ", "") + seconds(took)
}

// seconds keeps two or three digits, which is more than a shared machine repeats.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s >= 100:
		return fmt.Sprintf("%.0f s", s)
	case s >= 10:
		return fmt.Sprintf("%.1f s", s)
	case s >= 1:
		return fmt.Sprintf("%.2f s", s)
	default:
		return fmt.Sprintf("%.0f ms", s*1000)
	}
}

// ratio is how many times as long pg_dump takes as our snapshot; with late it is at least that.
func (r result) ratio() (times float64, late, ok bool) {
	dump, late, ok := r.of(pgDump, "one").median("one")
	took, _, measured := r.of(ours, "one").median("one")
	if !ok || !measured {
		return 0, false, false
	}
	return float64(dump) / float64(took), late, true
}

func (r result) ratioCell() string {
	times, late, ok := r.ratio()
	if !ok {
		return "–"
	}
	format := either(times < 10, "%s%.1f×", "%s%.0f×")
	return fmt.Sprintf(format, either(late, "> ", ""), times)
}

// traffic is that of the first run of a contender that came to its end.
func (r result) traffic(name, what string) (traffic, bool) {
	for _, o := range r.of(name, what).outcomes {
		if o.err == nil && !o.late {
			return o.traffic, true
		}
	}
	return traffic{}, false
}

func (r result) trafficCell(name string) string {
	t, ok := r.traffic(name, "one")
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.2f MB, %d", float64(t.Down)/1e6, t.Turns)
}

// peak is the least of the runs' most memory: the others had the luck of the collector.
func (r result) peak(name string) int64 {
	var least int64
	for _, o := range r.of(name, "one").outcomes {
		if o.Peak > 0 && !o.late && (least == 0 || o.Peak < least) {
			least = o.Peak
		}
	}
	return least
}

func (r result) peakCell(name string) string {
	if peak := r.peak(name); peak > 0 {
		return fmt.Sprintf("%.0f MB", float64(peak)/1e6)
	}
	return "–"
}

// column is one column of a table.
type column struct {
	head string
	cell func(result) string
}

func timeOf(head, name, what string) column {
	return column{head, func(r result) string { return r.cell(name, what) }}
}

// columns of the times; on a line, bytes and turns are known too.
func columns(w way) []column {
	all := []column{
		{"schema", func(r result) string { return r.wanted.name }},
		timeOf("snapshot", ours, "one"),
		timeOf("pg_dump -s", pgDump, "one"),
		{"ratio", result.ratioCell},
		timeOf("second snapshot", ours, "again"),
		timeOf("after a pause", ours, "later"),
		timeOf("gate", ours, "gate"),
		timeOf("pg-schema-diff hash", stripe, "one"),
		timeOf("pg-delta extract", pgDelta, "one"),
		timeOf("both sides, compared", ours, "both"),
		timeOf("by pg-schema-diff", stripe, "both"),
		timeOf("by pg-delta", pgDelta, "both"),
	}
	if w.rtt == 0 {
		return append(all, column{"memory", func(r result) string { return r.peakCell(ours) }},
			column{"of pg_dump", func(r result) string { return r.peakCell(pgDump) }})
	}
	return append(all, column{"to the client, turns", func(r result) string { return r.trafficCell(ours) }},
		column{"of pg_dump", func(r result) string { return r.trafficCell(pgDump) }})
}

// writeTables writes a Markdown table for each server and way, and one of the bars.
func writeTables(w io.Writer, results []result) {
	for _, major := range majors {
		for _, way := range ways {
			var rows []result
			for _, r := range results {
				if r.major == major && r.way == way {
					rows = append(rows, r)
				}
			}
			if len(rows) > 0 {
				fmt.Fprintf(w, "### PostgreSQL %d, %s\n\n", major, way.name)
				writeTable(w, columns(way), rows)
			}
		}
	}
	writeBars(w, results)
}

func writeTable(w io.Writer, columns []column, rows []result) {
	line := func(cell func(column) string) {
		var cells []string
		for _, c := range columns {
			cells = append(cells, cell(c))
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
	line(func(c column) string { return c.head })
	line(func(column) string { return "---" })
	for _, r := range rows {
		line(func(c column) string { return c.cell(r) })
	}
	fmt.Fprintln(w)
}
