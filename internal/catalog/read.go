package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Read takes a snapshot of the database that conn is connected to.
func Read(ctx context.Context, conn *pgx.Conn) (*Snapshot, error) {
	return nil, nil
}
