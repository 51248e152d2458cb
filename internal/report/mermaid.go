package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// maxBars is how many steps a timeline shows; more are not readable.
const maxBars = 30

// gantt draws steps one after the other. Time is given in milliseconds since the Unix
// epoch, and the axis shows them as such numbers: a clock would be moved by the reader's
// time zone.
func gantt(steps []Step) string {
	var b strings.Builder
	var at time.Duration
	for _, s := range steps {
		at += s.Took
	}
	axis, unit := "%s s", "seconds"
	if at < 10*time.Second {
		axis, unit = "%Q ms", "milliseconds"
	}
	fmt.Fprintf(&b, "gantt\n    title Steps, in %s\n    dateFormat x\n    axisFormat %s\n", unit, axis)
	at = 0
	for i, s := range steps {
		if i == maxBars {
			break
		}
		mark := ""
		if s.Outcome != "" && s.Outcome != "ok" {
			mark = "crit, "
		}
		end := at + max(s.Took, time.Millisecond)
		fmt.Fprintf(&b, "    %d %s, %s :%s%d, %d\n", i+1, bar(s.Name), took(s.Took), mark, at.Milliseconds(), end.Milliseconds())
		at += s.Took
	}
	return b.String()
}

// bar is a name that mermaid takes as a task's title: letters, digits and a few signs.
// A colon would begin the task's data, a hash an entity, a percent sign a comment. The
// number before it keeps words such as "section" from being read as a statement.
func bar(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" _-./", r) {
			return r
		}
		return '_'
	}, oneLine(clip(60, name)))
}
