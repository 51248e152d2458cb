package report

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markup is text that is Markdown already: ours, or a stranger's after escaping.
// Everything of any other type is escaped on its way into a template.
type markup string

// zeroWidth stands between the two characters that GitHub would join to a mention, a
// reference or a link. Escaping with a backslash or an entity is not enough: GitHub looks
// for those in the finished HTML.
const zeroWidth = "&#8203;"

// entities are the characters that mean something in Markdown or HTML. Numeric
// references never do (CommonMark 6.2), neither at the start of a line, nor in a table
// cell, nor inside an HTML block, where backslashes do not work.
var entities = map[rune]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;",
	'`': "&#96;", '*': "&#42;", '[': "&#91;", ']': "&#93;", '\\': "&#92;",
	'|': "&#124;", '~': "&#126;", '#': "&#35;", '@': "@" + zeroWidth,
	// GitHub's way to say that a dollar sign begins no formula.
	'$': "<span>$</span>",
}

var (
	// reference is what GitHub turns into a link after "#" or "GH-".
	reference = regexp.MustCompile(`#\d|(?i:\bgh-\d)`)
	// linking is what GFM turns into a link without brackets.
	linking = regexp.MustCompile(`://|(?i:www\.)`)
	// emoji is a shortcode; some of them are pictures.
	emoji = regexp.MustCompile(`^:[A-Za-z0-9_+-]+:`)
	// leading is what begins a list, a heading's underline or a rule.
	leading = regexp.MustCompile(`^(?:[-+=_]|\d+[.)])`)
)

// inline escapes a stranger's text for one line of Markdown: in a paragraph, a table
// cell, a heading or an HTML block. It shows as it was given, with line breaks and
// runs of blanks as one blank, and does nothing else.
func inline(s string) markup { return escapeLine(oneLine(s)) }

// oneLine makes s a line of visible characters.
func oneLine(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }

// escapeLine is [inline] for text that is one line already; it keeps blanks at the ends.
func escapeLine(s string) markup {
	cut := splits(s)
	var b strings.Builder
	for i, r := range s {
		if cut[i] {
			b.WriteString(zeroWidth)
		}
		b.WriteString(escapeRune(s, i, r))
	}
	return markup(b.String())
}

// prose is [inline] for sentences, in which `words between backticks` become code. That
// is all a stranger can reach by it.
func prose(s string) markup {
	s = oneLine(s)
	segments := strings.Split(s, "`")
	if len(segments)%2 == 0 {
		return escapeLine(s)
	}
	var b strings.Builder
	for i, segment := range segments {
		switch {
		case i%2 == 0:
			b.WriteString(string(escapeLine(segment)))
		case strings.TrimSpace(segment) == "":
			return escapeLine(s)
		default:
			b.WriteString(string(code(segment)))
		}
	}
	return markup(b.String())
}

// advice is [prose] with room for lines to paste: the first line is a sentence, the
// others become a code block.
func advice(s string) markup {
	first, rest, many := strings.Cut(strings.TrimSpace(visible(s)), "\n")
	if !many {
		return prose(s)
	}
	return prose(first) + "\n\n" + fence("", strings.Trim(rest, "\n"))
}

// splits marks the bytes of s before which a zero-width space keeps GitHub from linking.
func splits(s string) map[int]bool {
	if !strings.ContainsAny(s, "#-:.") {
		return nil
	}
	cut := map[int]bool{}
	for _, at := range reference.FindAllStringIndex(s, -1) {
		cut[at[1]-1] = true
	}
	for _, at := range linking.FindAllStringIndex(s, -1) {
		cut[at[0]+1] = true
	}
	for i := 0; i < len(s); i++ {
		if s[i] == ':' && emoji.MatchString(s[i:]) {
			cut[i+1] = true
		}
	}
	return cut
}

// escapeRune escapes the character r at byte i of s.
func escapeRune(s string, i int, r rune) string {
	if entity, special := entities[r]; special {
		return entity
	}
	if r == '_' && !insideWord(s, i) {
		return "&#95;"
	}
	if i < 20 && strings.ContainsRune("-+=.)", r) {
		if at := leading.FindStringIndex(s); at != nil && i == at[1]-1 {
			return fmt.Sprintf("&#%d;", r)
		}
	}
	return string(r)
}

// insideWord tells that the underscore at byte i joins two letters or digits, as in most
// names of a database; it is no emphasis then and stays readable in the source.
func insideWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return word(before) && word(after)
}

// code shows a stranger's name in code letters. Names with characters that could end a
// code span take the HTML form.
func code(s string) markup {
	s = oneLine(s)
	switch {
	case s == "":
		return ""
	case strings.ContainsAny(s, "`|<\\"):
		return htmlCode(s)
	}
	return markup("`" + s + "`")
}

// htmlCode is [code] for places where Markdown is not read, such as a summary element.
func htmlCode(s string) markup { return "<code>" + inline(s) + "</code>" }

// fence makes a code block whose fence is longer than any run of backticks in s, so
// that s cannot end it. Mentions in it stay as they are: GitHub makes neither mentions
// nor references inside code, and what is shown there is meant to be copied.
func fence(language, s string) markup {
	s = strings.TrimRight(visible(s), "\n")
	bar := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	return markup(bar + language + "\n" + s + "\n" + bar)
}

func longestRun(s string, of rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// link makes a link to an address of ours. Anything but plain http and https is left
// out, and only the words remain.
func link(words markup, address string) markup {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return words
	}
	safe := strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C",
		"\\", "%5C", "`", "%60", "*", "%2A", "[", "%5B", "]", "%5D", "\"", "%22", "&", "&amp;", " ", "%20")
	return "[" + words + "](" + markup(safe.Replace(visible(u.String()))) + ")"
}

// visible replaces what is not seen, or makes other text look different, by its number:
// control characters but line feed and tab, bidirectional and zero-width ones, and bytes
// that are no UTF-8. Line ends become line feeds.
func visible(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	if plain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case hidden(r):
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r) // a byte that is no UTF-8 comes as U+FFFD
		}
	}
	return b.String()
}

func plain(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0
}

func hidden(r rune) bool {
	if r == '\n' || r == '\t' || (r >= ' ' && r <= '~') {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

// clip shortens s to at most n characters, before it is escaped, so that one long value
// cannot push the others out.
func clip(n int, s string) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
