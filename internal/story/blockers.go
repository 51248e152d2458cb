package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// blockerPause lies between two looks at who keeps the upgrade waiting.
const blockerPause = 500 * time.Millisecond

// blocking are the sessions that others wait for, without the text of their queries: it may hold data.
const blocking = `SELECT DISTINCT b.pid, coalesce(b.application_name, ''), coalesce(b.state, ''), b.query_start, b.xact_start
	FROM pg_catalog.unnest($1::int4[]) AS w(pid), pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS x(pid)
	JOIN pg_catalog.pg_stat_activity b ON b.pid = x.pid WHERE b.pid <> ALL ($1::int4[])`

// watchBlockers looks, until the returned function is called, who keeps the upgrade's sessions waiting. It asks
// on the story's own connection, which nobody uses meanwhile.
func (r *run) watchBlockers(ctx context.Context) (done func()) {
	gateway := r.scene.alembic.gateway
	inner, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(inner, blockerPause) == nil {
			r.askBlockers(inner, gateway.Sessions())
		}
	}()
	return func() { cancel(); <-ended }
}

func (r *run) askBlockers(ctx context.Context, sessions []uint32) {
	pids := make([]int32, len(sessions))
	for i, pid := range sessions {
		pids[i] = int32(pid) //nolint:gosec // the server's processes have small numbers
	}
	// A cancelled query would close the connection, and the lock of promotions with it.
	rows, err := r.scene.conn.Query(context.WithoutCancel(ctx), blocking, pids)
	if err != nil {
		return
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		var pid int32
		var application, state string
		var query, transaction *time.Time
		err := row.Scan(&pid, &application, &state, &query, &transaction)
		return blocker(pid, application, state, query, transaction), err
	})
	if err != nil {
		return
	}
	for _, one := range found {
		if !slices.Contains(r.report.Promotion.Blockers, one) {
			r.report.Promotion.Blockers = append(r.report.Promotion.Blockers, one)
		}
	}
}

func blocker(pid int32, application, state string, query, transaction *time.Time) string {
	words := fmt.Sprintf("process %d", pid)
	if application != "" {
		words += fmt.Sprintf(" (%s)", application)
	}
	if state != "" {
		words += ", " + state
	}
	if transaction != nil {
		words += ", in a transaction since " + transaction.UTC().Format("15:04:05 UTC")
	}
	if query != nil {
		words += ", its query began at " + query.UTC().Format("15:04:05 UTC")
	}
	return words
}
