package catalog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// oldestMajor is the oldest PostgreSQL whose catalogs the queries know, and the oldest that
// Neon runs.
const oldestMajor = 14

const readingSchema = "reading the schema"

// serverMajor reads the major version out of the server's parameter: "15.18 (Debian …)",
// "18beta1", "19devel".
func serverMajor(parameter string) (int, error) {
	digits := 0
	for digits < len(parameter) && parameter[digits] >= '0' && parameter[digits] <= '9' {
		digits++
	}
	major, err := strconv.Atoi(parameter[:digits])
	if err != nil {
		return 0, fault.New(readingSchema, fmt.Sprintf("the server does not tell its version (%q)", parameter),
			"connect to PostgreSQL 14 or newer, by the direct address and not through a pooler of another kind")
	}
	if major < oldestMajor {
		return 0, fault.New(readingSchema, fmt.Sprintf("the server is PostgreSQL %d, and the oldest that is supported is %d", major, oldestMajor),
			fmt.Sprintf("upgrade the project to PostgreSQL %d or newer", oldestMajor))
	}
	return major, nil
}

// readFault finds words for what stopped a snapshot; closed tells that the connection is
// gone. Messages of the server about catalogs hold names at most, never rows.
func readFault(err error, closed bool, options ReadOptions) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", readingSchema, err)
	}
	var server *pgconn.PgError
	isServer := errors.As(err, &server)
	switch {
	case !isServer && !closed:
		return fmt.Errorf("%s: %w", readingSchema, err)
	case !isServer:
		return fault.New(readingSchema, "the connection to the database broke", "run it again").Because(err)
	}
	switch server.Code {
	case "55P03": // lock_not_available
		return fault.New(readingSchema, fmt.Sprintf("another session kept a table locked for more than %s, most likely a running migration", options.LockTimeout),
			"wait for it to end and run it again; SELECT * FROM pg_stat_activity WHERE state <> 'idle' shows the sessions").Because(err)
	case "42501": // insufficient_privilege
		return fault.New(readingSchema, "the role may not read a system catalog that every role may read by default",
			"connect as the owner of the database, or grant the role SELECT on the catalog that the message names").Because(err)
	case "57014": // query_canceled
		return fault.New(readingSchema, "the server cancelled the query: statement_timeout is too short for this database, or an administrator did it",
			"raise it for the role, ALTER ROLE name SET statement_timeout = '1min', and run it again").Because(err)
	case "53200": // out_of_memory, also of the lock table
		return fault.New(readingSchema, "the server is out of memory or of locks for a schema of this size",
			"raise max_locks_per_transaction or the size of the compute").Because(err)
	case "57P01", "57P02", "57P03": // admin_shutdown, crash_shutdown, cannot_connect_now
		return fault.New(readingSchema, "the server shut down or restarted", "run it again when it is up").Because(err)
	}
	return fault.New(readingSchema, "the server refused a query on its catalogs (SQLSTATE "+server.Code+")",
		"run it again; if it stays, report it with the server's version").Because(err)
}
