package hazard

import (
	"cmp"
	"slices"
	"strings"
)

// rules are all rules. Those that know a cause come before the general ones, which say nothing
// of a statement that is explained.
var rules = []func(*view) []Finding{
	h045, h014, h010, h008, h020, h035, h044,
	h016, h009, h006, h007, h005, h011, h012, h017, h018, h019, h013,
	h022, h024, h036, h037, h038, h039, h043, h029,
	h025, h028, h027, h002, h001,
	h030, h031, h032, h015, h021, h023, h033, h034, h040, h046, h048,
	h003, h047,
}

// Judge gives the findings of all rules, gravest first, and in the order of the statements. What an
// allowance names is marked and stays.
func Judge(in Input) []Finding {
	if in.Limits == (Limits{}) {
		in.Limits = DefaultLimits()
	}
	v := newView(in)
	var all []Finding
	for _, rule := range rules {
		all = append(all, rule(v)...)
	}
	all = append(all, allow(all, in.Allowances)...)
	order := []Severity{Block, Warn, Info}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(
			slices.Index(order, a.Severity)-slices.Index(order, b.Severity),
			cmp.Compare(a.Statement, b.Statement),
			strings.Compare(a.Code, b.Code),
		)
	})
	return all
}

// allow marks findings that are allowed, and tells of allowances that do not count because they give
// no reason.
func allow(all []Finding, allowances []Allowance) []Finding {
	var untold []Finding
	for _, a := range allowances {
		if a.Reason == "" {
			f := finding("allowance", Info, nil, "")
			f.Title = "an allowance of " + a.Code + " gives no reason and does not count: " + a.Where
			f.Advice = `add one, for instance: # neon-migrations: allow ` + a.Code + ` orders "small until March"`
			if !slices.Contains(Codes(), a.Code) {
				f.Title = "an allowance names no rule and does not count: " + a.Code + " in " + a.Where
				f.Advice = `write it so: # neon-migrations: allow H016 orders "small until March"`
			}
			untold = append(untold, f)
			continue
		}
		for i := range all {
			if all[i].Allowed == nil && a.covers(all[i]) {
				all[i].Allowed = &a
			}
		}
	}
	return untold
}

// covers tells whether an allowance is about a finding. An object may be given as it is printed, or
// by its name alone, with or without the schema.
func (a Allowance) covers(f Finding) bool {
	if !strings.EqualFold(a.Code, f.Code) || a.Revision != "" && a.Revision != f.Revision {
		return false
	}
	_, qualified, _ := strings.Cut(f.Object, " ")
	if qualified == "" {
		qualified = f.Object
	}
	bare := qualified[strings.Index(qualified, ".")+1:]
	return a.Object == "" || a.Object == f.Object || a.Object == qualified || a.Object == bare
}
