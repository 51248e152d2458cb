package report

import (
	"slices"
	"strings"
	"time"
)

// maxIDs is how many revisions the head of a report names.
const maxIDs = 6

// Icon is the verdict's picture. Method of the page, as the templates call it.
func (p page) Icon() string {
	if p.Kind == Cleanup && p.Verdict == Pass {
		return "🧹"
	}
	return icons[p.Verdict]
}

// Route tells the way of the revisions: from → applied (head).
func (p page) Route() markup {
	revisions := p.Revisions
	if len(revisions.From)+len(revisions.To)+len(revisions.Applied) == 0 {
		return ""
	}
	route := "base"
	if len(revisions.From) > 0 {
		route = string(p.ids(revisions.From))
	}
	way := make([]string, len(revisions.Applied))
	for i, revision := range revisions.Applied {
		way[i] = revision.ID
	}
	if len(way) > 0 {
		route += " → " + string(p.ids(way))
	}
	last := append(slices.Clone(revisions.From), way...)
	if len(revisions.To) > 0 && len(last) > 0 && slices.Contains(revisions.To, last[len(last)-1]) {
		route += " (head)"
	}
	if revisions.Failed != "" {
		route += " · ❌ stopped in " + string(p.code(clip(maxName, revisions.Failed)))
	}
	return markup(route)
}

// ids lists revisions, the last one always among them.
func (d dialect) ids(all []string) markup {
	named := all
	if len(all) > maxIDs {
		named = slices.Concat(all[:maxIDs-2], all[len(all)-1:])
	}
	words := make([]string, len(named))
	for i, id := range named {
		words[i] = string(d.code(clip(maxName, id)))
	}
	if len(all) > len(named) {
		words[len(words)-1] = "… " + words[len(words)-1] + " (" + count(len(all), "revision", "revisions") + ")"
	}
	return markup(strings.Join(words, ", "))
}

// States lists the checks with their marks: models ✅ · one head ✅.
func (p page) States() markup {
	words := make([]string, len(p.Checks))
	for i, c := range p.Checks {
		words[i] = string(p.text(clip(maxName, label(c.Name)))) + " " + marks[c.State]
	}
	return markup(strings.Join(words, " · "))
}

// Longest is the step that took most of the time; none if there is only one.
func (p page) Longest() *Step {
	if len(p.Steps) < 2 {
		return nil
	}
	longest := slices.MaxFunc(p.Steps, func(a, b Step) int { return int(a.Took - b.Took) })
	return &longest
}

// Did is what happened at the commit.
func (p page) Did() string {
	return map[Kind]string{Rehearsal: "rehearsed at commit", Promotion: "promoted at commit"}[p.Kind]
}

// Commit is the head's short hash, PlanDigest the plan's short digest.
func (p page) Commit() string { return short(p.PullRequest.HeadSHA) }

// PlanDigest is enough of the plan's digest to compare by eye; the JSON has the whole.
func (p page) PlanDigest() string { return digest(p.Plan) }

// digest shortens "sha256:" and hex digits to what is compared by eye.
func digest(s string) string {
	if len(s) <= 20 {
		return s
	}
	return s[:19] + "…"
}

// Gantt is the run's steps as a mermaid diagram; empty when there is nothing to see.
func (p page) Gantt() markup {
	if len(p.Steps) < 2 || p.total() < 100*time.Millisecond {
		return ""
	}
	return markup(gantt(p.Steps))
}

func (p page) total() time.Duration {
	var total time.Duration
	for _, s := range p.Steps {
		total += s.Took
	}
	return total
}
