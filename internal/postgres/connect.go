package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const (
	// connectTry bounds one attempt: a compute that wakes has been seen to take five seconds,
	// and Neon advises connect timeouts of 15 s and more.
	connectTry = 20 * time.Second
	// connectPause lies between two attempts.
	connectPause = 500 * time.Millisecond
)

// Connect opens a connection, trying again for as long as patience lasts where that can
// help: a compute that wakes, a server that starts, a network that stumbles. A wrong
// password or a missing database fails at once.
func Connect(ctx context.Context, address Address, patience time.Duration) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(address.URL().Reveal())
	if err != nil {
		return nil, fmt.Errorf("reading the address of %s: %w", address, err)
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := connectOnce(waiting, config)
		if err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !worthWaiting(err) {
			return nil, unreachable(address, err)
		}
		select {
		case <-waiting.Done():
			return nil, unreachable(address, err)
		case <-time.After(connectPause):
		}
	}
}

func connectOnce(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTry)
	defer cancel()
	return pgx.ConnectConfig(ctx, config)
}

// worthWaiting tells failures that pass from those that stay. Classes of SQLSTATE are from
// PostgreSQL's appendix A; 57P03 is "cannot connect now", 53300 "too many connections".
func worthWaiting(err error) bool {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return true
	}
	quota := strings.Contains(server.Message, "exceeded the")
	return !quota && (strings.HasPrefix(server.Code, "08") || server.Code == "57P03" || server.Code == "53300" ||
		strings.Contains(server.Message, "connect to compute"))
}

func unreachable(address Address, err error) error {
	f := fault.New("connecting to "+address.String(), "the database does not answer",
		"look at the branch's compute in Neon's console: is it active, and does an IP allow list keep this machine out?")
	var server *pgconn.PgError
	if errors.As(err, &server) {
		f.Explanation = refused(server)
	}
	return f.Because(err)
}

// refused explains the server's own no.
func refused(server *pgconn.PgError) fault.Explanation {
	switch {
	case strings.Contains(server.Message, "exceeded the"):
		return fault.Explanation{Why: "a quota of the Neon project or account is used up", Do: "look at the usage in Neon's console, and raise the quota or wait for the next billing period"}
	case strings.HasPrefix(server.Code, "28"):
		return fault.Explanation{Why: "the server does not take this role or its password", Do: "give the role that owns the database (input role), and reset its password in Neon's console if it was changed by hand"}
	case server.Code == "3D000":
		return fault.Explanation{Why: "there is no such database on the branch", Do: "give its name in the input database"}
	}
	return fault.Explanation{Why: "the server refused the connection", Do: "read the server's words above; the branch's state is in Neon's console"}
}
