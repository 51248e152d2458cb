package hazard

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h008 is a change of type that kept the rows and lost some of what they said.
func h008(v *view) []Finding {
	var all []Finding
	for _, c := range v.Changes {
		rows := v.rowsBefore(c.Object)
		for _, d := range c.Details {
			if d.Object.Kind != catalog.Column || d.Attribute != "type" || rows == 0 || !loses(d.Before, d.After) {
				continue
			}
			f := finding("H008", Warn, v.saying(changeType, c.Object.Name, d.Object.Name), d.Object.String())
			f.Title = fmt.Sprintf("`%s` goes from %s to %s in %s: what does not fit is rounded or cut, without an error",
				plainName(d.Object.Schema, d.Object.Parent+"."+d.Object.Name), d.Before, d.After, rowsOf(rows))
			f.Known, f.Evidence = recorder.Measured, "the catalog before and after the upgrade"
			f.Why = "PostgreSQL casts each value and says nothing of what is lost. The branch of before the upgrade is the only copy that still has it."
			f.Advice = "look for such values first, and keep the old column until nobody needs it"
			all = append(all, f)
		}
	}
	return all
}

var numeric = regexp.MustCompile(`^numeric\((\d+),(\d+)\)$`)

// exact are kinds of types from the one that keeps most; what goes down the list loses something.
var exact = [][]string{
	{"numeric", "double precision", "real"},
	{"numeric", "bigint", "integer", "smallint"},
	{"double precision", "bigint", "integer", "smallint"},
	{"timestamp with time zone", "date"},
	{"timestamp without time zone", "date"},
	{"jsonb", "json"},
}

// loses tells whether a cast can lose something without failing. Integers and lengths fail.
func loses(before, after string) bool {
	from, to := numeric.FindStringSubmatch(before), numeric.FindStringSubmatch(after)
	if to != nil && from != nil {
		return scale(to[2]) < scale(from[2])
	}
	whole := func(t string) bool { return t == "bigint" || t == "integer" || t == "smallint" }
	for _, kinds := range exact {
		i, j := slices.Index(kinds, bare(before)), slices.Index(kinds, bare(after))
		if i >= 0 && j > i && !(whole(before) && whole(after)) && before != "jsonb" {
			return true
		}
	}
	return false
}

func scale(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// bare is a type without its modifiers.
func bare(kind string) string {
	if at := strings.IndexByte(kind, '('); at >= 0 {
		_, rest, _ := strings.Cut(kind[at:], ")")
		return kind[:at] + rest
	}
	return kind
}
