package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// kept is what production was when its restore point was made. A transaction that writes has a number, and the server
// counts them over all databases of the branch: whoever wrote since has one that is not the upgrade's.
type kept struct {
	next uint64   // all transactions before it had ended, but for open
	open []uint64 // those that were at work
	at   [][]string
}

// noteKept remembers production, before its restore point is made. It is for taking production back by itself.
func (r *run) noteKept(ctx context.Context) error {
	if !r.task.Promotion.RestoreOnFailure {
		return nil
	}
	var k kept
	err := r.parts[0].scene.conn.QueryRow(ctx, `SELECT pg_catalog.pg_snapshot_xmax(s)::text::bigint,
		ARRAY(SELECT x::text::bigint FROM pg_catalog.pg_snapshot_xip(s) x) FROM pg_catalog.pg_current_snapshot() s`).Scan(&k.next, &k.open)
	if err != nil {
		return fmt.Errorf("asking production which transactions are open: %w", err)
	}
	for _, p := range r.parts {
		rows, err := p.keptRows(ctx)
		if err != nil {
			return err
		}
		k.at = append(k.at, rows)
	}
	r.scene.kept = &k
	return nil
}

// keptRows are the revisions of a part; the first one on a database has read its schema.
func (r *run) keptRows(ctx context.Context) ([]string, error) {
	if r.scene.before == nil {
		if err := r.snapshotBefore(ctx); err != nil {
			return nil, err
		}
	}
	return r.versionRows(ctx)
}

// takeBackByItself takes production back to the restore point where it was left half-way, if that was asked for and nobody
// wrote since. It is about the whole branch, with all its databases. The words say what came of it in any case.
func (r *run) takeBackByItself(ctx context.Context, err error) {
	told := r.report.Promotion
	if !r.task.Promotion.RestoreOnFailure || err == nil || errors.Is(err, errDone) || told.Stand == nil || r.scene.untouched {
		return
	}
	told.Restored = &report.Restored{}
	var kept string
	err = r.take(ctx, step{"take production back", func(ctx context.Context) (err error) {
		kept, err = r.takeProductionBack(ctx)
		return err
	}})
	told.Restored.Kept = kept
	switch {
	case err != nil && kept == "":
		told.Restored.Why = whyNot(err)
		if ctx.Err() != nil {
			told.Restored.Why = "the run was stopped"
		}
		told.Stand.What += " It was not taken back by itself: " + told.Restored.Why + "."
		return
	case err != nil:
		told.Restored.Why = whyNot(err)
		told.Stand.What += fmt.Sprintf(" Taking it back by itself was begun and did not end well: %s. Look at production, and at %s, before anything else.", told.Restored.Why, kept)
		return
	}
	told.Restored.Done = true
	told.Stand = &report.Stand{
		What: fmt.Sprintf("%s It was taken back to %s by itself, because nobody else had written since: it is as it was before. What it was meanwhile is kept as %s, which never expires.",
			told.Stand.What, told.Restore.Name, kept),
		GoOn: told.Stand.GoOn, Safe: true, Pending: r.pending(),
	}
	for _, p := range r.parts {
		p.report.Revisions.Applied, p.report.Changes = nil, nil // production has them no longer
	}
	r.scene.untouched = true
}

// takeProductionBack does it while writers wait, and gives the name under which Neon keeps what production was.
func (r *run) takeProductionBack(ctx context.Context) (string, error) {
	b, err := r.mayTakeBack(ctx)
	if err != nil {
		return "", err
	}
	shut, err := r.shutOutWriters(ctx)
	defer func() {
		for _, conn := range shut {
			_ = conn.Close(context.WithoutCancel(ctx)) // nothing was written on it
		}
	}()
	if err != nil {
		return "", fmt.Errorf("writers could not be kept out meanwhile: %w", err)
	}
	if err := r.nobodyWrote(ctx, shut[0]); err != nil {
		return "", err
	}
	keep := preservedName(r.scene.production, r.task) + r.Now().UTC().Format("-150405")
	operations, err := r.Neon.RestoreTo(ctx, r.task.Project, r.scene.production, b, keep)
	if err != nil && !unanswered(err) {
		return "", err
	}
	if err == nil {
		err = r.Neon.Wait(ctx, r.task.Project, operations)
	}
	for i, p := range r.parts {
		if err == nil {
			err = p.asKept(ctx, r.scene.kept.at[i])
		}
	}
	return keep, err
}

// unanswered tells that nobody knows whether Neon took a request.
func unanswered(err error) bool {
	var api *neonapi.Error
	return !errors.As(err, &api) || api.Status == 0 || api.Status >= http.StatusInternalServerError
}

// mayTakeBack finds the restore point that this run made.
func (r *run) mayTakeBack(ctx context.Context) (neonapi.Branch, error) {
	name := r.report.Promotion.Restore.Name
	switch {
	case name == "":
		return neonapi.Branch{}, errors.New("there is no restore point")
	case r.scene.kept == nil:
		return neonapi.Branch{}, errors.New("the restore point is of an earlier run, and who wrote since is not known")
	case r.scene.production.Protected:
		return neonapi.Branch{}, errors.New("production is a protected branch, which Neon does not restore")
	}
	b, found, err := r.Neon.BranchByName(ctx, r.task.Project, name)
	if err == nil && (!found || b.ID != r.report.Promotion.Restore.ID || !b.Ready()) {
		err = fmt.Errorf("the restore point %s is not there any more", name)
	}
	return b, err
}

// shutOut locks every table against writers, for as long as its session lasts. Readers go on.
const shutOut = `SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = 0; BEGIN; DO $$ DECLARE one text; BEGIN
	FOR one IN SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
	LOOP EXECUTE 'LOCK TABLE ' || one || ' IN SHARE MODE'; END LOOP; END $$`

// shutOutWriters has the writers of all databases of the branch wait until the connections are closed: what they commit
// between the look and Neon's restore would be gone.
func (r *run) shutOutWriters(ctx context.Context) ([]*pgx.Conn, error) {
	databases, err := r.Neon.Databases(ctx, r.task.Project, r.scene.production.ID)
	if err != nil {
		return nil, err
	}
	var shut []*pgx.Conn
	for _, d := range databases {
		address := r.parts[0].scene.address
		address.Database = d.Name
		conn, err := postgres.Connect(ctx, address, wakePatience)
		if err != nil {
			return shut, err
		}
		shut = append(shut, conn)
		if _, err := conn.PgConn().Exec(ctx, shutOut).ReadAll(); err != nil {
			return shut, fmt.Errorf("locking the tables of %s: %w", d.Name, err)
		}
	}
	if len(shut) == 0 {
		err = errors.New("the branch has no database")
	}
	return shut, err
}

// maxTransactions bounds the transactions that are looked at one by one.
const maxTransactions = 100_000

// others counts the transactions of others since a number, by how they ended, and those that have written and are open or
// prepared: each holds a lock on its own number, which every role can see. One whose end nobody knows counts as open.
const others = `WITH seen AS (
		SELECT n, pg_catalog.pg_xact_status(n::text::xid8) AS status
		FROM (SELECT pg_catalog.generate_series($1::bigint, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint - 1) UNION ALL SELECT pg_catalog.unnest($2::bigint[])) AS s(n)
		WHERE NOT (n & 4294967295) = ANY ($3::bigint[]))
	SELECT count(*) FILTER (WHERE status = 'committed'), count(*) FILTER (WHERE status IS DISTINCT FROM 'committed' AND status IS DISTINCT FROM 'aborted')
		+ (SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted)
	FROM seen`

// nobodyWrote tells that since the restore point nobody but the upgrade has written anything, in any database of the branch.
// What cannot be told counts as written.
func (r *run) nobodyWrote(ctx context.Context, conn *pgx.Conn) error {
	k := r.scene.kept
	var passed int64
	err := conn.QueryRow(ctx, "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint - $1::bigint", int64(k.next)).Scan(&passed) //nolint:gosec // far below
	switch {
	case err != nil:
		return err
	case passed > maxTransactions:
		return fmt.Errorf("there were %d transactions since the restore point was made", passed)
	}
	var own []int64
	for _, p := range r.parts {
		for _, number := range p.scene.written {
			own = append(own, int64(number))
		}
	}
	var committed, open int64
	if err := conn.QueryRow(ctx, others, int64(k.next), k.open, own).Scan(&committed, &open); err != nil { //nolint:gosec // far below
		return fmt.Errorf("asking who wrote since: %w", err)
	}
	if committed+open > 0 {
		return fmt.Errorf("since the restore point was made, %s wrote that %s not the upgrade's for certain (%d committed, %d open)",
			count(int(committed+open), "transaction"), isAre(committed+open), committed, open)
	}
	return nil
}

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// asKept holds that a part is what it was when the restore point was made.
func (r *run) asKept(ctx context.Context, was []string) error {
	if err := r.reconnect(ctx); err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	s, err := catalog.Read(ctx, r.scene.conn)
	if err != nil {
		return fmt.Errorf("it could not be looked at: %w", err)
	}
	for _, t := range r.scene.result.VersionTables {
		s.SetTool(t.Schema, t.Name, alembic)
		r.scene.before.SetTool(t.Schema, t.Name, alembic)
	}
	rows, err := r.versionRows(ctx)
	if err != nil {
		return fmt.Errorf("it could not be looked at: %w", err)
	}
	if !sameSet(rows, was) || r.firstOn() && s.Fingerprint() != r.scene.before.Fingerprint() {
		return fmt.Errorf("it is not what it was: it is at %s and was at %s", names(rows), names(was))
	}
	return nil
}
