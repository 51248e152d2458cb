package hazard

import "fmt"

// h014 are rows that violate the constraint that is added. A NOT NULL column that is new is another rule's.
func h014(v *view) []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] {
		return nil
	}
	a, defines := defining(s)
	_, _, adds := a.addedColumn()
	what, known := violations[s.Error.SQLState]
	if !known || !defines || s.Error.SQLState == "23502" && adds {
		return nil
	}
	f := v.refused("H014", s)
	f.Title = fmt.Sprintf("fails on %s of %s: %s", v.offenders(), plainTable(v.failedTable(s)), what)
	if s.Error.Constraint != "" {
		f.Title += " `" + s.Error.Constraint + "`"
	} else if s.Error.Column != "" {
		f.Title += " in `" + s.Error.Column + "`"
	}
	f.Why = "These rows are in production now, and the upgrade would stop there as it did here."
	f.Advice = "let a revision before it mend or remove them, and see with the owner of the data what is right"
	return []Finding{f}
}

// violations are what rows do by SQLSTATE (PostgreSQL's appendix A, class 23).
var violations = map[string]string{
	"23502": "there is no value",
	"23503": "what they refer to is not there, against",
	"23505": "they repeat the values of others, against",
	"23514": "they violate",
	"23P01": "they exclude each other, against",
}
