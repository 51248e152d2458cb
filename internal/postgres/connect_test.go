package postgres_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

func connect(ctx context.Context, a postgres.Address) (*pgx.Conn, error) {
	return pgx.Connect(ctx, a.URL().Reveal())
}
