package actions

import (
	"strconv"
	"strings"
)

// Level is the kind of an annotation.
type Level string

// The kinds of annotations.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Error   Level = "error"
)

// Limits of the runner: annotations of one kind that it keeps of a step, and the length of a
// message, after which it cuts.
const (
	maxAnnotations = 10
	maxMessage     = 4096
)

// Annotation is a message that GitHub shows on the page of the run, and beside the line of a
// file if it names one.
type Annotation struct {
	Level         Level
	Title         string
	File          string // seen from the repository's root; empty: none
	Line, EndLine int    // 0: none
	Message       string
}

// Annotate shows a. From the eleventh of a kind on, and off a runner, it is a plain line.
func (r *Runner) Annotate(a Annotation) {
	r.mu.Lock()
	r.told[a.Level]++
	full := r.told[a.Level] > maxAnnotations
	r.mu.Unlock()
	if !r.hosted || full {
		r.Println(a.line())
		return
	}
	r.command(string(a.Level), cut(a.Message, maxMessage), a.fields())
}

func (a Annotation) fields() map[string]string {
	fields := map[string]string{}
	if a.Title != "" {
		fields["title"] = a.Title
	}
	if a.File != "" {
		fields["file"] = a.File
	}
	if a.File != "" && a.Line > 0 {
		fields["line"] = strconv.Itoa(a.Line)
	}
	if a.File != "" && a.EndLine > 0 {
		fields["endLine"] = strconv.Itoa(a.EndLine)
	}
	return fields
}

// line is the annotation in the form of compilers, which editors make links of.
func (a Annotation) line() string {
	parts := []string{string(a.Level), a.Title, a.Message}
	if a.File != "" {
		at := a.File
		if a.Line > 0 {
			at += ":" + strconv.Itoa(a.Line)
		}
		parts = append([]string{at}, parts...)
	}
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, ": ")
}

// cut shortens s to at most limit bytes without breaking a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const more = "…"
	return strings.ToValidUTF8(s[:limit-len(more)], "") + more
}
