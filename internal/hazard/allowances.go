package hazard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Codes are those of all findings that can be allowed, in order.
func Codes() []string {
	return []string{
		"H001", "H002", "H003", "H005", "H006", "H007", "H008", "H009", "H010", "H011", "H012", "H013", "H014", "H015",
		"H016", "H017", "H018", "H019", "H020", "H021", "H022", "H023", "H024", "H025", "H027", "H028", "H029", "H030",
		"H031", "H032", "H033", "H034", "H035", "H036", "H037", "H038", "H039", "H040", "H043", "H044", "H045", "H046",
		"H047", "H048",
	}
}

var (
	// directive begins a comment that is meant for this tool.
	directive = regexp.MustCompile(`^#\s*neon-migrations:\s*(.*)$`)
	// allowing is what stands in it: the code, the object if only one is meant, and the reason in quotes.
	allowing = regexp.MustCompile(`^allow\s+([Hh]\d{3})(?:\s+([^"'\s]+))?(?:\s+(?:"([^"]*)"|'([^']*)'))?\s*$`)
)

// AllowancesOf reads the comments of a revision file that let findings of this revision pass:
//
//	# neon-migrations: allow H016 orders "one-off, empty table"
//
// A comment may stand in a line of its own or behind code; what looks like one within a string of Python
// is none. One that gives no reason, or that cannot be understood, is returned without a reason, with what
// it says as its code: it does not count, and Judge tells of it.
func AllowancesOf(path, source, revision string) []Allowance {
	var all []Allowance
	for _, c := range comments(source) {
		meant := directive.FindStringSubmatch(c.text)
		if meant == nil {
			continue
		}
		a := Allowance{Code: strings.TrimSpace(meant[1]), Revision: revision, Where: fmt.Sprintf("%s:%d", path, c.line)}
		if found := allowing.FindStringSubmatch(meant[1]); found != nil {
			a.Code, a.Object = strings.ToUpper(found[1]), found[2]
			if slices.Contains(Codes(), a.Code) {
				a.Reason = strings.TrimSpace(found[3] + found[4])
			}
		}
		all = append(all, a)
	}
	return all
}

// comment is one of Python, from # to the end of its line.
type comment struct {
	line int
	text string
}

// stringOrComment is the next of these in a source of Python (its reference, "Lexical analysis"). A
// string that does not end ends the search, or with its line if it has one quote.
var stringOrComment = regexp.MustCompile(`(?s)"""(?:\\.|[^\\])*?(?:"""|$)|'''(?:\\.|[^\\])*?(?:'''|$)|"(?:\\.|[^"\\\n])*|'(?:\\.|[^'\\\n])*|#[^\r\n]*`)

// comments gives those of a source. A plain string is passed with its first quote, and its last one
// begins no other, as it is taken off with it.
func comments(source string) []comment {
	var all []comment
	for at := 0; at < len(source); {
		found := stringOrComment.FindStringIndex(source[at:])
		if found == nil {
			break
		}
		from, to := at+found[0], at+found[1]
		first := source[from]
		if first == '#' {
			all = append(all, comment{1 + strings.Count(source[:from], "\n"), source[from:to]})
		} else if to < len(source) && source[to] == first {
			to++ // the quote that ends a plain string
		}
		at = to
	}
	return all
}

// ParseAllowances reads the file in which a project keeps what it lets pass for all revisions:
//
//	[[allow]]
//	code = "H016"
//	object = "orders"         # optional, as is revision
//	reason = "small until March"
//
// Unknown keys, unknown codes and a missing reason are faults of the caller: a mistake must not let anything
// pass, nor seem to.
func ParseAllowances(path string, content []byte) ([]Allowance, error) {
	var file struct {
		Allow []struct {
			Code, Object, Revision, Reason string
		}
	}
	wrong := func(why string) error {
		return fault.Usage("reading "+path, why, "an entry has code, reason and, if wanted, object and revision:\n[[allow]]\ncode = \"H016\"\nobject = \"orders\"\nreason = \"small until March\"")
	}
	data, err := toml.Decode(string(content), &file)
	if err != nil {
		return nil, wrong(err.Error())
	}
	if unknown := data.Undecoded(); len(unknown) > 0 {
		return nil, wrong("nothing is known by the name " + unknown[0].String())
	}
	lines := entryLines(string(content))
	var all []Allowance
	for i, a := range file.Allow {
		where := fmt.Sprintf("%s, entry %d", path, i+1)
		if len(lines) == len(file.Allow) {
			where = fmt.Sprintf("%s:%d", path, lines[i])
		}
		switch {
		case !slices.Contains(Codes(), a.Code):
			return nil, wrong(fmt.Sprintf("%s: no rule has the code %q", where, a.Code))
		case strings.TrimSpace(a.Reason) == "":
			return nil, wrong(where + ": it gives no reason")
		}
		all = append(all, Allowance{Code: a.Code, Object: a.Object, Revision: a.Revision, Reason: a.Reason, Where: where})
	}
	return all, nil
}

// entryLines are the lines of the heads of entries. There may be fewer of them than entries, which can be
// written otherwise too.
func entryLines(content string) []int {
	var lines []int
	for i, line := range strings.Split(content, "\n") {
		if strings.HasPrefix(strings.ReplaceAll(strings.TrimSpace(line), " ", ""), "[[allow]]") {
			lines = append(lines, i+1)
		}
	}
	return lines
}
