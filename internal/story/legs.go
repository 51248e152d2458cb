package story

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

// leg is a part of an upgrade with limits of its own.
type leg struct {
	to    string // a revision, or all heads
	first bool
	// concurrent tells that indexes are built or dropped CONCURRENTLY: that waits for every transaction which began
	// before, lock_timeout bounds that wait too, and what it breaks off stays as an invalid index.
	concurrent bool
	// from are the fingerprint and the revisions that production had when the leg began.
	from *legStart
}

type legStart struct {
	fingerprint string
	rows        []string
}

var concurrently = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)

// legs parts the pending revisions where they begin or end to work CONCURRENTLY, as was seen on the copy. Such
// revisions have left their transaction in any case, so that nothing is torn apart that was one.
func (r *run) legs() []leg {
	seen := map[string]bool{}
	if recording := r.scene.copy.report.Recording; recording != nil {
		for _, s := range recording.Statements {
			seen[s.Revision] = seen[s.Revision] || concurrently.MatchString(s.Text)
		}
	}
	var all []leg
	for _, a := range r.scene.copy.report.Revisions.Applied {
		if n := len(all); n > 0 && all[n-1].concurrent == seen[a.ID] {
			all[n-1].to = a.ID
			continue
		}
		all = append(all, leg{to: a.ID, first: len(all) == 0, concurrent: seen[a.ID], from: &legStart{}})
	}
	if len(all) == 0 {
		all = []leg{{first: true, from: &legStart{}}}
	}
	all[len(all)-1].to = allHeads
	return all
}

// limits are the settings that a leg's sessions begin with.
func (p Promotion) limits(l leg) map[string]string {
	settings, lock := map[string]string{}, p.LockTimeout
	if l.concurrent {
		lock = p.ConcurrentTimeout
	}
	if lock > 0 {
		settings["lock_timeout"] = fmt.Sprint(lock.Milliseconds())
	}
	if p.StatementTimeout > 0 {
		settings["statement_timeout"] = fmt.Sprint(p.StatementTimeout.Milliseconds())
	}
	return settings
}

// oldest is the transaction that a CREATE INDEX CONCURRENTLY would wait for the longest.
const oldest = `SELECT pid, coalesce(application_name, ''), coalesce(state, ''), query_start, xact_start FROM pg_catalog.pg_stat_activity
	WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'
	AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL) AND xact_start < pg_catalog.now() - $1::pg_catalog.interval ORDER BY xact_start LIMIT 1`

// waitForOldSnapshots lets transactions end that are open for longer than a lock is waited for, before indexes are
// built beside them.
func (r *run) waitForOldSnapshots(ctx context.Context, l leg, until time.Time) error {
	if !l.first || l.concurrent {
		if err := r.noteStart(ctx, l); err != nil {
			return err
		}
	}
	if !l.concurrent {
		return nil
	}
	for told := ""; ; {
		who, err := r.oldestTransaction(ctx)
		if err != nil || who == "" {
			return err
		}
		if r.Now().After(until) {
			r.top().report.Reason = string(plan.LockTimeout)
			s, lookErr := r.whereItStands(ctx)
			r.tellStand(ctx, s, lookErr)
			return fault.New("building indexes beside production's traffic", "a transaction is open for too long: "+who, "end it, and run this again")
		}
		if who != told {
			told = who
			r.Progress.Say("waiting for a transaction to end before indexes are built: " + who)
		}
		if err := sleep(ctx, lockPause); err != nil {
			return err
		}
	}
}

func (r *run) oldestTransaction(ctx context.Context) (string, error) {
	var pid int32
	var application, state string
	var query, transaction *time.Time
	age := max(r.task.Promotion.LockTimeout, time.Second)
	err := r.scene.conn.QueryRow(ctx, oldest, age).Scan(&pid, &application, &state, &query, &transaction)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return blocker(pid, application, state, query, transaction), err
}

// noteStart remembers what production was when a leg began, so that a try which leaves nothing behind is known.
func (r *run) noteStart(ctx context.Context, l leg) error {
	if l.from.fingerprint != "" {
		return nil
	}
	if err := r.readAfter(ctx); err != nil {
		return err
	}
	rows, err := r.versionRows(ctx)
	*l.from = legStart{fingerprint: r.scene.after.Fingerprint(), rows: rows}
	return err
}

// putBack tells whether production is as it was when the leg began, once the invalid indexes are dropped that a
// CREATE INDEX CONCURRENTLY left behind.
func (r *run) putBack(ctx context.Context, l leg, s *stand, until time.Time) bool {
	if s.untouched || r.asBegun(l, *s) {
		return true
	}
	if len(s.invalid) == 0 {
		return false
	}
	for _, index := range r.newlyInvalid() {
		r.Progress.Say("dropping what was left behind: " + index.String())
		if err := r.dropIndex(ctx, index, until); err != nil {
			r.Logger.Warn("an invalid index could not be dropped", "index", index.String(), "error", err)
			return false
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("An index that could not be built in time was left behind invalid, and was dropped before the next try: %s.", index))
	}
	after, err := r.whereItStands(ctx)
	if err != nil {
		return false
	}
	*s = after
	return s.untouched || r.asBegun(l, *s)
}

// dropIndex drops an index as patiently as it was built: what kept it from being built may still be there.
func (r *run) dropIndex(ctx context.Context, index catalog.Identity, until time.Time) error {
	limit := max(r.task.Promotion.LockTimeout, time.Second).Milliseconds()
	drop := fmt.Sprintf("SET lock_timeout = %d; DROP INDEX IF EXISTS %s", limit, pgx.Identifier{index.Schema, index.Name}.Sanitize())
	for {
		_, err := r.scene.conn.Exec(ctx, drop)
		var refused *pgconn.PgError
		if err == nil || !errors.As(err, &refused) || refused.Code != lockNotAvailable || r.Now().Add(firstPause).After(until) {
			return err
		}
		if err := sleep(ctx, firstPause); err != nil {
			return err
		}
	}
}

func (r *run) asBegun(l leg, s stand) bool {
	return l.from.fingerprint != "" && r.report.Fingerprint.After == l.from.fingerprint && slices.Equal(slices.Sorted(slices.Values(s.rows)), slices.Sorted(slices.Values(l.from.rows)))
}
