package config

import (
	"regexp"
	"strings"
	"time"
)

// Risk says how a migration is measured, and when what was measured counts.
type Risk struct {
	// FailOn are severities and codes of findings that block: "block", "warn", "H016"; "none" is
	// that no finding does.
	FailOn []string
	// WarnBlocked and StopBlocked are how long a table may be closed to its readers or writers before
	// a finding warns and blocks.
	WarnBlocked, StopBlocked time.Duration
	// Probe asks for a second run with users' reads and writes beside it.
	Probe bool
	// Deploy asks for old code with the new schema, and new code with the old one.
	Deploy bool
	// Base is the commit of the old code; empty: from the event.
	Base string
	// Review asks for comments at the lines of the revision files.
	Review bool
	// Override is the label that lets a blocked pull request pass; empty: there is none.
	Override string
}

func riskInputs() []Input {
	measures := []string{"action", "rehearse"}
	return []Input{{
		Name: "fail-on", Default: "block", Value: "SEVERITIES", Commands: []string{"action", "rehearse", "promote"},
		Doc:  "Which findings fail the run: severities (`block`, `warn`) and codes (`H016`), with spaces between; `none` only tells them. docs/risk.md lists the codes.",
		read: failOn,
	}, {
		Name: "warn-blocked", Default: "500ms", Value: "DURATION", Commands: measures,
		Doc:  "A table that is closed to its readers or writers for longer than this is a warning.",
		read: span(func(c *Config) *time.Duration { return &c.Risk.WarnBlocked }, maxTimeout),
	}, {
		Name: "stop-blocked", Default: "10s", Value: "DURATION", Commands: measures,
		Doc:  "A table that is closed to its readers or writers for longer than this blocks the merge.",
		read: span(func(c *Config) *time.Duration { return &c.Risk.StopBlocked }, maxTimeout),
	}, {
		Name: "probe", Default: "true", Kind: Bool, Commands: measures,
		Doc:  "Where a table was closed for longer than `warn-blocked`, run the revisions once more on fresh data while a reader and a writer beat on it, and tell how long a user would have waited.",
		read: truth(func(c *Config) *bool { return &c.Risk.Probe }),
	}, {
		Name: "deploy-check", Default: "true", Kind: Bool, Commands: measures,
		Doc:  "Try the models of the base commit on the new schema and the new models on the old one (every class is read, inserted and updated, and rolled back), and tell what must be deployed first. Needs the base commit in the checkout: `fetch-depth: 2`.",
		read: truth(func(c *Config) *bool { return &c.Risk.Deploy }),
	}, {
		Name: "base-commit", Value: "SHA", Commands: measures,
		Doc:  "Commit of the code that runs in production now, for `deploy-check`. Default: the pull request's base.",
		read: sha(func(c *Config) *string { return &c.Risk.Base }),
	}, {
		Name: "review-comments", Default: "true", Kind: Bool, Commands: measures,
		Doc:  "Comment findings at the very line of the revision file. `false`: in the one comment only.",
		read: truth(func(c *Config) *bool { return &c.Risk.Review }),
	}, {
		Name: "override-label", Default: "migration-override", Value: "LABEL", Commands: []string{"action", "rehearse", "promote"},
		Doc:  "Label that lets a blocked pull request pass, if somebody with write access set it after the last push; the report says who. `none`: there is no way around.",
		read: unlessNone(func(c *Config) *string { return &c.Risk.Override }),
	}}
}

// findingCode is the form of the rules' codes.
var findingCode = regexp.MustCompile(`^H\d{3}$`)

func failOn(c *Config, v string) *mistake {
	words := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	for _, w := range words {
		if w != "block" && w != "warn" && w != "info" && w != "none" && !findingCode.MatchString(w) {
			return &mistake{w + " is neither a severity nor a code", "write block, warn, none, or codes such as H016"}
		}
		if w == "none" && len(words) > 1 {
			return &mistake{"none stands beside others", "write none alone, or leave it out"}
		}
	}
	c.Risk.FailOn = words
	return nil
}
