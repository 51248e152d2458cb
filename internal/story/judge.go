package story

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/drift"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// checkModels tells whether the models say something that the revisions do not make: what
// Alembic's own comparison finds, and what that of the two catalogs finds besides.
func (r *run) checkModels() report.Check {
	check := report.Check{Name: report.CheckModels, State: report.Skipped, Summary: "not looked for (model-drift: ignore)"}
	if r.task.ModelDrift == Ignore {
		return check
	}
	found := r.scene.result.Drift
	switch {
	case found == nil:
		check.State, check.Summary = report.Broken, "Alembic did not compare the models"
		return check
	case found.Unjudged != nil:
		check.State, check.Summary, check.Do = report.Broken, found.Unjudged.Why, found.Unjudged.Do
		return check
	}
	check.Operations = found.Operations
	check.Differences = r.deepDrift(*found)
	contradictions := grave(check.Differences)
	check.State, check.Summary = report.OK, "the models are what the revisions make"
	if n := len(found.Operations); n > 0 {
		check.State, check.Code, check.File = report.Drift, revisionBody(*found), fileOf(found.File)
		check.Summary = fmt.Sprintf("the models are ahead of the revisions by %s", count(n, "operation"))
		check.Do = `save the file, read it, and commit it; or run alembic revision --autogenerate -m "describe the change"`
	} else if contradictions > 0 {
		check.State = report.Drift
		check.Summary = fmt.Sprintf("models and database contradict each other in %s, which Alembic does not compare", count(contradictions, "place"))
		check.Do = "write a revision that makes the database as the models say, or correct the models"
	}
	if why := r.scene.models.err; why != nil {
		check.Summary += "; the catalogs were not compared: " + whyNot(why)
	}
	return check
}

// deepDrift compares what the models create in an empty database with the upgraded one.
func (r *run) deepDrift(found migrate.Drift) []report.Difference {
	if r.scene.models.snapshot == nil {
		return nil
	}
	filter := r.driftFilter()
	filter.Rejected = func(kind, schema, table, name string) bool {
		for _, rejected := range found.Rejected {
			if rejected == (migrate.Rejected{Kind: kind, Schema: schema, Table: table, Name: name}) {
				return true
			}
		}
		return false
	}
	return inReport(drift.Models(r.scene.models.snapshot, r.scene.after, filter), report.SeverityBlock)
}

func (r *run) driftFilter() drift.Filter {
	var f drift.Filter
	for _, t := range r.scene.result.VersionTables {
		f.VersionTables = append(f.VersionTables, [2]string{t.Schema, t.Name})
	}
	return f
}

// inReport turns differences into the report's; gravest is the severity of a contradiction.
func inReport(differences []drift.Difference, gravest report.Severity) []report.Difference {
	var found []report.Difference
	for _, d := range differences {
		severity := report.SeverityInfo
		if d.Tier == drift.Contradiction {
			severity = gravest
		}
		found = append(found, report.Difference{
			Severity: severity, Tier: string(d.Tier), Object: d.Object.String(), What: d.What, Wanted: d.Wanted, Found: d.Found,
		})
	}
	return found
}

func grave(differences []report.Difference) int {
	n := 0
	for _, d := range differences {
		if d.Severity != report.SeverityInfo {
			n++
		}
	}
	return n
}

func fileOf(f *migrate.RevisionFile) *report.File {
	if f == nil {
		return nil
	}
	return &report.File{Path: f.Path, Content: f.Content}
}

// checkProduction tells whether production is what its own revisions produce.
func (r *run) checkProduction() report.Check {
	check := report.Check{Name: report.CheckProduction, State: report.Skipped, Summary: "not looked for (production-drift: ignore)"}
	s := r.scene.history
	switch {
	case !r.task.replays():
		return check
	case len(r.scene.result.Before) == 0:
		check.State, check.Summary = report.NotComputable, "production has no revision yet, so it has no history to be compared with"
		return check
	case r.scene.historyKnown:
		check.State, check.Summary = report.OK, "production is what its revisions make, as in the last rehearsal; neither has changed since"
		return check
	case s.err != nil:
		check.State, check.Summary, check.Do = report.NotComputable, "the history cannot be run from base: "+whyNot(s.err), advice(s.err)
		return check
	case s.snapshot == nil:
		check.State, check.Summary = report.Broken, "the revisions were not run from base"
		return check
	}
	found := drift.Production(s.snapshot, r.scene.before, r.driftFilter())
	if len(found) == 0 {
		check.State, check.Summary = report.OK, "production is what its revisions make"
		return check
	}
	check.State, check.Differences = report.Drift, inReport(found, report.SeverityWarn)
	check.Summary = fmt.Sprintf("production differs from what its own revisions make in %s: changed by hand, or by a revision that was edited after it ran", count(len(found), "place"))
	check.Code, check.SQL = drift.AlembicRevision(found), removal(found)
	check.Do = "adopt it by a revision with these lines, or make production as its revisions say with this SQL"
	return check
}

func removal(differences []drift.Difference) string {
	statements := drift.RemoveAll(differences)
	if len(statements) == 0 {
		return ""
	}
	return strings.Join(statements, ";\n") + ";"
}

// whyNot is an error in a sentence, advice the next step.
func whyNot(err error) string {
	var failed *migrate.Error
	if errors.As(err, &failed) && failed.Why != "" {
		return failed.Why
	}
	if e, ok := fault.Explain(err); ok && e.Why != "" {
		return e.Why
	}
	return firstLine(err)
}

func advice(err error) string {
	e, _ := fault.Explain(err)
	return e.Do
}

// compare ends Alembic's process, which knows what is its own, and compares what the steps saw.
func (r *run) compare(ctx context.Context) error {
	if err := r.endAlembic(ctx); err != nil {
		return err
	}
	r.compareSnapshots()
	return nil
}
