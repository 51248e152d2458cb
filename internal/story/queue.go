package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

// lockPause lies between two tries to get the lock.
const lockPause = time.Second

// promotionLock is the lock's key, as pg_locks shows it.
const promotionLock = "pg_catalog.hashtext('neon-migrations'), pg_catalog.hashtext(pg_catalog.current_database())"

// lockProductions takes the lock of each database once, in the order of their names, so that no two promotions
// wait for each other.
func (r *run) lockProductions(ctx context.Context) error {
	inOrder := slices.SortedStableFunc(slices.Values(r.parts), func(a, b *run) int { return strings.Compare(a.report.Database, b.report.Database) })
	for i, p := range inOrder {
		if i > 0 && inOrder[i-1].report.Database == p.report.Database {
			continue
		}
		r.under = p
		if err := p.lockProduction(ctx); err != nil {
			return p.named(err)
		}
	}
	r.under = r
	return nil
}

// lockProduction lets one promotion at a time work on the database: an advisory lock on the
// story's own session, so that it goes with it. It polls, because a session that waits in
// pg_advisory_lock holds a snapshot, on which the other's CREATE INDEX CONCURRENTLY would wait.
func (r *run) lockProduction(ctx context.Context) error {
	until := r.Now().Add(r.task.Promotion.QueueFor)
	for told := false; ; told = true {
		got, err := r.tryLock(ctx)
		if err != nil || got {
			return err
		}
		holder := r.lockHolder(ctx)
		if r.task.Promotion.QueueFor > 0 && r.Now().After(until) {
			return r.refuse(plan.Locked, fmt.Sprintf("another promotion is at work on this database for longer than %s: %s", r.task.Promotion.QueueFor, holder),
				"look how that run is doing, and run this one again when it is over; queue-for says how long to wait")
		}
		if !told {
			r.Progress.Say("waiting for another promotion on this database: " + holder)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
}

// lockHolder says who promotes now, and since when.
func (r *run) lockHolder(ctx context.Context) string {
	var pid int
	var since *time.Time
	err := r.scene.conn.QueryRow(ctx, `SELECT l.pid, a.backend_start FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		AND l.classid = pg_catalog.hashtext('neon-migrations')::oid AND l.objid = pg_catalog.hashtext(pg_catalog.current_database())::oid`).Scan(&pid, &since)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "it ended just now"
	case err != nil:
		return "who it is could not be found out"
	case since == nil:
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("process %d, connected since %s", pid, since.UTC().Format("2006-01-02 15:04:05 UTC"))
}
