package githublocal

import (
	"regexp"
	"strconv"
	"strings"
)

// diffLine is one line that a patch shows: its number in the old and in the new file, 0 where it
// is in only one of them, and its position, as GitHub's older comments count: lines below the first
// hunk header, later headers included.
type diffLine struct {
	left, right, position int
	text                  string // with its sign
}

var hunkHeader = regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// diffLines reads a patch, and gives how many positions it has.
func diffLines(patch string) (lines []diffLine, positions int) {
	from, to, hunks := 0, 0, 0
	for line := range strings.Lines(patch) {
		if at := hunkHeader.FindStringSubmatch(line); at != nil {
			from, _ = strconv.Atoi(at[1])
			to, _ = strconv.Atoi(at[2])
			if hunks++; hunks > 1 {
				positions++
			}
			continue
		}
		positions++
		d := diffLine{position: positions, text: strings.TrimSuffix(line, "\n")}
		if line[0] == ' ' || line[0] == '-' {
			d.left, from = from, from+1
		}
		if line[0] == ' ' || line[0] == '+' {
			d.right, to = to, to+1
		}
		if d.left > 0 || d.right > 0 { // and no word on a line end that is missing
			lines = append(lines, d)
		}
	}
	return lines, positions
}

// on is the line's number on a side of the diff: LEFT, or RIGHT, which is what no word means.
func (d diffLine) on(side string) int {
	if strings.EqualFold(side, "LEFT") {
		return d.left
	}
	return d.right
}

// find gives the line of a patch with a number on a side; nil if the patch does not show it.
func find(lines []diffLine, side string, number int) *diffLine {
	for i := range lines {
		if number > 0 && lines[i].on(side) == number {
			return &lines[i]
		}
	}
	return nil
}

// again finds a line by its text, the nearest one if there are several; nil if it is gone.
func again(lines []diffLine, side, text string, near int) *diffLine {
	var best *diffLine
	for i := range lines {
		d := &lines[i]
		if d.on(side) == 0 || d.text[1:] != text {
			continue
		}
		if best == nil || abs(d.on(side)-near) < abs(best.on(side)-near) {
			best = d
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }
