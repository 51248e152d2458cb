package story

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/drift"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// stair is one step of the stairway and the schema that it led to.
type stair struct {
	migrate.Pause
	snapshot *catalog.Snapshot
}

const (
	down = "downgrade"
	up   = "upgrade"
)

// climb goes down and up again over this pull request's revisions, and reads the schema after
// each step.
func (r *run) climb(ctx context.Context) error {
	last := r.scene.after
	for {
		p, found := r.scene.alembic.nextOf(ctx, "stair")
		if !found {
			return r.endAlembic(ctx)
		}
		r.Progress.Say(p.Direction + " of revision " + p.Revision)
		now, err := catalog.Refresh(ctx, r.scene.conn, last)
		if err != nil {
			return err
		}
		r.scene.stairs = append(r.scene.stairs, stair{p, now})
		last = now
	}
}

// landing is a place between two revisions, where the stairway was or should have been twice: the
// same revisions are applied, so the same schema must be there.
type landing struct {
	before, after *catalog.Snapshot
	// above came down to it and below came up to it; "" at the ends.
	above, below string
}

// landings are the places of the stairway from the top to the lowest that it reached twice.
func (r *run) landings() []landing {
	var found []landing
	at := landing{before: r.scene.after}
	for _, s := range r.scene.stairs {
		if s.Direction == down && s.Err == nil {
			at.below = s.Revision
			found = append(found, at)
			at = landing{before: s.snapshot, above: s.Revision}
		}
	}
	if len(found) == len(r.scene.result.Applied) { // the first one's schema was read before the upgrade
		at.before, at.after = r.scene.before, at.before
	}
	found = append(found, at)
	for _, s := range r.scene.stairs {
		i := slices.IndexFunc(found, func(l landing) bool { return l.below == s.Revision })
		if s.Direction == up && s.Err == nil && i >= 0 {
			found[i].after = s.snapshot
		}
	}
	return slices.DeleteFunc(found, func(l landing) bool { return l.after == nil })
}

// leftover is one object that is not the same on the way down as on the way up, and the step
// that made it so.
type leftover struct {
	catalog.Change
	revision, direction string
}

// leftovers compares the schemas at each landing, from the lowest up: what differs there differs further up
// too, and is told once.
func (r *run) leftovers() []leftover {
	var found []leftover
	told := map[catalog.Identity]bool{}
	for _, l := range slices.Backward(r.landings()) {
		for _, c := range smallest(catalog.Compare(l.before, l.after)) {
			was := c.Object
			if c.Was != nil {
				was = *c.Was
			}
			if c.Physical() || told[c.Object] || told[was] {
				continue
			}
			told[c.Object], told[was] = true, true
			found = append(found, r.culprit(l, c))
		}
	}
	return found
}

// smallest takes changes apart: of a table that has an index more, it is the index that counts.
func smallest(changes []catalog.Change) []catalog.Change {
	var all []catalog.Change
	for _, c := range changes {
		if len(c.Details) == 0 {
			all = append(all, c)
		}
		for _, d := range c.Details {
			if !d.Follows {
				all = append(all, catalog.Change{Action: d.Action, Object: d.Object, Was: d.Was, Before: d.Before, After: d.After})
			}
		}
	}
	return all
}

// culprit names the step that made a difference at a landing. At the lowest one, a downgrade left it; at the
// highest, an upgrade makes it otherwise the second time; in between, what is missing on the way up was
// not brought back, and what is there again had been taken away by a downgrade that did not make it.
func (r *run) culprit(l landing, c catalog.Change) leftover {
	switch {
	case l.below == "":
		return leftover{c, r.creator(c.Object, l.above), down}
	case l.above == "" || c.Action == catalog.Removed:
		return leftover{c, l.below, up}
	}
	return leftover{turned(c), l.above, down}
}

// turned tells a change from the way up, which is as it should be, to the way down.
func turned(c catalog.Change) catalog.Change {
	switch c.Action {
	case catalog.Added:
		c.Action = catalog.Removed
	case catalog.Removed:
		c.Action = catalog.Added
	case catalog.Changed, catalog.Renamed, catalog.Recreated, catalog.Rewritten: // is so from both sides
	}
	c.Before, c.After = c.After, c.Before
	return c
}

// creator finds the revision whose downgrade should have taken an object back. The upgrade, which
// is one transaction, showed nothing in between: it is the only one, or the first whose file names it.
func (r *run) creator(o catalog.Identity, otherwise string) string {
	known := map[string]string{}
	for _, revision := range r.scene.result.Graph.Revisions {
		known[revision.ID] = revision.Path
	}
	for _, a := range r.scene.result.Applied {
		path := filepath.FromSlash(known[a.Revision])
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.scene.project.Dir, path)
		}
		text, err := os.ReadFile(path)
		if err == nil && mentions(string(text), o) {
			return a.Revision
		}
	}
	return otherwise
}

// mentions tells that a text has an object's name as a word, without the arguments of a function.
func mentions(text string, o catalog.Identity) bool {
	name, _, _ := strings.Cut(o.Name, "(")
	return regexp.MustCompile(`(?:^|\W)` + regexp.QuoteMeta(name) + `(?:\W|$)`).MatchString(text)
}

// checkReversible tells whether the way back leads back.
func (r *run) checkReversible() report.Check {
	check := report.Check{Name: report.CheckReversible, State: report.Skipped, Summary: "not tried (stairway: ignore)"}
	if !r.task.climbs() {
		return check
	}
	if len(r.scene.result.Applied) == 0 {
		check.Summary = "there is no new revision to go back from"
		return check
	}
	if len(r.scene.stairs) == 0 {
		check.State, check.Summary = report.Broken, "nobody went down and up again"
		return check
	}
	left := r.leftovers()
	check.Differences = leftInReport(left)
	for _, s := range r.scene.stairs {
		if s.Err != nil {
			return r.stuck(check, s, left)
		}
	}
	if len(left) == 0 {
		check.State, check.Summary = report.OK, "down and up again leads to the same schema at each step"
		return check
	}
	check.State, check.Summary = report.Drift, inWords(left)
	check.Do = "let the downgrade undo all that its upgrade does, and nothing else"
	return check
}

// stuck tells of a step that could not be taken. A downgrade that refuses is a decision, unless
// another one was found to be wrong before.
func (r *run) stuck(check report.Check, s stair, left []leftover) report.Check {
	check.State, check.Do = report.Drift, advice(s.Err)
	check.Summary = fmt.Sprintf("the %s of revision %s fails: %s", s.Direction, s.Revision, whyNot(s.Err))
	for _, taken := range r.scene.result.Stairs {
		if taken.Revision == s.Revision && taken.Direction == s.Direction && taken.Irreversible {
			check.State, check.Summary = report.NotComputable, "revision "+s.Revision+" cannot be taken back, by design: "+whyNot(s.Err)
		}
	}
	if len(left) == 0 {
		return check
	}
	check.State = report.Drift
	check.Summary += "; " + inWords(left)
	check.Do = strings.TrimLeft(check.Do+"\nlet the downgrade undo all that its upgrade does, and nothing else", "\n")
	return check
}

// inWords tells for each step what it makes wrong.
func inWords(left []leftover) string {
	var words []string
	for _, l := range left {
		start := fmt.Sprintf("the %s of revision %s", l.direction, l.revision)
		at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, start+" "+l.verb()+" ") })
		if at < 0 {
			words = append(words, start+" "+l.verb()+" "+l.Object.String())
			continue
		}
		words[at] += ", " + l.Object.String()
	}
	return strings.Join(words, "; ")
}

// verb is what the step does to the object.
func (l leftover) verb() string {
	switch {
	case l.direction == up && l.Action == catalog.Removed:
		return "does not bring back"
	case l.direction == up:
		return "makes otherwise the second time"
	case l.Action == catalog.Added:
		return "leaves behind"
	case l.Action == catalog.Removed:
		return "takes away what is not its own:"
	}
	return "does not restore"
}

func leftInReport(left []leftover) []report.Difference {
	var found []report.Difference
	for _, l := range left {
		found = append(found, report.Difference{
			Severity: report.SeverityWarn, Tier: string(drift.Contradiction), Object: l.Object.String(),
			What: fmt.Sprintf("the %s of revision %s %s it", l.direction, l.revision, strings.TrimSuffix(l.verb(), " what is not its own:")), Wanted: l.Before, Found: l.After,
		})
	}
	return found
}
