package probe

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// beater does one thing to one table, again and again.
type beater struct {
	table  Table
	conn   *pgx.Conn
	sql    string
	writes bool

	beats   int
	fastest time.Duration
	longest time.Duration
	gone    bool
}

// run beats until the context ends or the table is gone.
func (b *beater) run(ctx context.Context) {
	next := time.NewTicker(interval)
	defer next.Stop()
	for !b.gone && b.beat(ctx) {
		select {
		case <-next.C:
		case <-ctx.Done():
			return
		}
	}
}

// beat tries until it comes through, and notes how long that took; false when it is over.
func (b *beater) beat(ctx context.Context) bool {
	began := time.Now()
	for {
		_, err := b.conn.PgConn().Exec(ctx, b.sql).ReadAll()
		took := time.Since(began)
		switch code := sqlState(err); {
		case err == nil:
			b.note(took)
			return true
		case ctx.Err() != nil || b.conn.IsClosed():
			b.longest = max(b.longest, took)
			return false
		case code == "55P03": // lock_not_available: our own lock_timeout
			b.undo(ctx)
		case code == "42P01" || code == "42703": // the table or the writer's column is gone
			b.undo(ctx)
			b.note(took)
			b.gone = code == "42P01"
			b.sql = locking(b.table)
			return !b.gone
		default:
			b.undo(ctx)
			b.note(took)
			return false
		}
	}
}

// note counts a beat that had its answer.
func (b *beater) note(took time.Duration) {
	b.beats++
	b.longest = max(b.longest, took)
	if b.fastest == 0 || took < b.fastest {
		b.fastest = took
	}
}

// undo leaves a transaction that failed.
func (b *beater) undo(ctx context.Context) {
	if b.writes {
		_, _ = b.conn.PgConn().Exec(ctx, "ROLLBACK").ReadAll() // the next beat tells a connection that is lost
	}
}

func (b *beater) tell(s *Stall) {
	wait := max(0, b.longest-b.fastest)
	if b.writes {
		s.Writes = wait
	} else {
		s.Reads = wait
	}
	s.Beats += b.beats
	s.Gone = s.Gone || b.gone
}

func sqlState(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	return ""
}

// writing is a write that changes nothing: one row is set to what it is, and rolled back. It
// waits for locks on the table as well as for a lock on the row, as a user's would. A table
// without a column that can be set is locked as a write would lock it.
func writing(ctx context.Context, conn *pgx.Conn, t Table) (string, error) {
	var column string
	err := conn.QueryRow(ctx, plainColumn, t.String()).Scan(&column)
	switch {
	case errors.Is(err, pgx.ErrNoRows), sqlState(err) == "42P01":
		return locking(t), nil
	case err != nil:
		return "", err
	}
	name := postgres.QuoteIdentifier(column)
	return "BEGIN; UPDATE " + t.String() + " SET " + name + " = " + name +
		" WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + t.String() + " LIMIT 1)); ROLLBACK", nil
}

// locking takes the lock of INSERT, UPDATE and DELETE (PostgreSQL's documentation, "Explicit Locking").
func locking(t Table) string {
	return "BEGIN; LOCK TABLE " + t.String() + " IN ROW EXCLUSIVE MODE; ROLLBACK"
}

// plainColumn prefers one that no index holds: setting it costs least.
const plainColumn = `
	SELECT a.attname
	FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
	  AND a.attgenerated = '' AND a.attidentity <> 'a'
	ORDER BY EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey::int2[])), a.attnum
	LIMIT 1`
