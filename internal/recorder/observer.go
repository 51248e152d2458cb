package recorder

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

const (
	// observerPatience covers a compute that wakes.
	observerPatience = 20 * time.Second
	// askTimeout bounds one question; the tool waits for the answer.
	askTimeout = 5 * time.Second
	// maxFailures is after how many failed questions in a row no more are asked.
	maxFailures = 3
)

// observer is the gateway's own connection to the server, by which it looks at the tool's
// sessions from outside. It enters as the same role, to which everything asked here is visible without
// further privileges. It asks nothing that waits for a lock on a user's relation: the tool may hold
// that lock while it waits for us, a deadlock that the server cannot see. So nothing here calls
// pg_relation_size and its like, pg_get_indexdef or pg_get_expr.
type observer struct {
	address postgres.Address

	mu     sync.Mutex // one question at a time
	conn   *pgx.Conn
	failed int
}

// observerAddress adds limits, in case a question waits after all.
func observerAddress(address postgres.Address) postgres.Address {
	return address.With("application_name", "neon-migrations recorder").With("lock_timeout", "200ms").
		With("statement_timeout", "5s").With("idle_in_transaction_session_timeout", "0").With("jit", "off")
}

// connect opens the connection, and finds a pooler by the process that answers: it is not
// the one that the connection was given at its start.
func (o *observer) connect(ctx context.Context) error {
	conn, err := postgres.Connect(ctx, o.address, observerPatience)
	if err != nil {
		return err
	}
	var pid uint32
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.pg_backend_pid()").Scan(&pid); err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	if pid != conn.PgConn().PID() {
		return errors.Join(pooled(o.address), conn.Close(ctx))
	}
	o.conn = conn
	return nil
}

// roundTrip is the shortest of three empty queries: what the network and the server take for nothing. A
// tool that sends one long statement and no more would otherwise have that one for its measure.
func (o *observer) roundTrip(ctx context.Context) (shortest time.Duration, err error) {
	err = o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		for range 3 {
			began := time.Now()
			if _, err := conn.PgConn().Exec(ctx, "").ReadAll(); err != nil {
				return err
			}
			if took := time.Since(began); shortest == 0 || took < shortest {
				shortest = took
			}
		}
		return nil
	})
	return shortest, err
}

// errBlind tells that nothing is asked any more.
var errBlind = errors.New("the connection that looks at the locks is lost")

// because tells why a question had no answer.
func because(err error) string {
	var server *pgconn.PgError
	switch {
	case errors.Is(err, errBlind):
		return "the recorder's own connection is lost"
	case !errors.As(err, &server):
		return "the recorder's own connection did not answer"
	case server.Code == "55P03", server.Code == "57014":
		return "the migration itself locks the catalogs, and the recorder does not wait for it"
	case server.Code == "42501":
		return "the address's role may not ask (" + server.Message + "): use one that may, or grant it"
	default:
		return "the server did not answer the recorder (" + server.Code + ": " + server.Message + ")"
	}
}

// with puts a question. A connection that is lost is opened once more.
func (o *observer) with(ctx context.Context, question func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed >= maxFailures {
		return errBlind
	}
	if o.conn == nil || o.conn.IsClosed() {
		if err := o.connect(ctx); err != nil {
			o.failed++
			return err
		}
	}
	if err := question(ctx, o.conn); err != nil {
		o.failed++
		return err
	}
	o.failed = 0
	return nil
}

func (o *observer) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = o.conn.Close(ctx) // nothing is lost with it
	o.failed = maxFailures
}

// seen is one relation as the catalog has it at the moment for everybody else.
type seen struct {
	OID        uint32
	Schema     string
	Name       string
	Kind       string
	Table      string
	Parent     string
	Rows       float64
	Bytes      int64
	Filenode   uint32
	Temporary  bool
	TuplesRead int64
}

// relation gives it as recordings do.
func (s seen) relation() *Relation {
	return &Relation{
		OID: s.OID, Schema: s.Schema, Name: s.Name, Kind: s.Kind, Table: s.Table, Parent: s.Parent,
		Rows: int64(s.Rows), Bytes: s.Bytes,
	}
}

// columns and joins read pg_class row o into [seen]. Both are without a function that locks. Bytes are
// of pages as the planner estimates them.
const (
	columns = `o.oid, n.nspname::text, o.relname::text, o.relkind::text,
  coalesce(tn.nspname || '.' || t.relname, ''),
  coalesce((SELECT rn.nspname || '.' || r.relname FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    WHERE coalesce(t.relispartition, o.relispartition) AND r.oid = pg_catalog.pg_partition_root(coalesce(t.oid, o.oid))), ''),
  o.reltuples::float8, o.relpages::bigint * 8192, o.relfilenode, o.relpersistence = 't',
  CASE WHEN o.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_tuples_returned(o.oid) ELSE 0 END`
	joins = `
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = o.oid
LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace`
)

// firstUserOID is the first that is not of the system's own (FirstNormalObjectId); 99 is the
// schema pg_toast.
const walPosition = `(pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::bigint`

// catalogQuery reads all relations of users.
const catalogQuery = `SELECT ` + columns + ` FROM pg_catalog.pg_class o` + joins + `
WHERE o.oid >= 16384 AND o.relnamespace <> 99 AND o.relkind IN ('r', 'p', 'm', 'i', 'I', 'S', 'v', 'f')`

// newsQuery reads those that came or got a new file since the highest number known then: OIDs
// and file numbers come from one counter. The second parameter lists others to look at.
const newsQuery = catalogQuery + ` AND (o.oid > $1 OR o.relfilenode > $1 OR o.oid = ANY($2) OR o.relfilenode = ANY($2))`

// locksQuery reads the relations that a process holds locks on, and those of them that others
// can see. A TOAST table stands for its owner, whose OID is in its name; its
// index for nothing: whoever locks that alone leaves the table to its users.
const locksQuery = `SELECT h.relation, h.mode, coalesce(o.oid, 0), coalesce(n.nspname::text, ''), coalesce(o.relname::text, ''), coalesce(o.relkind::text, ''),
  coalesce(tn.nspname || '.' || t.relname, ''),
  coalesce((SELECT rn.nspname || '.' || r.relname FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    WHERE coalesce(t.relispartition, o.relispartition) AND r.oid = pg_catalog.pg_partition_root(coalesce(t.oid, o.oid))), ''),
  coalesce(o.reltuples, -1)::float8, coalesce(o.relpages, 0)::bigint * 8192, coalesce(o.relfilenode, 0), coalesce(o.relpersistence = 't', false)
FROM (SELECT DISTINCT l.relation, l.mode FROM pg_catalog.pg_locks l
  WHERE l.pid = $1 AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())) h
LEFT JOIN pg_catalog.pg_class c ON c.oid = h.relation
LEFT JOIN pg_catalog.pg_class o ON o.oid = CASE WHEN c.relnamespace = 99 THEN substring(c.relname, '[0-9]+')::oid ELSE c.oid END` + joins + `
WHERE c.relnamespace IS DISTINCT FROM 99 OR c.relkind = 't'`

// foreignQuery reads the foreign keys that are newer than an OID.
const foreignQuery = `SELECT k.oid, k.conname::text, k.conrelid, k.confrelid FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.oid > $1`

// foreignKey is one as the catalog has it.
type foreignKey struct {
	OID               uint32
	Name              string
	Table, Referenced uint32
}

// seenLock is one lock of a process; Relation.OID is 0 where nobody else sees the relation yet.
type seenLock struct {
	raw      uint32
	mode     Mode
	relation seen
}

// answer is what one question brought.
type answer struct {
	wal   int64
	locks []seenLock
	news  []seen
	keys  []foreignKey // new ones
	also  []uint32     // what news was asked about by OID
}

// locks asks for the locks of a process, and where the write-ahead log is.
func (o *observer) locks(ctx context.Context, pid uint32) (*answer, error) {
	a := &answer{}
	err := o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		batch := &pgx.Batch{}
		batch.Queue("SELECT " + walPosition).QueryRow(func(row pgx.Row) error { return row.Scan(&a.wal) })
		batch.Queue(locksQuery, pid).Query(func(rows pgx.Rows) (err error) {
			a.locks, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l seenLock, err error) {
				r := &l.relation
				err = row.Scan(&l.raw, &l.mode, &r.OID, &r.Schema, &r.Name, &r.Kind, &r.Table, &r.Parent, &r.Rows, &r.Bytes, &r.Filenode, &r.Temporary)
				return l, err
			})
			return err
		})
		return conn.SendBatch(ctx, batch).Close()
	})
	return a, err
}

// news asks which relations came or changed their file since the highest number known, 0 for all of them,
// and where the write-ahead log is.
func (o *observer) news(ctx context.Context, since uint32, also []uint32) (*answer, error) {
	a := &answer{also: also}
	err := o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		batch := &pgx.Batch{}
		batch.Queue("SELECT " + walPosition).QueryRow(func(row pgx.Row) error { return row.Scan(&a.wal) })
		batch.Queue(newsQuery, since, also).Query(func(rows pgx.Rows) (err error) {
			a.news, err = pgx.CollectRows(rows, pgx.RowToStructByPos[seen])
			return err
		})
		batch.Queue(foreignQuery, since).Query(func(rows pgx.Rows) (err error) {
			a.keys, err = pgx.CollectRows(rows, pgx.RowToStructByPos[foreignKey])
			return err
		})
		return conn.SendBatch(ctx, batch).Close()
	})
	return a, err
}

// position asks only where the write-ahead log is.
func (o *observer) position(ctx context.Context) (*answer, error) {
	a := &answer{}
	err := o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT "+walPosition).Scan(&a.wal)
	})
	return a, err
}

// blockers asks which processes one waits for, and for which relation, if for one. Asking
// takes the lock table for a moment and waits for nothing.
func (o *observer) blockers(ctx context.Context, pid uint32) (pids []uint32, lock seenLock, err error) {
	const query = `SELECT pg_catalog.pg_blocking_pids($1), coalesce(l.relation, 0), coalesce(l.mode, '')
FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_locks l ON l.pid = $1 AND NOT l.granted AND l.locktype = 'relation' LIMIT 1`
	err = o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		var who []int32
		if err := conn.QueryRow(ctx, query, pid).Scan(&who, &lock.raw, &lock.mode); err != nil {
			return err
		}
		for _, p := range who {
			pids = append(pids, uint32(p)) //nolint:gosec // process numbers are positive, 0 is a prepared transaction
		}
		return nil
	})
	return pids, lock, err
}

// gone tells whether none of the processes is there any more.
func (o *observer) gone(ctx context.Context, pids []uint32) (gone bool, err error) {
	err = o.with(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid = ANY($1))", pids).Scan(&gone)
	})
	return gone, err
}

// poolerAnswers compares the process that answers on a connection with the one it was promised.
func poolerAnswers(ctx context.Context, conn *pgconn.PgConn) (map[string]string, bool, error) {
	const query = `SELECT pg_catalog.pg_backend_pid()::text, pg_catalog.current_setting('lock_timeout'),
  pg_catalog.current_setting('statement_timeout'), pg_catalog.current_setting('search_path')`
	results, err := conn.Exec(ctx, query).ReadAll()
	if err != nil {
		return nil, false, err
	}
	row := results[0].Rows[0]
	initial := map[string]string{}
	for i, name := range followed {
		initial[name] = string(row[i+1])
	}
	return initial, string(row[0]) != pidText(conn.PID()), nil
}
