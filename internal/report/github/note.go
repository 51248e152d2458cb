package github

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	api "github.com/google/go-github/v60/github"
)

// Note is a finding at a line of a file, for those who read the change.
type Note struct {
	// Key is the finding's name over all pushes: equal for the same finding, and of no other.
	Key string
	// Path is relative to the repository's root, with slashes.
	Path string
	// Line is the line of the operation; Fallback, used where the diff does not show that one, is the
	// line of the function around it. 0 is none.
	Line, Fallback int
	// Body is the comment, as Markdown in which strangers' text is escaped.
	Body string
	// Level, Title and Message say the same as an annotation: Level is error, warning or notice,
	// the others are plain text.
	Level, Title, Message string
}

// Annotation is a note in the words of a workflow command, for runs that may not comment.
type Annotation struct {
	// Level is error, warning or notice.
	Level string
	// Title and Message are plain text, not yet escaped.
	Title, Message string
	// Path and Line are where it is shown; Line 0 is the file as a whole.
	Path string
	Line int
}

// Annotations gives notes as annotations, in their order. GitHub shows ten of a level and step, so
// the gravest must come first; unlike comments, they may be at any line of any file.
func Annotations(notes []Note) []Annotation {
	var out []Annotation
	for _, n := range notes {
		line := n.Line
		if line <= 0 {
			line = max(n.Fallback, 0)
		}
		a := Annotation{Level: n.Level, Title: n.Title, Message: n.Message, Path: n.Path, Line: line}
		if a.Level != "error" && a.Level != "notice" {
			a.Level = "warning"
		}
		if a.Message == "" {
			a.Title, a.Message = "", n.Title // a command without a message is not shown
		}
		out = append(out, a)
	}
	return out
}

// noteID is the marker's ID of comments at lines.
const noteID = "finding"

// noteMarker is the hidden first line of a comment at a line.
type noteMarker struct {
	Marker
	// Note is the finding's key.
	Note string `json:"note"`
	// Settled is the commit as of which the comment no longer holds; empty while it does.
	Settled string `json:"settled,omitempty"`
}

// ownNote is a comment of ours at a line, with what its marker says.
type ownNote struct {
	noteMarker
	comment *api.PullRequestComment
}

// live tells that the comment still speaks for a finding.
func (o ownNote) live() bool { return o.Settled == "" }

// outdated tells that the comment's line is gone: GitHub folds it away then.
func (o ownNote) outdated() bool { return o.comment.GetLine() == 0 }

// readNote reads the marker of a comment; false if it has none of these.
func readNote(body string) (noteMarker, bool) {
	first, _, _ := strings.Cut(unixLines(body), "\n")
	inner, begins := strings.CutPrefix(first, markerStart)
	inner, ends := strings.CutSuffix(inner, markerEnd)
	var m noteMarker
	if !begins || !ends || json.Unmarshal([]byte(inner), &m) != nil {
		return noteMarker{}, false
	}
	return m, m.ID == noteID && m.Note != ""
}

// text is the whole comment: the marker's line, and as much of the body as GitHub takes.
func (m noteMarker) text(body string) (string, error) {
	line, err := hiddenLine(m)
	if err != nil {
		return "", err
	}
	return line + "\n" + fit(quiet(body), maxComment-utf8.RuneCountInString(line)-1), nil
}

// maxComment is the most characters that GitHub takes in a comment: 65,536, as its answer to a
// longer one says.
const maxComment = 65536

// tooLong stands for a body of which not even the first part fits.
const tooLong = "This finding is longer than a comment may be: read it in the report."

// fit shortens Markdown to at most room characters by leaving out whole blocks from its end.
func fit(body string, room int) string {
	if utf8.RuneCountInString(body) <= room {
		return body
	}
	const more = "\n\n… the rest is in the report."
	room -= utf8.RuneCountInString(more)
	all := blocks(body)
	for n := len(all) - 1; n > 0; n-- {
		if kept := strings.Join(all[:n], "\n\n"); utf8.RuneCountInString(kept) <= room {
			return kept + more
		}
	}
	return tooLong
}

// blocks are the parts of Markdown between blank lines; a code block is one part.
func blocks(body string) []string {
	var all []string
	var block []string
	var f fence
	for line := range strings.SplitSeq(unixLines(body), "\n") {
		f.read(line)
		if strings.TrimSpace(line) != "" || f.open() {
			block = append(block, line)
			continue
		}
		if len(block) > 0 {
			all, block = append(all, strings.Join(block, "\n")), nil
		}
	}
	if len(block) > 0 {
		all = append(all, strings.Join(block, "\n"))
	}
	return all
}

// fence follows the code blocks of a text, line by line.
type fence struct{ bar string }

func (f *fence) open() bool { return f.bar != "" }

// bar is a line that begins or ends a code block (CommonMark 4.5).
var bar = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")

// read takes the next line; it tells whether the line is code or one of the bars around it.
func (f *fence) read(line string) bool {
	found := bar.FindStringSubmatch(line)
	switch {
	case f.bar == "" && found != nil && (found[1][0] == '~' || !strings.Contains(found[2], "`")):
		f.bar = found[1]
		return true
	case f.bar != "" && found != nil && found[1][0] == f.bar[0] && len(found[1]) >= len(f.bar) && strings.TrimSpace(found[2]) == "":
		f.bar = ""
		return true
	}
	return f.open()
}

// zeroWidth stands behind an at sign, so that GitHub makes no mention of it.
const zeroWidth = "\u200b"

// at is the sign that begins a mention, also as HTML writes it: GitHub looks for mentions in the
// finished page.
var at = regexp.MustCompile(`(?i)@|&#0*64;|&#x0*40;|&commat;`)

// quiet takes the effect of mentions out of Markdown. What a renderer has escaped stays as it is,
// and so do code blocks, in which GitHub sees no mentions.
func quiet(body string) string {
	lines := strings.Split(unixLines(body), "\n")
	var f fence
	for i, line := range lines {
		if !f.read(line) {
			lines[i] = quietLine(line)
		}
	}
	return strings.Join(lines, "\n")
}

func quietLine(line string) string {
	var b strings.Builder
	from := 0
	for _, found := range at.FindAllStringIndex(line, -1) {
		b.WriteString(line[from:found[1]])
		from = found[1]
		before, _ := utf8.DecodeLastRuneInString(line[:found[0]])
		next, _ := utf8.DecodeRuneInString(line[from:])
		inWord := unicode.IsLetter(before) || unicode.IsDigit(before) // an address, which notifies nobody
		if !inWord && from < len(line) && !unicode.IsSpace(next) && !strings.HasPrefix(line[from:], zeroWidth) && !strings.HasPrefix(line[from:], "&#8203;") {
			b.WriteString(zeroWidth)
		}
	}
	return b.String() + line[from:]
}
