package catalog

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// contextLines is how much of what stayed the same surrounds each difference.
const contextLines = 3

// Diff is the body of a unified diff of the canonical texts, without the two file name
// lines, with three lines of context; ready for a ```diff fence. It is never empty for a
// change that [Compare] made.
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
	text, err := udiff.ToUnified("", "", before, udiff.Lines(before, after), contextLines)
	if err != nil {
		// Edits that Lines made from this very text always fit it.
		return fmt.Sprintf("no diff: %v\n", err)
	}
	_, text, _ = strings.Cut(text, "\n") // --- name
	_, text, _ = strings.Cut(text, "\n") // +++ name
	return text
}

// endLine keeps "\ No newline at end of file" out of diffs.
func endLine(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}
