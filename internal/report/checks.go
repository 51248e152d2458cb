package report

import "slices"

// checkView is a check as the templates show it.
type checkView struct {
	Check
	// Folded is for what is worth knowing and wrong in no way.
	Folded  bool
	Heading string
	Rows    []Difference
	// More differences are not among Rows.
	More int
	// WantedBy and FoundIn head the columns of what each side says.
	WantedBy, FoundIn string
}

// Mark is the difference's weight at a glance.
func (d Difference) Mark() string {
	return map[Severity]string{SeverityBlock: "⛔", SeverityWarn: "⚠️"}[d.Severity]
}

func (p page) checkView(c Check, rows int) checkView {
	v := checkView{Check: c, Heading: c.heading(), Rows: c.Differences, WantedBy: "Models", FoundIn: "Database"}
	v.Folded = c.State == OK
	if c.Name == CheckProduction {
		v.WantedBy, v.FoundIn = "Revisions", "Production"
	}
	if c.Name == CheckReversible {
		v.WantedBy, v.FoundIn = "Before", "After"
	}
	if len(v.Rows) > rows {
		v.Rows, v.More = v.Rows[:rows], len(v.Rows)-rows
	}
	return v
}

// heading says what a check found, and of what; the names of checks may come from elsewhere.
func (c Check) heading() string {
	words := map[State]string{
		Broken: "Not checked", NotComputable: "Not computable", OK: "Worth knowing",
	}[c.State]
	if words == "" {
		words = "Drift"
	}
	return words + ": " + clip(100, c.Name)
}

// told tells that a check has something to say besides its mark.
func (c Check) told() bool {
	return c.State == OK && len(c.Differences) > 0 || slices.Contains([]State{Drift, Broken, NotComputable}, c.State)
}

func (p page) addChecks(add adder, show shower) {
	for _, c := range p.Checks {
		if !c.told() {
			continue
		}
		whole := show("check", p.checkView(c, p.rows))
		fewer := c
		fewer.Operations, fewer.Code, fewer.File, fewer.SQL = nil, "", nil, ""
		brief := fewer
		brief.Differences = nil
		add("drift's code", "drifts' code", rankChecks, whole, show("check", p.checkView(fewer, p.rows)), show("check", p.checkView(brief, 0)))
	}
}

// Told are the checks with something to say, whole. Method of the page, as the templates call it.
func (p page) Told() []checkView {
	var told []checkView
	for _, c := range p.Checks {
		if c.told() {
			told = append(told, p.checkView(c, len(c.Differences)))
		}
	}
	return told
}
