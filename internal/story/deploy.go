package story

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// deploy is the question what must be deployed first: two programs, the one that runs now and the
// pull request's, each tried on the old schema and on the new one.
type deploy struct {
	old, new *trial
	why      string // why it is not tried
	dir      string // of the old code
}

// trial is one program at work in a process of its own. It rests between the two schemas.
type trial struct {
	rested chan struct{}
	resume chan struct{}
	ended  chan struct{}
	cancel context.CancelCauseFunc
	rounds []migrate.Round
	err    error
}

// tryOldSchema lets both programs use the database as it is before the upgrade.
func (r *run) tryOldSchema(ctx context.Context) error {
	d := &r.scene.deploy
	past, err := r.oldCode(ctx)
	if err != nil {
		d.why = reason(err)
		return nil // the report tells
	}
	d.old, d.new = r.startTrial(ctx, past), r.startTrial(ctx, r.scene.project)
	for _, t := range []*trial{d.old, d.new} {
		select {
		case <-t.rested:
		case <-t.ended:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// tryNewSchema lets both go on, with the upgraded schema.
func (r *run) tryNewSchema(ctx context.Context) error {
	d := &r.scene.deploy
	if d.old == nil {
		return nil
	}
	for _, t := range []*trial{d.old, d.new} {
		close(t.resume)
	}
	for _, t := range []*trial{d.old, d.new} {
		select {
		case <-t.ended:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if t.err != nil {
			d.why = reason(t.err)
		}
	}
	return nil
}

// oldCode is the project as production runs it now.
func (r *run) oldCode(ctx context.Context) (*migrate.Project, error) {
	base := r.task.Risk.Base
	if merged, found := r.scene.project.MergedInto(ctx); found {
		base = merged // newer than the event, and in every checkout of a pull request with two commits
	}
	if base == "" {
		return nil, fault.New("looking for the code that runs now", "nobody said at which commit it is", "give it: --base-commit")
	}
	dir, err := os.MkdirTemp("", "neon-migrations-base-")
	if err != nil {
		return nil, err
	}
	r.scene.deploy.dir = dir
	return r.scene.project.At(ctx, base, dir)
}

// startTrial lets a program's models use the branch, through a gateway of its own.
func (r *run) startTrial(ctx context.Context, project *migrate.Project) *trial {
	inner, cancel := context.WithCancelCause(ctx)
	t := &trial{rested: make(chan struct{}), resume: make(chan struct{}), ended: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(t.ended)
		gateway, err := recorder.Open(inner, r.scene.address, recorder.Options{Logger: r.Logger})
		if err != nil {
			t.err = err
			return
		}
		defer gateway.Close()
		t.rounds, t.err = project.Exercise(inner, migrate.Exercise{
			Address: gateway.Address(), Env: r.task.Environment, Output: r.Output, Pause: t.rest,
		})
	}()
	return t
}

// rest waits between the two schemas.
func (t *trial) rest(ctx context.Context) error {
	close(t.rested)
	select {
	case <-t.resume:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave ends what is still running and removes the old code.
func (d *deploy) leave() {
	for _, t := range []*trial{d.old, d.new} {
		if t != nil {
			t.cancel(errLeft)
			<-t.ended
		}
	}
	if d.dir != "" {
		_ = os.RemoveAll(d.dir) // in the system's directory for temporary files
	}
}

// judged is what failed that does not fail on the schema that the program was written for; nil
// where it was not tried.
func (d *deploy) judged() *hazard.Deploy {
	const both = 2
	if d.old == nil || d.why != "" || len(d.old.rounds) < both || len(d.new.rounds) < both {
		return nil
	}
	return &hazard.Deploy{
		OldCodeNewSchema: usesOf(migrate.Compare(d.old.rounds[0], d.old.rounds[1])),
		NewCodeOldSchema: usesOf(migrate.Compare(d.new.rounds[1], d.new.rounds[0])),
		Tried:            len(d.old.rounds[0].Uses) + len(d.new.rounds[0].Uses),
	}
}

func usesOf(found []migrate.Use) []hazard.Use {
	uses := make([]hazard.Use, len(found))
	for i, u := range found {
		uses[i] = hazard.Use{Class: u.Class, Table: u.Table, Operation: u.Operation, SQLState: u.SQLState, Message: u.Message, Column: u.Column}
	}
	return uses
}

// reason is why something could not be done, with the next step where it is known.
func reason(err error) string {
	if explanation, ok := fault.Explain(err); ok && explanation.Why != "" {
		return fmt.Sprintf("%s; %s", explanation.Why, explanation.Do)
	}
	return errors.Unwrap(fmt.Errorf("%w", err)).Error()
}
