package catalog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// wire sends statements by the simple query protocol, several messages ahead of their answers, which
// pgconn does by the extended one alone. There the server keeps a copy of each statement, of
// what it makes of it and of its plan, in case it comes again: of the time that a small schema
// takes on the server that is one part in fifteen, and none of the statements comes again.
type wire struct {
	pg  *pgconn.PgConn
	ctx context.Context //nolint:containedctx // lives no longer than the call that it came with
	// endless is ctx without its end, which stop watches once for all messages.
	endless context.Context //nolint:containedctx // as ctx
	stop    func() bool
	// ahead is how many messages the server has not finished.
	ahead int
	rows  rows
}

// openWire takes a connection over. The end of ctx breaks it, upon which pgconn asks the server to stop.
func openWire(ctx context.Context, pg *pgconn.PgConn) (*wire, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = pg.Conn().Close() })
	return &wire{pg: pg, ctx: ctx, endless: context.WithoutCancel(ctx), stop: stop}, nil
}

func (w *wire) send(messages []string) error {
	for _, message := range messages {
		w.pg.Frontend().SendQuery(&pgproto3.Query{String: message})
		w.ahead++
	}
	if err := w.pg.Frontend().Flush(); err != nil {
		return w.broken(err)
	}
	return nil
}

// next gives the rows of the next statement.
func (w *wire) next() (*rows, error) {
	for {
		message, err := w.message()
		if err != nil {
			return nil, err
		}
		switch m := message.(type) {
		case *pgproto3.RowDescription:
			w.rows = rows{wire: w}
			for _, c := range m.Fields {
				w.rows.columns = append(w.rows.columns, resultColumn{name: string(c.Name), typeOID: c.DataTypeOID})
			}
			return &w.rows, nil
		case *pgproto3.CommandComplete: // of a statement without rows
			w.rows = rows{wire: w, done: true}
			return &w.rows, nil
		}
	}
}

// message gives the next message that is about statements; the server's error is an error.
func (w *wire) message() (pgproto3.BackendMessage, error) {
	for {
		message, err := w.pg.ReceiveMessage(w.endless)
		if err != nil {
			return nil, w.broken(err)
		}
		switch m := message.(type) {
		case *pgproto3.ErrorResponse:
			return nil, pgconn.ErrorResponseToPgError(m)
		case *pgproto3.ReadyForQuery:
			if w.ahead--; w.ahead == 0 {
				return nil, fmt.Errorf("reading the catalogs: the server answered fewer statements than were sent")
			}
		case *pgproto3.RowDescription, *pgproto3.DataRow, *pgproto3.CommandComplete:
			return message, nil
		}
	}
}

// broken prefers the reason why the connection was broken to what it looked like.
func (w *wire) broken(err error) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	return err
}

// close reads what is left, and gives the connection back.
func (w *wire) close(err error) error {
	defer w.stop()
	for w.ahead > 0 && !w.pg.IsClosed() {
		message, endErr := w.pg.ReceiveMessage(w.endless)
		if endErr != nil {
			if err == nil {
				err = w.broken(endErr)
			}
			return err
		}
		switch m := message.(type) {
		case *pgproto3.ReadyForQuery:
			w.ahead--
		case *pgproto3.ErrorResponse:
			if err == nil {
				err = pgconn.ErrorResponseToPgError(m)
			}
		}
	}
	return err
}

// resultColumn is one column of a result.
type resultColumn struct {
	name    string
	typeOID uint32
}

// rows are the rows of one statement. What they give lives until the next one.
type rows struct {
	wire    *wire
	columns []resultColumn
	values  [][]byte
	done    bool
	err     error
}

// next steps to the next row and tells whether there is one.
func (r *rows) next() bool {
	if r.done {
		return false
	}
	message, err := r.wire.message()
	if row, isRow := message.(*pgproto3.DataRow); err == nil && isRow {
		r.values = row.Values
		return true
	}
	r.done, r.err = true, err
	return false
}

// close passes over the rows that nobody asked for.
func (r *rows) close() error {
	for r.next() {
	}
	return r.err
}
