package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// connectTimeout covers a compute that wakes, for which Neon's clients are told to allow 30 s.
const connectTimeout = 45 * time.Second

// enter opens the server's end of a session, with the settings that the tool asked for. Where the
// session is recorded it gives the settings to begin with: the tool has not been told yet that the server is
// ready, so nothing it does is disturbed.
func (g *Gateway) enter(asked map[string]string) (*pgconn.HijackedConn, map[string]string, error) {
	config := g.upstream.Copy()
	for name, value := range g.settings {
		// PostgreSQL reads the options first and lets other parameters of the start-up win over them.
		if !strings.Contains(asked["options"], name) {
			config.RuntimeParams[name] = value
		}
	}
	for name, value := range asked {
		switch name {
		case "user", "database", "replication":
			// The gateway's own, and nothing that a migration has a use for.
		default:
			config.RuntimeParams[name] = value
		}
	}
	ctx, cancel := context.WithTimeout(g.ctx, connectTimeout)
	defer cancel()
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	var initial map[string]string
	if g.tape != nil {
		if initial, err = g.inspect(ctx, conn); err != nil {
			return nil, nil, errors.Join(err, conn.Close(ctx))
		}
	}
	if err := conn.SyncConn(ctx); err != nil {
		return nil, nil, errors.Join(err, conn.Close(ctx))
	}
	server, err := conn.Hijack()
	return server, initial, err
}

// inspect reads a new session's settings, and refuses one that a pooler answers.
func (g *Gateway) inspect(ctx context.Context, conn *pgconn.PgConn) (map[string]string, error) {
	initial, pooler, err := poolerAnswers(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("reading the session's settings: %w", err)
	}
	if pooler {
		return nil, pooled(g.observer.address)
	}
	return initial, nil
}

// pooled are the words for an address that leads through a pooler, with the one to use.
func pooled(address postgres.Address) *fault.Error {
	do := "give the address of the server itself, not of the pooler before it"
	if label, rest, found := strings.Cut(address.Host, "."); found && address.Pooled() {
		do = "give the direct address: " + strings.TrimSuffix(label, "-pooler") + "." + rest
	}
	return fault.Usage("opening a way to "+address.String(),
		"a connection pooler answers there, which keeps no session state: lock_timeout, advisory locks and search_path would be lost, and locks cannot be told", do)
}

// passCancel hands a cancel request on to the server, if it names a session of ours.
func (g *Gateway) passCancel(key backendKey) error {
	server := g.session(key)
	if server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(g.ctx, greetTimeout)
	defer cancel()
	return cancelOn(ctx, server)
}

func cancelOn(ctx context.Context, server *pgconn.HijackedConn) error {
	// A second PgConn over the same wire is made for its CancelRequest alone, which dials
	// a connection of its own; it never reads or writes this one.
	canceller, err := pgconn.Construct(server)
	if err != nil {
		return fmt.Errorf("passing on a cancel request: %w", err)
	}
	return canceller.CancelRequest(ctx)
}

// splice carries bytes both ways until either side ends. It tells whether the tool took its
// leave in the protocol's way; one that was killed did not, and its statement still runs.
func splice(client, server net.Conn) (goodbye bool) {
	var both sync.WaitGroup
	said := &tail{to: server}
	carry := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from) // an end is an end, however it came
		client.Close()
		server.Close()
	}
	both.Go(func() { carry(said, client) })
	both.Go(func() { carry(client, server) })
	both.Wait()
	return bytes.Equal(said.last, terminate)
}

// terminate is the message by which a client ends its session (PostgreSQL's protocol, "Terminate").
var terminate = []byte{'X', 0, 0, 0, 4}

// tail passes bytes on and keeps the last five.
type tail struct {
	to   io.Writer
	last []byte
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p[max(0, len(p)-len(terminate)):]...)
	t.last = t.last[max(0, len(t.last)-len(terminate)):]
	return t.to.Write(p)
}
