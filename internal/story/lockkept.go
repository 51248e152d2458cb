package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

// awakePause lies between two signs of life on the connections that hold the locks of promotions: Neon suspends a compute
// of which nobody asked anything for some minutes, and the locks with it.
const awakePause = 30 * time.Second

// keepAwake asks production something from time to time until the returned function is called. Nobody else may use the
// connections meanwhile. What it finds broken is found again when the locks are looked at.
func (r *run) keepAwake(ctx context.Context) (done func()) {
	inner, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(inner, awakePause) == nil {
			for _, p := range r.parts {
				// A cancelled query would close the connection.
				_, _ = p.scene.conn.Exec(context.WithoutCancel(ctx), "SELECT 1")
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// lockKeeper is the part whose connection holds the lock of this one's database: the first one on it.
func (r *run) lockKeeper() *run {
	at := slices.IndexFunc(r.top().parts, func(p *run) bool { return p.report.Database == r.report.Database })
	return r.top().parts[at]
}

// keepLock makes sure, before something is changed, that no other promotion works on the database: the lock goes with its
// connection. One that was lost is taken again, if nobody has it and production is as this run saw it last.
func (r *run) keepLock(ctx context.Context) error {
	keeper := r.lockKeeper()
	if held, err := keeper.holdsLock(ctx); err == nil && held {
		return nil
	}
	if err := keeper.reconnect(ctx); err != nil {
		return fmt.Errorf("making sure that no other promotion is at work: %w", err)
	}
	got, err := keeper.tryLock(ctx)
	if err != nil {
		return err
	}
	if !got {
		return r.lostLock(ctx, plan.Locked, "the connection that kept other promotions away was lost, and another one is at work: "+keeper.lockHolder(ctx),
			"look how that run is doing, and run this one again when it is over")
	}
	if err := r.reconnect(ctx); err != nil {
		return err
	}
	if err := r.stillAsSeen(ctx); err != nil {
		return err
	}
	note := "The connection that keeps other promotions away was lost. The lock was taken again, and production had not changed meanwhile."
	r.Progress.Say(note)
	r.report.Notes = append(r.report.Notes, note)
	return nil
}

func (r *run) holdsLock(ctx context.Context) (held bool, err error) {
	err = r.scene.conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.pid = pg_catalog.pg_backend_pid()
		AND l.objsubid = 2 AND l.classid = pg_catalog.hashtext('neon-migrations')::oid AND l.objid = pg_catalog.hashtext(pg_catalog.current_database())::oid)`).Scan(&held)
	return held, err
}

// tryLock takes the lock of promotions if nobody has it.
func (r *run) tryLock(ctx context.Context) (got bool, err error) {
	if err := r.scene.conn.QueryRow(ctx, "SELECT pg_catalog.pg_try_advisory_lock("+promotionLock+")").Scan(&got); err != nil {
		return false, fmt.Errorf("asking for the lock of promotions: %w", err)
	}
	return got, nil
}

// noteSeen remembers production as it is now.
func (r *run) noteSeen(ctx context.Context) (err error) {
	r.scene.seen, err = r.see(ctx)
	return err
}

func (r *run) see(ctx context.Context) (legStart, error) {
	s, err := catalog.Refresh(ctx, r.scene.conn, r.scene.before)
	if err != nil {
		return legStart{}, err
	}
	for _, t := range r.scene.result.VersionTables {
		s.SetTool(t.Schema, t.Name, alembic)
	}
	rows, err := r.versionRows(ctx)
	return legStart{fingerprint: s.Fingerprint(), rows: rows}, err
}

// stillAsSeen holds that nobody promoted while the lock was free. Before its schema was read, nothing was seen yet: it is
// compared with the copy's then, and here are the revisions.
func (r *run) stillAsSeen(ctx context.Context) error {
	was := r.scene.seen
	if was.fingerprint == "" {
		if err := r.snapshotBefore(ctx); err != nil {
			return err
		}
		was = legStart{fingerprint: r.scene.before.Fingerprint(), rows: r.scene.result.Before}
	}
	now, err := r.see(ctx)
	const lost = "the connection that kept other promotions away was lost, and "
	switch {
	case err != nil:
		return err
	case !sameSet(now.rows, was.rows):
		return r.lostLock(ctx, plan.RevisionChanged, fmt.Sprintf(lost+"production is at %s now and was at %s", names(now.rows), names(was.rows)), "run this again")
	case now.fingerprint != was.fingerprint:
		return r.lostLock(ctx, plan.SchemaChanged, lost+"somebody changed production's schema meanwhile", "run this again")
	}
	return nil
}

// lostLock ends a promotion that is not alone any more: as a refusal, or where something was changed already with words
// about what is where.
func (r *run) lostLock(ctx context.Context, reason plan.Reason, why, do string) error {
	begun := r.report.Promotion.Attempts > 1 || len(r.report.Revisions.Applied) > 0 || slices.ContainsFunc(r.top().parts, (*run).upgraded)
	if !begun {
		return r.refuse(reason, why, do)
	}
	s, err := r.whereItStands(ctx)
	r.tellStand(ctx, s, err)
	r.top().report.Reason = string(reason)
	return fault.New("upgrading production", why, do)
}
