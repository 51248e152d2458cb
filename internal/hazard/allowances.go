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
		"H016", "H017", "H018", "H019", "H020", "H021", "H022", "H024", "H025", "H027", "H028", "H029", "H030", "H031",
		"H032", "H036", "H037", "H038", "H039", "H043", "H044", "H045", "H048",
	}
}

// allowComment is a comment that lets findings pass: the code, the object if only one is meant, and
// the reason in quotes.
var allowComment = regexp.MustCompile(`^\s*#\s*neon-migrations:\s*allow\s+(H\d{3})(?:\s+([^"'\s]+))?\s*(?:"([^"]*)"|'([^']*)')?`)

// AllowancesOf reads the comments of a revision file that let findings of this revision pass:
//
//	# neon-migrations: allow H016 orders "one-off, empty table"
//
// A comment stands in a line of its own. One without a reason is returned without one, and does not count. A line of a string that
// looks like such a comment counts as one; whoever writes it there can write it as a comment too.
func AllowancesOf(path, source, revision string) []Allowance {
	var all []Allowance
	number := 0
	for line := range strings.Lines(source) {
		number++
		found := allowComment.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		all = append(all, Allowance{
			Code: found[1], Object: found[2], Revision: revision, Reason: strings.TrimSpace(found[3] + found[4]),
			Where: fmt.Sprintf("%s:%d", path, number),
		})
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
// Unknown keys, unknown codes and a missing reason are faults: a mistake must not let anything pass, nor
// seem to.
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
	var all []Allowance
	for i, a := range file.Allow {
		where := fmt.Sprintf("%s, entry %d", path, i+1)
		switch {
		case !slices.Contains(Codes(), a.Code):
			return nil, wrong(fmt.Sprintf("entry %d: no rule has the code %q", i+1, a.Code))
		case strings.TrimSpace(a.Reason) == "":
			return nil, wrong(fmt.Sprintf("entry %d gives no reason", i+1))
		}
		all = append(all, Allowance{Code: a.Code, Object: a.Object, Revision: a.Revision, Reason: a.Reason, Where: where})
	}
	return all, nil
}
