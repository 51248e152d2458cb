package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

const (
	// worthWarming is how long a table must have been closed on the copy to be read before.
	worthWarming = 100 * time.Millisecond
	// warmLimit is how long one table is read at most.
	warmLimit = 20 * time.Second
)

// warm reads the tables that the upgrade kept closed for long on the copy, once, before it closes them: what a compute
// has not read since it woke it must fetch from Neon's storage, and under the lock it would do so while users wait.
// That it cannot be done stops nothing.
func (r *run) warm(ctx context.Context) error {
	for _, table := range closedForLong(r.scene.copy.report.Recording) {
		r.Progress.Say("reading " + table.Name + " once, so that the upgrade finds it in memory")
		if err := r.readOnce(ctx, table); err != nil {
			r.Logger.Debug("reading a table before the upgrade", "table", table.Name, "error", err)
			return ctx.Err()
		}
	}
	return nil
}

// readOnce reads a table from end to end, and waits for nobody.
func (r *run) readOnce(ctx context.Context, table recorder.Relation) error {
	return pgx.BeginTxFunc(ctx, r.scene.conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, sql := range []string{
			fmt.Sprintf("SET LOCAL statement_timeout = %d", warmLimit.Milliseconds()),
			fmt.Sprintf("SET LOCAL lock_timeout = %d", worthWarming.Milliseconds()),
			"SELECT pg_catalog.count(*) FROM ONLY " + pgx.Identifier{table.Schema, table.Name}.Sanitize(),
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// closedForLong are the tables that a recording saw closed to readers or writers for longer than worthWarming.
func closedForLong(recording *recorder.Recording) []recorder.Relation {
	var all []recorder.Relation
	if recording == nil {
		return nil
	}
	for _, h := range recording.Holds {
		long := slices.Contains(closing, h.Mode) && h.End-h.Sure > worthWarming
		known := slices.ContainsFunc(all, func(one recorder.Relation) bool { return one.OID == h.Relation.OID })
		if long && !known && slices.Contains([]string{"r", "m"}, h.Relation.Kind) {
			all = append(all, h.Relation)
		}
	}
	return all
}
