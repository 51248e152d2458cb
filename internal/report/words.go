package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// icons of the verdicts; each is one glance at a comment.
var icons = map[Verdict]string{
	Pass: "✅", Warn: "⚠️", Block: "⛔", Failed: "❌", Cancelled: "⏹️", Neutral: "⚪",
}

// marks of the states of a check.
var marks = map[State]string{OK: "✅", Drift: "⚠️", Broken: "❌", Skipped: "➖", Unknown: "❔", NotComputable: "➖"}

// titles tell kind and verdict in a sentence.
var titles = map[Kind]map[Verdict]string{
	Rehearsal: {
		Pass:      "Migration rehearsed on a copy of production",
		Warn:      "Migration rehearsed on a copy of production",
		Block:     "Migration rehearsed, and not to be merged as it is",
		Failed:    "Rehearsal failed",
		Cancelled: "Rehearsal cancelled",
		Neutral:   "Migration not rehearsed",
	},
	Promotion: {
		Pass:      "Production upgraded",
		Warn:      "Production upgraded",
		Block:     "Promotion stopped before production was touched",
		Failed:    "Promotion failed",
		Cancelled: "Promotion cancelled",
		Neutral:   "Nothing promoted",
	},
	Cleanup: {
		Pass:      "Branches cleaned up",
		Warn:      "Branches cleaned up",
		Block:     "Branches not cleaned up",
		Failed:    "Cleaning up failed",
		Cancelled: "Cleaning up cancelled",
		Neutral:   "Nothing to clean up",
	},
	Watch: {
		Pass:      "No drift",
		Warn:      "The schema has drifted",
		Block:     "The schema has drifted",
		Failed:    "Looking for drift failed",
		Cancelled: "Looking for drift cancelled",
		Neutral:   "Not looked for drift",
	},
	Checking: {
		Pass:      "Revisions checked",
		Warn:      "Revisions checked",
		Block:     "Revisions checked, and not to be merged as they are",
		Failed:    "Check failed",
		Cancelled: "Check cancelled",
		Neutral:   "Revisions not checked",
	},
}

// Headline gives verdict and counts in one line of plain text, without an icon:
// "Production upgraded · 2 revisions · 3 changes". It holds no text from outside.
func (r Report) Headline() string {
	words := []string{r.title()}
	add := func(n int, one, many string) {
		if n > 0 {
			words = append(words, count(n, one, many))
		}
	}
	add(len(r.Parts), "target", "targets")
	add(r.AllApplied(), "revision", "revisions")
	add(r.AllChanges(), "change", "changes")
	add(r.Count(SeverityBlock), "blocker", "blockers")
	add(r.Count(SeverityWarn), "warning", "warnings")
	add(r.drifting(), "drift", "drifts")
	if r.Kind == Cleanup {
		add(r.removed(), "branch removed", "branches removed")
	}
	return strings.Join(words, " · ")
}

// maxFew is how many of a list a report shows.
const maxFew = 20

// few are the first of a list, with a word about the others.
func few(all []string) []string {
	if len(all) <= maxFew {
		return all
	}
	return append(slices.Clone(all[:maxFew]), count(len(all)-maxFew, "more", "more"))
}

func (r Report) title() string {
	if r.Promotion != nil && r.Promotion.DryRun && r.Failure == nil {
		return "What a promotion would do"
	}
	if r.Verdict == Failed && slices.ContainsFunc(r.Every(), func(one Report) bool { return one.Revisions.Failed != "" }) {
		return map[Kind]string{Promotion: "Migration failed on production"}[r.Kind] +
			map[Kind]string{Rehearsal: "Migration fails on a copy of production"}[r.Kind]
	}
	if r.Verdict == Pass && r.AllApplied() == 0 {
		switch r.Kind {
		case Rehearsal:
			return "Nothing to migrate: production has all revisions"
		case Promotion:
			return "Nothing to promote: production has all revisions"
		case Cleanup, Checking, Watch: // have no revisions to apply, or do not need any
		}
	}
	if title := titles[r.Kind][r.Verdict]; title != "" {
		return title
	}
	return "Report"
}

func (r Report) drifting() int {
	n := 0
	for _, c := range r.AllChecks() {
		if c.State == Drift {
			n++
		}
	}
	return n
}

func (r Report) removed() int {
	n := 0
	for _, s := range r.Swept {
		if s.Outcome == "removed" {
			n++
		}
	}
	return n
}

// count says a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// label is what the row of checks calls a check.
func label(name string) string {
	if name == CheckHeads {
		return "one head"
	}
	return name
}

// took says a duration as one would: 840 ms, 1.8 s, 2 min 5 s, 1 h 3 min.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d < 59950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		whole := int(d.Round(time.Second).Seconds())
		return fmt.Sprintf("%d min %d s", whole/60, whole%60)
	}
	whole := int(d.Round(time.Minute).Minutes())
	return fmt.Sprintf("%d h %d min", whole/60, whole%60)
}

// at says a moment in UTC, as everyone in a team reads it alike.
func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// short shortens a hash to what Git shows.
func short(hash string) string {
	if len(hash) > 7 {
		return hash[:7]
	}
	return hash
}

// Reach says how far back Neon's history reaches, in the largest unit that fits.
func (p Promoted) Reach() string {
	const day = 24 * time.Hour
	switch d := p.History; {
	case d >= 2*day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Hour && d%time.Hour == 0:
		return count(int(d/time.Hour), "hour", "hours")
	default:
		return took(d)
	}
}
