package main

import (
	"fmt"
	"io"
	"time"
)

// bar is a promise about one figure of some results.
type bar struct {
	promise string
	// figure gives what is held against the promise, in words, and whether it keeps it; applies
	// is false where the bar says nothing about a result.
	figure func(result) (words string, kept, applies bool)
}

// The bars of the catalog.
const (
	bothAt1000     = 800 * time.Millisecond
	bothAt5000     = 3 * time.Second
	ratioLoopback  = 3
	ratioLine      = 25
	ratioRegressed = 100 // PostgreSQL's own regression database
	peakMost       = 100e6
	againMost      = 100 * time.Millisecond // of a schema of some hundred tables
	regression     = "regression"
)

var bars = []bar{
	{"1,000 tables: both sides read and compared within 0.8 s, loopback", bothWithin(1000, bothAt1000)},
	{"5,000 tables: both sides read and compared within 3 s, loopback", bothWithin(5000, bothAt5000)},
	{"3 times as fast as pg_dump -s, loopback", ratioAtLeast(ratioLoopback, func(r result) bool { return r.way.rtt == 0 })},
	{"25 times as fast as pg_dump -s, 30 ms", ratioAtLeast(ratioLine, func(r result) bool { return r.way.rtt != 0 })},
	{"100 times as fast as pg_dump -s, 30 ms, regression database", ratioAtLeast(ratioRegressed, func(r result) bool {
		return r.way.rtt != 0 && r.wanted.name == regression
	})},
	{"under 100 MB of client memory at 10,000 tables", func(r result) (string, bool, bool) {
		peak := r.peak(ours)
		return r.peakCell(ours), peak < peakMost, peak > 0 && r.wanted.tables == 10000 && r.way.rtt == 0
	}},
	{"second snapshot on the connection in 0.1 s, 30 ms, schemas of some hundred tables", func(r result) (string, bool, bool) {
		took, _, ok := r.of(ours, "again").median("again")
		return seconds(took), took <= againMost, ok && r.wanted.tables == 0 && r.way.rtt != 0
	}},
}

func bothWithin(tables int, most time.Duration) func(result) (string, bool, bool) {
	return func(r result) (string, bool, bool) {
		took, late, ok := r.of(ours, "both").median("both")
		return seconds(took), took < most && !late, ok && r.wanted.tables == tables && r.way.rtt == 0
	}
}

func ratioAtLeast(least float64, applies func(result) bool) func(result) (string, bool, bool) {
	return func(r result) (string, bool, bool) {
		times, _, ok := r.ratio()
		return r.ratioCell(), times >= least, ok && applies(r)
	}
}

// writeBars writes each bar with the results that it holds for and those that it does not.
func writeBars(w io.Writer, results []result) {
	fmt.Fprint(w, "### Bars\n\n| bar | met by | missed by |\n| --- | --- | --- |\n")
	for _, b := range bars {
		var met, missed string
		for _, r := range results {
			words, kept, applies := b.figure(r)
			entry := fmt.Sprintf("%s (%d): %s; ", r.wanted.name, r.major, words)
			switch {
			case applies && kept:
				met += entry
			case applies:
				missed += entry
			}
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", b.promise, orNothing(met), orNothing(missed))
	}
}

func orNothing(list string) string {
	if list == "" {
		return "–"
	}
	return list[:len(list)-2]
}
