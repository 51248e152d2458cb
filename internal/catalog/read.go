package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// defaultLockTimeout is how long a snapshot waits behind another session's lock. A migration
// in progress holds the strongest locks, and PostgreSQL opens relations to write out their
// expressions; without a limit the snapshot would wait as long as the migration takes.
const defaultLockTimeout = 5 * time.Second

// ReadOptions change how a snapshot is taken. The zero value is what [Read] uses.
type ReadOptions struct {
	// LockTimeout is the longest wait for a lock that another session holds; 0 means 5 s.
	LockTimeout time.Duration
	// Gate takes the state of the catalogs along, for [Refresh].
	Gate bool
	// Sizes fills in [Facts.Rows] and [Facts.Bytes], which differ between copies of a database
	// and so make their snapshots differ as files.
	Sizes bool
}

// attempts is how often a reading is begun when others change the schema under it.
const attempts = 5

// Read takes a snapshot of the database that conn is connected to: one read-only repeatable
// read transaction in one round trip, whatever the size. Any role may do it; rights on the
// tables are not needed. The connection must not be in a transaction, and its session is
// left as it was. Servers older than 14, locks and rights are faults with advice.
func Read(ctx context.Context, conn *pgx.Conn) (*Snapshot, error) {
	return ReadWith(ctx, conn, ReadOptions{})
}

// ReadWith is [Read] with options.
func ReadWith(ctx context.Context, conn *pgx.Conn, options ReadOptions) (*Snapshot, error) {
	pg := conn.PgConn()
	major, err := serverMajor(pg.ParameterStatus("server_version"))
	if err != nil {
		return nil, err
	}
	if pg.TxStatus() != 'I' {
		return nil, fmt.Errorf("taking a snapshot: the connection is in a transaction")
	}
	if options.LockTimeout == 0 {
		options.LockTimeout = defaultLockTimeout
	}
	batch, err := newBatch(major, options)
	if err != nil {
		return nil, err
	}
	// Almost always the first attempt is the only one: see queries/moved.sql.
	moved := ""
	for range attempts {
		reading := newReading(major)
		if err := batch.run(ctx, pg, reading); err != nil {
			rollback(ctx, pg)
			return nil, readFault(err, pg.IsClosed(), options)
		}
		if moved = reading.moved; moved == "" {
			reading.result.Lineage = lineage(conn, reading.databaseOID)
			return reading.snapshot(options), nil
		}
	}
	return nil, fault.New(readingSchema, fmt.Sprintf("other sessions changed it (%s) each of the %d times that it was read", moved, attempts),
		"wait until their migrations have ended and run it again; SELECT * FROM pg_stat_activity WHERE state <> 'idle' shows the sessions")
}

// rollback ends the transaction that a failed query left behind. If even that fails the
// connection is broken, which its next user learns anyway.
func rollback(ctx context.Context, pg *pgconn.PgConn) {
	if pg.IsClosed() || pg.TxStatus() == 'I' {
		return
	}
	_, _ = pg.Exec(context.WithoutCancel(ctx), "ROLLBACK").ReadAll()
}

// step is one statement of the batch and what takes its rows; nil drops them.
type step struct {
	sql    string
	params [][]byte
	take   func(*reading, *pgconn.ResultReader) error
	// alone ends the implicit transaction of a pipeline after the statement.
	alone bool
}

type batch []step

func newBatch(major int, options ReadOptions) (batch, error) {
	var b batch
	if options.Gate {
		text, err := sql("gate", major)
		if err != nil {
			return nil, err
		}
		b = append(b, step{sql: text, take: takeText(func(r *reading) *string { return &r.result.Gate }), alone: true})
	}
	b = append(b, step{sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
	timeout := strconv.FormatInt(max(1, options.LockTimeout.Milliseconds()), 10)
	add := func(file string, take func(*reading, *pgconn.ResultReader) error, params ...[]byte) error {
		text, err := sql(file, major)
		b = append(b, step{sql: unqualified(text), take: take, params: params})
		return err
	}
	if err := add("settings", nil, []byte(timeout)); err != nil {
		return nil, err
	}
	if err := add("database", (*reading).takeDatabase); err != nil {
		return nil, err
	}
	for _, s := range sources() {
		take := func(r *reading, rows *pgconn.ResultReader) error { return r.takeSource(s, rows) }
		if err := add(s.file, take); err != nil {
			return nil, err
		}
	}
	if err := add("not_modelled", (*reading).takeNotModelled); err != nil {
		return nil, err
	}
	if err := add("moved", takeText(func(r *reading) *string { return &r.moved })); err != nil {
		return nil, err
	}
	return append(b, step{sql: "COMMIT"}), nil
}

// run sends all steps at once and reads their results while the server works on the next.
func (b batch) run(ctx context.Context, pg *pgconn.PgConn, r *reading) error {
	pipeline := pg.StartPipeline(ctx)
	for _, s := range b {
		pipeline.SendQueryParams(s.sql, s.params, nil, nil, nil)
		if s.alone {
			pipeline.SendPipelineSync()
		}
	}
	err := pipeline.Sync()
	for i := 0; err == nil && i < len(b); i++ {
		err = b[i].receive(pipeline, r)
	}
	// After a failure Close reads on to the end of the batch, so that the connection is
	// usable again; its error is then a repetition.
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (s step) receive(pipeline *pgconn.Pipeline, r *reading) error {
	result, err := pipeline.GetResults()
	if err != nil {
		return err
	}
	rows, ok := result.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("reading the catalogs: the server answered with %T", result)
	}
	if s.take != nil {
		if err := s.take(r, rows); err != nil {
			return err
		}
	}
	if _, err = rows.Close(); err != nil || !s.alone {
		return err
	}
	_, err = pipeline.GetResults() // the end of the implicit transaction
	return err
}

// takeText takes the first column of the last row.
func takeText(place func(*reading) *string) func(*reading, *pgconn.ResultReader) error {
	return func(r *reading, rows *pgconn.ResultReader) error {
		for rows.NextRow() {
			*place(r) = string(rows.Values()[0])
		}
		return nil
	}
}

func (r *reading) takeDatabase(rows *pgconn.ResultReader) error {
	for rows.NextRow() {
		for i, value := range rows.Values() {
			if err := r.takeProperty(rows.FieldDescriptions()[i].Name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeProperty takes one column of queries/database.sql.
func (r *reading) takeProperty(name string, value []byte) error {
	if value == nil {
		return nil
	}
	switch text := string(value); name {
	case "oid":
		r.databaseOID = text
	case "name":
		r.result.Database = text
	case "size", "server_version":
		number, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("reading the server's %s: %w", name, err)
		}
		if name == "server_version" {
			r.result.ServerVersion = number
			return nil
		}
		r.result.Objects = make([]Object, 0, number+number/16)
	default:
		r.result.Environment = append(r.result.Environment, Field{Name: name, Value: text})
	}
	return nil
}

func (r *reading) takeNotModelled(rows *pgconn.ResultReader) error {
	for rows.NextRow() {
		r.result.NotModelled = append(r.result.NotModelled, string(rows.Values()[0]))
	}
	slices.Sort(r.result.NotModelled)
	r.result.NotModelled = slices.Compact(r.result.NotModelled)
	return nil
}
