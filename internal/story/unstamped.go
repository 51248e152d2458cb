package story

import (
	"errors"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// alreadyThere are the failures of making what there is (PostgreSQL's appendix A: duplicate_table,
// duplicate_object, duplicate_column, duplicate_schema, duplicate_function).
var alreadyThere = []string{"42P07", "42710", "42701", "42P06", "42723"}

// tellUnstamped explains an upgrade that began with the first revision on a database which
// has all its tables: it was made by something else than Alembic, and nobody said where it stands. Tables
// that no revision makes are in nobody's way, so this is told of a failure only.
func (r *run) tellUnstamped(err error) {
	var failed *migrate.Error
	result := r.scene.result
	if !errors.As(err, &failed) || !slices.Contains(alreadyThere, failed.SQLState) || r.scene.before == nil || len(result.Before) > 0 {
		return
	}
	for _, f := range result.Graph.Judge(migrate.Stand{Tables: r.tablesBefore()}) {
		r.report.Findings = append(r.report.Findings, report.Finding{
			Code: f.Code, Severity: report.SeverityBlock, Title: f.What, Why: f.Why, Advice: f.Do,
		})
	}
}

// tablesBefore is how many tables there were, without Alembic's own.
func (r *run) tablesBefore() int {
	n := 0
	for _, o := range r.scene.before.Objects {
		own := slices.ContainsFunc(r.scene.result.VersionTables, func(t migrate.VersionTable) bool { return t.Schema == o.Schema && t.Name == o.Name })
		if o.Kind == catalog.Table && !own {
			n++
		}
	}
	return n
}
