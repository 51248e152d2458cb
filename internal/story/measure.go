package story

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// Risk says what of a migration is measured and what of it counts.
type Risk struct {
	Limits hazard.Limits
	// FailOn are the severities and codes of findings that block.
	FailOn []string
	// Probe asks for a second run with users beside it, Deploy for old code on the new schema and the
	// other way round, Review for comments at the lines of the revision files.
	Probe, Deploy, Review bool
	// Base is the commit of the code that runs now; "" where nobody knows.
	Base string
	// Override is the label that lets a blocked pull request pass; "" for none.
	Override string
}

// takeLimit bounds the last questions of a recording; the statements themselves are over.
const takeLimit = 15 * time.Second

// take ends the recording of the upgrade. A run that is stopped has what was seen until then.
func (a *alembicRun) take(ctx context.Context) {
	if a.gateway == nil || a.recording != nil || a.unrecorded != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeLimit)
	defer cancel()
	a.recording, a.unrecorded = a.gateway.Take(ctx)
}

// tellRecording puts what was measured into the report, each statement with the line that sent it.
// An upgrade that could not be recorded is told; it was rehearsed all the same.
func (r *run) tellRecording(spans []migrate.Span) {
	a := r.scene.alembic
	if a.unrecorded != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The upgrade was not measured: %v", a.unrecorded))
	}
	if a.recording == nil || len(a.result.Applied) == 0 {
		return // Alembic's own questions are nobody's migration
	}
	lines := make([]recorder.Span, len(spans))
	for i, s := range spans {
		lines[i] = recorder.Span{Start: s.Start, End: s.End, Revision: s.Revision, Path: s.Path, Operation: s.Operation, Line: s.Line}
	}
	a.recording.Attribute(lines)
	r.report.Recording = a.recording
}

// hazards judges what was measured. It is told of an upgrade that failed too: then after is nil.
func (r *run) hazards(ctx context.Context, after *catalog.Snapshot) error {
	allowances, err := r.allowances()
	if err != nil {
		return err
	}
	r.scene.hazards = hazard.Judge(hazard.Input{
		Before: r.scene.before, After: after, Changes: r.report.Changes, Recording: r.report.Recording,
		Limits: r.task.Risk.Limits, Offenders: r.countOffenders(ctx), Deploy: r.scene.deploy.judged(), Allowances: allowances,
	})
	for _, f := range r.scene.hazards {
		r.report.Findings = append(r.report.Findings, findingOf(f))
	}
	return nil
}

// judgeFailure looks for the rows that an upgrade failed on, and tells the risks until there. It never
// hides the failure itself.
func (r *run) judgeFailure(ctx context.Context, err error) {
	var failed *migrate.Error
	if !errors.As(err, &failed) || r.scene.before == nil || r.report.Recording == nil || ctx.Err() != nil {
		return
	}
	if problem := r.hazards(ctx, nil); problem != nil {
		r.report.Notes = append(r.report.Notes, problem.Error())
	}
}

// countLimit bounds the question how many rows stand in the way.
const countLimit = "30s"

// countOffenders asks the branch how many rows stand in the way of the statement that failed; -1
// where none failed so, or where it cannot be asked.
func (r *run) countOffenders(ctx context.Context) int64 {
	const unknown = -1
	if r.report.Recording == nil {
		return unknown
	}
	failed := hazard.Failed(r.report.Recording)
	if failed == nil {
		return unknown
	}
	query, known := hazard.Offenders(*failed.Error, failed.Text)
	if !known {
		return unknown
	}
	tx, err := r.scene.conn.Begin(ctx)
	if err != nil {
		return unknown
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only reads
	var rows int64
	if _, err := tx.Exec(ctx, "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '"+countLimit+"'"); err != nil {
		return unknown
	}
	if err := tx.QueryRow(ctx, query).Scan(&rows); err != nil {
		r.Logger.Debug("the rows that stand in the way could not be counted", "error", err)
		return unknown
	}
	return rows
}

func findingOf(f hazard.Finding) report.Finding {
	told := report.Finding{
		Code: f.Code, Severity: report.Severity(f.Severity), Object: f.Object, Title: f.Title, Evidence: f.Evidence, Known: string(f.Known),
		Why: f.Why, Advice: f.Advice, Fix: f.Fix, Statement: f.Statement, Revision: f.Revision, Path: f.Path, Line: f.Line,
	}
	if f.Allowed != nil {
		told.Allowed = &report.Allowed{Reason: f.Allowed.Reason, Where: f.Allowed.Where}
	}
	return told
}
