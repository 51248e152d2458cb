package story

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// allHeads is Alembic's word for every head; "head" would refuse when there are several.
const allHeads = "heads"

// Rehearse makes the pull request's branch a fresh copy of production, upgrades it to head,
// checks drift, and tells what changed and how it went. Running it twice gives the same
// branch and the same comment. The error is the failure that the report describes too;
// a report that blocks comes without an error.
func (s *Stage) Rehearse(ctx context.Context, t Task) (Outcome, error) {
	r := s.begin(report.Rehearsal, t)
	defer r.leave(ctx)
	r.closeGate(ctx)
	err := r.rehearse(ctx)
	if err != nil {
		r.under.stopAlembic()
		r.under.tellUnstamped(err)
		r.under.judgeFailure(ctx, err)
	}
	if err == nil && t.WriteRevision {
		err = r.take(ctx, step{"write the revision", r.writeRevisions})
	}
	if err == nil && t.Queue && r.verdict() != report.Block {
		// Nobody looks at a queue's branch: the pull request has its own.
		err = r.take(ctx, step{"remove the branch", r.removeRehearsal})
	}
	return r.finish(ctx, err)
}

// rehearse prepares the branch, and rehearses on it whatever targets there are.
func (r *run) rehearse(ctx context.Context) error {
	err := r.inOrder(ctx,
		step{"install dependencies", r.installation()},
		step{"find the Alembic project", r.findProjects},
		step{"prepare the branch", r.prepareBranch},
		step{"choose the targets", r.choose()},
	)
	if err != nil {
		return err
	}
	err = r.each(ctx, (*run).rehearsal)
	r.gather()
	if err != nil {
		return err
	}
	r.report.Plan = r.plan().Digest()
	r.calibrate(ctx)
	return r.take(ctx, step{"ask who lets it pass", r.overrideStep()})
}

// rehearsal is what is done with a target on the branch, in order.
func (r *run) rehearsal() []step {
	models, t, alone := r.task.ModelDrift != Ignore, r.task, r.whole == nil
	return []step{
		{"connect", r.enter},
		{"snapshot before", r.snapshotBefore},
		{"remember the history", only(t.replays() && r.GitHub != nil && t.Number != 0, r.rememberHistory)},
		{"try the code on the old schema", only(t.Risk.Deploy && alone, r.tryOldSchema)},
		{"make empty databases", only(models || t.replays(), r.makeScratches)},
		{"upgrade to head", r.upgrade},
		{"compare the models", only(models, r.compareModels)},
		{"snapshot after", r.readAfter},
		{"try the code on the new schema", only(t.Risk.Deploy && alone, r.tryNewSchema)},
		{"create the models", only(models, r.createModels)},
		{"replay the history", only(t.replays(), r.replayHistory)},
		{"go down and up again", only(t.climbs(), r.climb)},
		{"compare the schemas", r.compare},
		{"look at the pull request's files", only(r.touchable(), r.lookAtFiles)},
		{"feel the stalls", only(t.Risk.Probe && alone, r.feelStalls)}, // it resets the branch, which has the others too
		{"weigh the risks", func(ctx context.Context) error { return r.hazards(ctx, r.scene.after) }},
		{"judge", r.judge},
		{"leave the database", only(!alone, func(ctx context.Context) error { r.leave(ctx); return nil })},
	}
}

// upgrade runs the pending revisions through the gateway, which records them. The process goes on
// in the steps that follow.
func (r *run) upgrade(ctx context.Context) error {
	what := migrate.Run{
		Upgrade: allHeads, Drift: r.task.ModelDrift != Ignore, Stairway: r.task.climbs(),
		Models: r.scene.models.address(), History: r.scene.history.address(),
	}
	if err := r.startAlembic(ctx, what); err != nil {
		return err
	}
	if _, running := r.scene.alembic.nextOf(ctx, "migrated"); !running {
		return r.endAlembic(ctx)
	}
	r.scene.alembic.take(ctx)
	return nil
}

// compareModels waits until Alembic has compared the models with the upgraded branch.
func (r *run) compareModels(ctx context.Context) error {
	if _, running := r.scene.alembic.nextOf(ctx, "upgraded"); !running {
		return r.endAlembic(ctx)
	}
	return nil
}

// runAlembic lets the user's own Alembic work, and waits until it has ended.
func (r *run) runAlembic(ctx context.Context, what migrate.Run) error {
	if err := r.startAlembic(ctx, what); err != nil {
		return err
	}
	return r.endAlembic(ctx)
}

// sayEvent shows what Alembic is at.
func (r *run) sayEvent(e migrate.Event) {
	switch e.Kind {
	case "pending":
		r.Progress.Say(count(len(e.Pending), "revision") + " pending")
	case "started":
		r.Progress.Say("running revision " + e.Revision)
	}
}

// tellRevisions puts what Alembic did into the report.
func (r *run) tellRevisions() {
	result := r.scene.result
	r.report.Revisions.From, r.report.Revisions.To = result.Before, result.After
	for _, warning := range result.Warnings {
		if !slices.Contains(r.report.Notes, warning) { // a promotion runs Alembic several times
			r.report.Notes = append(r.report.Notes, warning)
		}
	}
	known := map[string]migrate.Revision{}
	for _, revision := range result.Graph.Revisions {
		known[revision.ID] = revision
	}
	for _, a := range result.Applied {
		of := known[a.Revision]
		r.report.Revisions.Applied = append(r.report.Revisions.Applied, report.Revision{
			ID: a.Revision, Down: of.Down, Doc: of.Doc, Path: of.Path, Took: a.Took, Statements: a.Statements,
		})
	}
}

// judge turns what was found into checks.
func (r *run) judge(context.Context) error {
	r.report.Checks = []report.Check{r.checkModels(), r.checkProduction(), r.checkHistory(), r.checkReversible()}
	return nil
}

// revisionBody is the missing operations as Python to be pasted into a revision.
func revisionBody(d migrate.Drift) string {
	var b strings.Builder
	for _, line := range d.Imports {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n\ndef upgrade() -> None:\n" + indent(d.Body) + "\n\ndef downgrade() -> None:\n" + indent(d.Down))
	return strings.TrimLeft(b.String(), "\n")
}

func indent(body string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(body, "\n") + "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// period is a time that somebody chose, as people write it.
func period(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return count(int(d/day), "day")
	}
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}
