package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Gate tells in one round trip and one row in which state the system catalogs of a database
// are. Two equal gates of one database mean that nothing at all was written to its catalogs in
// between, so that its schema is the same; different ones mean nothing yet, because rows are
// also written anew without a change. It takes some 25 ms for an ordinary schema. A branch is a
// copy of its parent's pages and has its gate, until either is changed. Any role may ask, in
// any session; faults are those of [Read].
func Gate(ctx context.Context, conn *pgx.Conn) (string, error) {
	major, err := serverMajor(conn.PgConn().ParameterStatus("server_version"))
	if err != nil {
		return "", err
	}
	text, err := sql("gate", major)
	if err != nil {
		return "", err
	}
	var gate string
	if err := conn.QueryRow(ctx, text, pgx.QueryExecModeExec).Scan(&gate); err != nil {
		return "", readFault(err, conn.PgConn().IsClosed(), ReadOptions{LockTimeout: defaultLockTimeout})
	}
	return gate, nil
}

// Refresh gives the snapshot of the same database as it is now: before itself, after a single
// short query, if nothing was written to the catalogs since (see [Gate]), else a new one. It
// reads anew where before was taken without its gate or from another database.
func Refresh(ctx context.Context, conn *pgx.Conn, before *Snapshot) (*Snapshot, error) {
	if before.Gate != "" {
		gate, err := Gate(ctx, conn)
		if err != nil {
			return nil, err
		}
		if gate == before.Gate {
			return before, nil
		}
	}
	return ReadWith(ctx, conn, ReadOptions{Gate: before.Gate != "", Sizes: before.Sizes})
}

// lineage names the database behind a connection (see [Snapshot.Lineage]).
func lineage(conn *pgx.Conn, database string) string {
	config := conn.Config()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s", config.Host, config.Port, database))
	return hex.EncodeToString(sum[:8])
}
