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

// h008 is a change of type that failed on values that are there, or kept the rows and lost some of what
// they said.
func h008(v *view) []Finding {
	all := v.misfits()
	for _, c := range v.Changes {
		rows := v.rowsBefore(was(c.Object, c.Was))
		for _, d := range c.Details {
			if d.Object.Kind != catalog.Column || d.Attribute != "type" || rows == 0 {
				continue
			}
			s := v.saying(changeType, c.Object.Name, d.Object.Name)
			if !loses(d.Before, d.After) && !cuts(d.Before, d.After, s) {
				continue
			}
			f := finding("H008", Warn, s, d.Object.String())
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

// misfits is the change of type that failed.
func (v *view) misfits() []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] || !strings.HasPrefix(s.Error.SQLState, "22") {
		return nil
	}
	a, _ := alters(s)
	found := changeType.FindStringSubmatch(a.action)
	if found == nil {
		return nil
	}
	column := nameOf(found[1]).table
	f := v.refused("H008", s)
	f.Title = fmt.Sprintf("fails on %s of %s: `%s` has values that do not fit %s", v.offenders(), plainTable(v.failedTable(s)), column, strings.TrimSpace(found[2]))
	f.Why = "These values are in production now, and the upgrade would stop there as it did here."
	f.Advice = "let a revision before it mend them, and see with the owner of the data what is right"
	return []Finding{f}
}

var (
	numeric   = regexp.MustCompile(`^numeric\((\d+),(\d+)\)$`)
	character = regexp.MustCompile(`^character(?: varying)?\((\d+)\)$`)
	using     = regexp.MustCompile(`(?i)\sUSING\s`)
)

// lossy are kinds of types from the one that keeps most; what goes down the list loses something.
var lossy = [][]string{
	{"numeric", "double precision", "real"},
	{"numeric", "bigint"},
	{"numeric", "integer"},
	{"numeric", "smallint"},
	{"double precision", "bigint"},
	{"double precision", "integer"},
	{"double precision", "smallint"},
	{"real", "bigint"},
	{"real", "integer"},
	{"real", "smallint"},
	{"timestamp with time zone", "date"},
	{"timestamp without time zone", "date"},
}

// loses tells whether a cast can lose something without failing. Integers and lengths fail.
func loses(before, after string) bool {
	from, to := numeric.FindStringSubmatch(before), numeric.FindStringSubmatch(after)
	switch {
	case to != nil && from != nil:
		return numberOf(to[2]) < numberOf(from[2])
	case to != nil:
		return before == "numeric"
	}
	return slices.ContainsFunc(lossy, func(kinds []string) bool {
		i, j := slices.Index(kinds, bare(before)), slices.Index(kinds, bare(after))
		return i >= 0 && j > i && !(from != nil && from[2] == "0" && strings.HasSuffix(after, "int")) // a whole number
	})
}

// cuts tells whether a type became shorter by a cast in USING, which cuts what is too long. Without it,
// PostgreSQL refuses.
func cuts(before, after string, s *recorder.Statement) bool {
	from, to := character.FindStringSubmatch(before), character.FindStringSubmatch(after)
	if to == nil || s == nil || !using.MatchString(s.Text) {
		return false
	}
	return before == "text" || before == "character varying" || from != nil && numberOf(from[1]) > numberOf(to[1])
}

func numberOf(digits string) int {
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
