package catalog

import (
	"context"
	"errors"
	"fmt"
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
// read transaction in two round trips, whatever the size. Any role may do it; rights on the
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
	begin, err := firstFlight(major, options)
	if err != nil {
		return nil, err
	}
	// Almost always the first attempt is the only one: see queries/moved.sql.
	moved := ""
	for range attempts {
		reading := newReading(major)
		if err := begin.run(ctx, pg, reading); err != nil {
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

// takeText takes the first column of the last row.
func takeText(place func(*reading) *string) func(*reading, *rows) error {
	return func(r *reading, from *rows) error {
		for from.next() {
			*place(r) = string(from.values[0])
		}
		return nil
	}
}

// takeRare takes the names of the rare sources that have something but members of extensions.
func (r *reading) takeRare(from *rows) error {
	for from.next() {
		values := from.values
		name := string(values[0])
		class, classErr := strconv.ParseUint(string(values[1]), 10, 32)
		count, countErr := strconv.Atoi(string(values[2]))
		if err := errors.Join(classErr, countErr); err != nil {
			return fmt.Errorf("reading how many %s there are: %w", name, err)
		}
		switch {
		case name == "large objects":
			r.result.NotModelled = append(r.result.NotModelled, name)
		case count > r.membersOf(uint32(class)):
			r.rare = append(r.rare, rareFiles(name)...)
		}
	}
	return nil
}

// rareFiles gives the sources that a kind needs: what is in a class may come from elsewhere too.
func rareFiles(kind string) []string {
	if kind == "operator_classes" {
		return []string{kind, "operator_members"}
	}
	return []string{kind}
}

func (r *reading) takeDatabase(from *rows) error {
	for from.next() {
		for i, value := range from.values {
			if err := r.takeProperty(from.columns[i].name, value); err != nil {
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
	case "server_version":
		number, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("reading the server's version: %w", err)
		}
		r.result.ServerVersion = number
	default:
		r.result.Environment = append(r.result.Environment, Field{Name: name, Value: text})
	}
	return nil
}

func (r *reading) takeNotModelled(from *rows) error {
	for from.next() {
		r.result.NotModelled = append(r.result.NotModelled, string(from.values[0]))
	}
	return nil
}
