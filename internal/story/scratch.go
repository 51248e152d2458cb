package story

import (
	"context"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/scratch"
)

// Names of the empty databases on a rehearsal's branch. They go when the story is over, and
// with the branch at the latest.
const (
	modelsDatabase  = "neon_migrations_models"
	historyDatabase = "neon_migrations_history"
)

// side is one empty database, what was created in it, and why it could not be.
type side struct {
	database *scratch.Database
	snapshot *catalog.Snapshot
	err      error
}

// address is where the process is to fill the database; nil where there is none.
func (s side) address() *postgres.Address {
	if s.database == nil {
		return nil
	}
	at := s.database.Address // the gateway takes its place in the copy
	return &at
}

// makeScratches makes the empty databases for the models and for the history, those that are
// asked for. That one cannot be made is told by its check and stops nothing.
func (r *run) makeScratches(ctx context.Context) error {
	if r.task.ModelDrift != Ignore {
		r.scene.models.make(ctx, r, modelsDatabase)
	}
	if r.task.replays() && !r.scene.historyKnown {
		r.scene.history.make(ctx, r, historyDatabase)
	}
	return nil
}

func (s *side) make(ctx context.Context, r *run, name string) {
	s.database, s.err = scratch.Create(ctx, r.scene.conn, r.scene.address, name)
}

// replays tells whether production's history is asked for, and climbs whether the way back is.
func (t Task) replays() bool { return t.ProductionDrift != Ignore && t.ProductionDrift != "" }
func (t Task) climbs() bool  { return t.Stairway != Ignore && t.Stairway != "" }

// only gives the step if it is asked for.
func only(asked bool, do func(context.Context) error) func(context.Context) error {
	if !asked {
		return nil
	}
	return do
}

// createModels lets the models create all that they say in an empty database, and reads it.
func (r *run) createModels(ctx context.Context) error {
	s := &r.scene.models
	if s.database == nil {
		return nil
	}
	s.err = s.database.Equip(ctx)
	if s.err == nil {
		return r.created(ctx, s, "models")
	}
	return nil // its check tells
}

// replayHistory runs the revisions from base to where production is in an empty database, and
// reads it.
func (r *run) replayHistory(ctx context.Context) error {
	s := &r.scene.history
	if s.database == nil {
		return nil
	}
	return r.created(ctx, s, "history")
}

// created lets the process go on to where the empty database is filled. Another pause before
// that is one that its own step could not wait for.
func (r *run) created(ctx context.Context, s *side, kind string) error {
	p, found := r.scene.alembic.nextOf(ctx, kind)
	switch {
	case !found && r.scene.alembic.over():
		return r.endAlembic(ctx)
	case found && p.Err != nil:
		s.err = p.Err
	case found: // else there was nothing to do
		s.snapshot, s.err = s.database.Snapshot(ctx)
	}
	return nil
}

// dropScratches removes the empty databases. The branch's expiry takes what cannot be removed.
func (r *run) dropScratches(ctx context.Context) {
	for _, s := range []side{r.scene.models, r.scene.history} {
		if s.database == nil {
			continue
		}
		if err := s.database.Drop(ctx); err != nil {
			r.Logger.Warn("an empty database stays until the branch goes", "error", err)
		}
	}
}
