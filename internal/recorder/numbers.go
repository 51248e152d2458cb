package recorder

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// numbersQuery reads the numbers of the transactions that a process has open, with those of its savepoints: every one
// holds a lock on its own.
const numbersQuery = `SELECT l.transactionid::text::bigint FROM pg_catalog.pg_locks l
WHERE l.pid = $1 AND l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted`

func (o *observer) numbers(ctx context.Context, pid uint32) (found []uint32, err error) {
	err = o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, numbersQuery, pid)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (uint32, error) {
			var number int64
			err := row.Scan(&number)
			return uint32(number), err //nolint:gosec // an xid has 32 bits
		})
		return err
	})
	return found, err
}

// noteNumbers takes down the numbers of a transaction before the tool ends it, or a savepoint of it: afterwards nobody
// can tell whose they were.
func (s *session) noteNumbers(next *script) {
	if !s.tape.numbering || !s.tape.recording() || !next.any(sentence.lets) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.gateway.ctx), askTimeout)
	defer cancel()
	found, err := s.observer.numbers(ctx, s.server.PID)
	if err != nil {
		s.gateway.debug("a transaction's number could not be asked for", err)
		return
	}
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	s.tape.numbers = append(s.tape.numbers, found...)
}

// lets tells whether a transaction or a savepoint is over after the sentence, and its number let go.
func (s sentence) lets() bool { return s.ends() || s.verb() == "RELEASE" }

// Transactions are the numbers of the transactions that the tool ended, as far as they are known: not of statements
// that were a transaction of their own, nor of a block with an exception handler in a function. Only with [Options.Transactions].
func (g *Gateway) Transactions() []uint32 {
	if g.tape == nil {
		return nil
	}
	g.tape.mu.Lock()
	defer g.tape.mu.Unlock()
	return slices.Clone(g.tape.numbers)
}
