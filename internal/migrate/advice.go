package migrate

import (
	"regexp"
	"slices"
	"strings"
)

// rule is one row of the table of advice: when it speaks, and what it says. All conditions
// that are given must hold. In why and do, {1} stands for the text's first group, and
// {revision}, {table}, {column}, {constraint}, {missing} and {where} for facts of the failure.
type rule struct {
	code   string
	types  []string // classes of one exception of the chain, any of them
	states []string // SQLSTATEs, or their two-letter classes
	text   string   // regular expression over the message of the exception that types chose, or of any
	phases []string
	why    string
	do     string
}

// adviceFor finds the first rule that holds, filled in. Each has one: the last rules are general.
func adviceFor(f failure) rule {
	for _, r := range rules() {
		if groups, ok := r.match(f); ok {
			fill := r.filler(f, groups)
			r.why, r.do = fill(r.why), fill(r.do)
			return r
		}
	}
	return rule{code: CodePython, why: "the project's code raised an exception", do: "see the output above"}
}

// match tells whether the rule speaks about the failure. Class and SQLSTATE are looked at
// before the text, because drivers word the same error differently.
func (r rule) match(f failure) (groups []string, ok bool) {
	if len(r.states) > 0 && !slices.ContainsFunc(r.states, func(s string) bool { return f.SQLState != "" && strings.HasPrefix(f.SQLState, s) }) {
		return nil, false
	}
	if len(r.phases) > 0 && !slices.Contains(r.phases, f.Phase) {
		return nil, false
	}
	if r.text == "" && len(r.types) == 0 {
		return nil, len(r.states) > 0
	}
	pattern := regexp.MustCompile(r.text)
	for _, c := range append(slices.Clone(f.Chain), cause{Message: f.Message}) {
		if len(r.types) > 0 && !slices.ContainsFunc(r.types, c.is) {
			continue
		}
		if groups := pattern.FindStringSubmatch(c.Message); groups != nil {
			return groups, true
		}
	}
	return nil, false
}

// filler replaces the placeholders. A fact that is not known leaves "…".
func (r rule) filler(f failure, groups []string) func(string) string {
	facts := []string{
		"{revision}", f.Revision, "{table}", f.Table, "{column}", f.Column, "{constraint}", f.Constraint,
		"{where}", f.Where,
	}
	if f.Missing != nil {
		facts = append(facts, "{missing}", f.Missing.Name)
	}
	if len(groups) > 1 {
		facts = append(facts, "{1}", groups[1])
	}
	for i := 1; i < len(facts); i += 2 {
		if facts[i] == "" {
			facts[i] = "…"
		}
	}
	return strings.NewReplacer(facts...).Replace
}
