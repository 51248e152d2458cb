package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// contender is one way to read one database ("one"), to read it once more ("again") or to compare
// two ("both").
type contender struct {
	name, what string
	// command takes the addresses of both databases.
	command func(one, other string) []string
	// whole means that the program tells no times itself, so that its whole process is timed.
	whole bool
}

const (
	ours    = "ours"
	pgDump  = "pg_dump"
	stripe  = "pg-schema-diff"
	pgDelta = "pg-delta"
)

// contenders in the order in which they take turns: whom the bars compare follow each other.
func contenders(self string, dump []string) []contender {
	task := func(name string) func(one, other string) []string {
		return func(one, other string) []string { return []string{self, "task", name, one, other} }
	}
	node := func(what string) func(one, other string) []string {
		return func(one, other string) []string {
			words := []string{"node", "--max-old-space-size=8192", "pgdelta/measure.mjs", what, one, other}
			return words[:either(what == "one", 5, 6)]
		}
	}
	return []contender{
		{name: ours, what: "one", command: task("ours-one")},
		{name: pgDump, what: "one", whole: true, command: func(one, _ string) []string {
			return append(append([]string(nil), dump...), "--schema-only", "--file=/dev/null", "--dbname="+one)
		}},
		{name: ours, what: "again", command: task("ours-again")},
		{name: ours, what: "both", command: task("ours-both")},
		{name: stripe, what: "one", command: task("stripe-one")},
		{name: stripe, what: "both", command: task("stripe-both")},
		{name: pgDelta, what: "one", command: node("one")},
		{name: pgDelta, what: "both", command: node("both")},
	}
}

// outcome is one run of a contender.
type outcome struct {
	report
	traffic traffic
	// late means that it was stopped: it takes longer than its one time says.
	late bool
	err  error
}

// run starts the contender's process and waits for its end, or stops it when patience ends.
func (c contender) run(ctx context.Context, patience time.Duration, one, other string) outcome {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	words := c.command(one, other)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	var said, complained bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complained
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return outcome{late: true, report: report{Times: map[string]time.Duration{c.what: took}}}
	case err != nil:
		return outcome{err: fmt.Errorf("%s: %w: %s", c.name, err, lastLine(complained.String()))}
	case c.whole:
		return outcome{report: report{Times: map[string]time.Duration{c.what: took}, Peak: childPeak(cmd)}}
	}
	o := outcome{}
	if err := json.Unmarshal(said.Bytes(), &o.report); err != nil {
		return outcome{err: fmt.Errorf("%s: its report: %w: %.200q", c.name, err, said.String())}
	}
	if c.what == "both" && o.Changes == 0 {
		return outcome{err: fmt.Errorf("%s found no difference between two databases that differ", c.name)}
	}
	if o.Peak == 0 {
		o.Peak = childPeak(cmd)
	}
	return o
}

// childPeak is the most memory the process had, or this one when it started that (see peak):
// good for what needs more than the some twenty megabytes of this one.
func childPeak(cmd *exec.Cmd) int64 {
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10 // Linux counts kilobytes
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
