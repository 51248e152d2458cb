package story

import (
	"context"
	"errors"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// errLeft ends an Alembic process whose story is over.
var errLeft = errors.New("the story is over")

// alembicRun is one process of Alembic that several steps of a story share, because importing
// the project costs more than most of them. It stops between its phases, and the
// story looks at the database while nothing of the project runs.
type alembicRun struct {
	paused chan migrate.Pause
	resume chan struct{}
	ended  chan struct{}
	cancel context.CancelCauseFunc

	waiting bool           // it stands at a pause
	ahead   *migrate.Pause // a pause that was reached before a step asked for it
	told    bool           // its result is in the report
	result  migrate.Result
	err     error

	gateway    *recorder.Gateway // records what happens to the branch; nil where nothing is upgraded
	recording  *recorder.Recording
	unrecorded error // why there is no recording
}

// startAlembic lets the user's own Alembic work; nextOf tells how far. Its code meets the
// throw-away passwords of gateways only.
func (r *run) startAlembic(ctx context.Context, what migrate.Run) error {
	inner, cancel := context.WithCancelCause(ctx)
	a := &alembicRun{
		paused: make(chan migrate.Pause), resume: make(chan struct{}), ended: make(chan struct{}), cancel: cancel,
	}
	record := what.Upgrade != ""
	gateways, err := r.openGateways(ctx, &what, record)
	if err != nil {
		cancel(err)
		return err
	}
	if record {
		a.gateway = gateways[0]
	}
	what.Env, what.Output, what.Progress, what.Pause = r.task.Environment, r.Output, r.sayEvent, a.pause
	r.scene.alembic = a
	go func() {
		defer close(a.ended)
		defer gateways.close()
		defer cancel(errLeft)
		a.result, a.err = r.scene.project.Run(inner, what)
		a.take(ctx) // of one that failed, or ended before anybody asked
	}()
	return nil
}

// gateways are the ways into the databases of a run.
type gateways []*recorder.Gateway

func (g gateways) close() {
	for _, gateway := range g {
		gateway.Close()
	}
}

// openGateways puts a gateway before each database that the run names. What happens to the first,
// which is the branch, is recorded if that is asked for.
func (r *run) openGateways(ctx context.Context, what *migrate.Run, record bool) (gateways, error) {
	what.Address = r.scene.address
	var opened gateways
	for i, address := range []*postgres.Address{&what.Address, what.Models, what.History} {
		if address == nil {
			continue
		}
		gateway, err := recorder.Open(ctx, *address, recorder.Options{
			Logger: r.Logger, Record: record && i == 0, Settings: r.scene.sessionLimits, Transactions: r.task.Promotion.RestoreOnFailure,
		})
		if err != nil {
			opened.close()
			return nil, err
		}
		opened = append(opened, gateway)
		*address = gateway.Address()
	}
	return opened, nil
}

// pause is what the process calls between its phases.
func (a *alembicRun) pause(ctx context.Context, p migrate.Pause) error {
	select {
	case a.paused <- p:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-a.resume:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// next lets the process go on to its next pause; false where it ended before.
func (a *alembicRun) next(ctx context.Context) (migrate.Pause, bool) {
	if a.waiting {
		a.waiting = false
		select {
		case a.resume <- struct{}{}:
		case <-a.ended:
		case <-ctx.Done():
		}
	}
	select {
	case p := <-a.paused:
		a.waiting = true
		return p, true
	case <-a.ended:
		return migrate.Pause{}, false
	}
}

// phases are the kinds of pauses in their order.
var phases = []string{"migrated", "upgraded", "models", "history", "stair"}

// nextOf lets the process go on to its next pause of that kind; false where there is none: the
// process is past it, or has ended. Earlier ones, which no step waited for, are passed.
func (a *alembicRun) nextOf(ctx context.Context, kind string) (migrate.Pause, bool) {
	for {
		p, running := a.look(ctx)
		switch {
		case !running, slices.Index(phases, p.Kind) > slices.Index(phases, kind):
			return p, false
		case p.Kind == kind:
			a.ahead = nil
			return p, true
		}
		a.ahead = nil
	}
}

// look gives the pause that was reached and not taken yet, or goes on to the next.
func (a *alembicRun) look(ctx context.Context) (migrate.Pause, bool) {
	if a.ahead != nil {
		return *a.ahead, true
	}
	p, running := a.next(ctx)
	if running {
		a.ahead = &p
	}
	return p, running
}

// over tells that the process has ended.
func (a *alembicRun) over() bool {
	select {
	case <-a.ended:
		return true
	default:
		return false
	}
}

// endAlembic waits until the process has ended by itself, and takes down what it did.
func (r *run) endAlembic(ctx context.Context) error {
	for running := true; running; {
		_, running = r.scene.alembic.next(ctx)
	}
	r.tellAlembic()
	return r.scene.alembic.err
}

// stopAlembic ends the process wherever it is, and takes down what it did until then.
func (r *run) stopAlembic() {
	if r.scene.alembic == nil {
		return
	}
	r.scene.alembic.cancel(errLeft)
	<-r.scene.alembic.ended
	r.tellAlembic()
}

// tellAlembic puts the result of the process that ended into the report, once.
func (r *run) tellAlembic() {
	if a := r.scene.alembic; !a.told {
		a.told = true
		r.scene.result = a.result
		r.tellRevisions()
		r.tellRecording(a.result.Spans)
	}
}
