package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/probe"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// closing are the modes that keep writers out; the last one keeps readers out too.
var closing = []recorder.Mode{recorder.Share, recorder.ShareRowExclusive, recorder.Exclusive, recorder.AccessExclusive}

// worthProbing are the tables that were closed for long, longest first.
func (r *run) worthProbing() []probe.Table {
	if r.report.Recording == nil {
		return nil
	}
	longest := map[probe.Table]time.Duration{}
	for _, h := range r.report.Recording.Holds {
		table := h.Relation.Kind == "r" || h.Relation.Kind == "p" || h.Relation.Kind == "m"
		if table && slices.Contains(closing, h.Mode) && h.End-h.Start > r.task.Risk.Limits.WarnBlocked {
			name := probe.Table{Schema: h.Relation.Schema, Name: h.Relation.Name}
			longest[name] = max(longest[name], h.End-h.Start)
		}
	}
	var tables []probe.Table
	for t := range longest {
		tables = append(tables, t)
	}
	slices.SortFunc(tables, func(a, b probe.Table) int { return int(longest[b] - longest[a]) })
	return tables
}

// feelStalls runs the revisions once more, on fresh data, while users beat on the tables that were
// closed for long: beside the first run they would have changed what it measured. The
// branch is then as it was after the first run. That it did not work out is a note.
func (r *run) feelStalls(ctx context.Context) error {
	tables := r.worthProbing()
	if len(tables) == 0 {
		return nil
	}
	r.Progress.Say(fmt.Sprintf("%s was closed for long: once more, with readers and writers beside it", tables[0]))
	if err := r.upgradeBeside(ctx, tables); err != nil {
		if ctx.Err() != nil {
			return err
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("How long users would have waited was not measured to its end, and the branch may be half-way: %v", err))
	}
	return nil
}

// upgradeBeside is the second run.
func (r *run) upgradeBeside(ctx context.Context, tables []probe.Table) error {
	if err := r.startOver(ctx); err != nil {
		return err
	}
	p, err := probe.Start(ctx, r.scene.address, tables)
	if err != nil {
		return err
	}
	err = r.runAside(ctx, migrate.Run{Upgrade: allHeads})
	r.report.Stalls = p.Stop() //nolint:contextcheck // its connections must be closed whatever became of ctx
	if err != nil {
		return err
	}
	now, err := catalog.Read(ctx, r.scene.conn)
	if err == nil && now.Fingerprint() != r.report.Fingerprint.After {
		return errors.New("the second run led to another schema than the first: production changed meanwhile, or the revisions do not do the same each time")
	}
	return err
}

// runAside lets Alembic work once more without telling it in the report.
func (r *run) runAside(ctx context.Context, what migrate.Run) error {
	gateways, err := r.openGateways(ctx, &what, false)
	if err != nil {
		return err
	}
	defer gateways.close()
	what.Env, what.Output = r.task.Environment, r.Output
	_, err = r.scene.project.Run(ctx, what)
	return err
}

// startOver makes the branch production's copy again, and enters it anew.
func (r *run) startOver(ctx context.Context) error {
	// The empty databases go with what the branch was.
	r.scene.models.database, r.scene.history.database = nil, nil
	_ = r.scene.conn.Close(ctx) // nothing was written on it
	r.scene.conn = nil
	reset := r.report.Branch.Reset // what the report says is about the first time
	defer func() { r.report.Branch.Reset = reset }()
	if err := r.resetBranch(ctx, r.scene.branch); err != nil {
		return err
	}
	return r.enter(ctx)
}
