package hazard

import (
	"fmt"
	"strings"
)

// h014 are rows that violate the constraint that is added. A NOT NULL column that is new is another rule's.
func h014(v *view) []Finding {
	s := v.failed()
	if s == nil {
		return nil
	}
	a, _ := alters(s)
	_, _, adds := a.addedColumn()
	what, known := violations[s.Error.SQLState]
	switch {
	case s.Error.SQLState == "23502" && adds:
		return nil
	case strings.HasPrefix(s.Error.SQLState, "22") && changeType.MatchString(a.action):
		what, known = "do not fit the new type", true
	}
	if !known {
		return nil
	}
	table := v.failedTable(s)
	f := v.refused("H014", s)
	f.Title = fmt.Sprintf("fails on %s of %s, which %s", v.offenders(), plainTable(table), what)
	if s.Error.Constraint != "" {
		f.Title += " `" + s.Error.Constraint + "`"
	} else if s.Error.Column != "" {
		f.Title += ": `" + s.Error.Column + "`"
	}
	f.Why = "These rows are in production now, and the upgrade would stop there as it did here."
	f.Advice = "let a revision before it mend or remove them, and see with the owner of the data what is right"
	return []Finding{f}
}

// violations are what rows do by SQLSTATE (PostgreSQL's appendix A, class 23).
var violations = map[string]string{
	"23502": "are null",
	"23503": "refer to nothing by",
	"23505": "have the same values, against",
	"23514": "violate",
	"23P01": "exclude each other by",
}
