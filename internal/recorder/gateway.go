// Package recorder stands between the migration tool and the branch that it migrates. The
// tool gets an address on loopback with a throw-away password; the gateway behind it enters
// the branch with the real one, which the tool's process never holds.
package recorder

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Gateway forwards PostgreSQL connections from loopback to one database. Make it with [Open].
type Gateway struct {
	upstream *pgconn.Config
	settings map[string]string // see Options
	local    postgres.Address
	tls      *tls.Config
	logger   *slog.Logger
	listener net.Listener
	tape     *tape     // nil where nothing is recorded
	observer *observer // the same

	ctx     context.Context // ends with Close; the sessions' parent
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	sessions map[backendKey]*pgconn.HijackedConn // for cancel requests
	watched  []*session
}

// backendKey is what a cancel request names its session by: the server's process, and a key
// that the gateway made up.
type backendKey struct {
	pid uint32
	key string
}

// Options say what a gateway does besides forwarding. The zero value forwards and no more.
type Options struct {
	// Logger is told what goes wrong with connections, at the level of debugging; nil is silent.
	Logger *slog.Logger
	// Record has the gateway take down what the sessions do, for [Gateway.Take].
	Record bool
	// Settings are those that a session begins with, such as lock_timeout, where the tool does not ask for
	// its own. What a revision sets for itself counts in any case.
	Settings map[string]string
	// Transactions has a recording gateway ask for the numbers of transactions, for [Gateway.Transactions]: one question
	// more before each COMMIT.
	Transactions bool
	// Revisions is the table whose writes tell which revision a statement belongs to.
	Revisions RevisionTable
}

// RevisionTable names Alembic's version table; the zero value is alembic_version in any schema.
type RevisionTable struct{ Schema, Name string }

// Open starts a gateway to the database at address. It stays until Close and outlives ctx: a
// migration tool that is told to stop still needs it, to stop its statement on the server.
// It refuses a pooled address: a pooler between the tool and the server loses session
// settings and locks (Neon's documentation recommends the direct address for migrations).
func Open(ctx context.Context, address postgres.Address, options Options) (*Gateway, error) {
	if address.Pooled() {
		return nil, pooled(address)
	}
	upstream, err := pgconn.ParseConfig(address.URL().Reveal())
	if err != nil {
		// pgconn redacts the password in its errors.
		return nil, fmt.Errorf("reading the branch's address: %w", err)
	}
	certificate, err := selfSigned()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	g := &Gateway{
		upstream: upstream, settings: options.Settings, tls: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, logger: options.Logger,
		listener: listener, sessions: map[backendKey]*pgconn.HijackedConn{},
	}
	g.local = postgres.Address{
		Host: "127.0.0.1", Port: uint16(listener.Addr().(*net.TCPAddr).Port),
		User: address.User, Password: secret.Text(rand.Text()), Database: address.Database,
	}
	g.ctx, g.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if options.Record {
		if err := g.startRecording(ctx, address, options.Revisions); err != nil {
			listener.Close()
			return nil, err
		}
		g.tape.numbering = options.Transactions
	}
	g.running.Add(1)
	go g.accept() //nolint:contextcheck // sessions live under g.ctx, until Close
	return g, nil
}

// Address is what the migration tool is given: no parameter in it, so that every driver
// takes it, and a password that opens this gateway and nothing else.
func (g *Gateway) Address() postgres.Address { return g.local }

// Sessions are the server's processes that work for the tool now.
func (g *Gateway) Sessions() []uint32 {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []uint32
	for key := range g.sessions {
		all = append(all, key.pid)
	}
	return all
}

// Close ends all sessions and waits for them. What they still run is cancelled on the server
// first: it notices a connection that is gone only when it next wants to send something. The
// server rolls back what they left open.
func (g *Gateway) Close() error {
	g.cancelAll()
	g.cancel()
	err := g.listener.Close()
	g.running.Wait()
	if g.observer != nil {
		g.observer.close()
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (g *Gateway) accept() {
	defer g.running.Done()
	stop := context.AfterFunc(g.ctx, func() { g.listener.Close() })
	defer stop()
	for {
		conn, err := g.listener.Accept()
		if err != nil {
			return // closed, by Close or by the end of the context
		}
		g.running.Go(func() { g.serve(conn) })
	}
}

// serve takes one connection from its first byte to its end.
func (g *Gateway) serve(conn net.Conn) {
	defer conn.Close()
	stop := context.AfterFunc(g.ctx, func() { conn.Close() })
	defer stop()
	client := &client{conn: conn, gateway: g}
	startup, err := client.greet()
	if err != nil || startup == nil {
		g.debug("a connection ended before it began", err)
		return
	}
	server, initial, err := g.enter(startup.parameters)
	if err != nil {
		g.debug("the branch refused a connection", err)
		client.refuse(err)
		return
	}
	defer server.Conn.Close()
	key := newKey(server.PID)
	g.remember(key, server)
	defer g.forget(key)
	if err := client.welcome(server, key); err != nil {
		g.debug("a connection ended while it was welcomed", err)
		return
	}
	if !g.carry(client.conn, server, initial) {
		ctx, done := context.WithTimeout(context.WithoutCancel(g.ctx), farewell)
		defer done()
		g.debug("a statement could not be cancelled", cancelOn(ctx, server))
	}
}

// carry connects the two ends until either goes, and takes down what they say if asked to.
func (g *Gateway) carry(tool net.Conn, server *pgconn.HijackedConn, initial map[string]string) (goodbye bool) {
	if g.tape == nil {
		return splice(tool, server.Conn)
	}
	s := g.newSession(server, initial)
	g.watch(s)
	defer g.unwatch(s)
	return s.relay(tool, server.Conn)
}

// farewell bounds the cancel requests of Close; a run that is stopped must end within seconds.
const farewell = 500 * time.Millisecond

// cancelAll asks the server to cancel what every open session runs; one that is idle ignores it.
func (g *Gateway) cancelAll() {
	ctx, done := context.WithTimeout(g.ctx, farewell)
	defer done()
	var asked sync.WaitGroup
	for _, server := range g.open() {
		asked.Go(func() { g.debug("a statement could not be cancelled", cancelOn(ctx, server)) })
	}
	asked.Wait()
}

func (g *Gateway) open() []*pgconn.HijackedConn {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Collect(maps.Values(g.sessions))
}

func (g *Gateway) debug(message string, err error) {
	if err != nil && g.logger != nil {
		g.logger.Debug(message, "error", err)
	}
}

func (g *Gateway) remember(key backendKey, server *pgconn.HijackedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sessions[key] = server
}

func (g *Gateway) forget(key backendKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sessions, key)
}

func (g *Gateway) session(key backendKey) *pgconn.HijackedConn {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sessions[key]
}

func (g *Gateway) watch(s *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watched = append(g.watched, s)
}

func (g *Gateway) unwatch(s *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watched = slices.DeleteFunc(g.watched, func(other *session) bool { return other == s })
}

// recorded gives the sessions that are open and recorded.
func (g *Gateway) recorded() []*session {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.watched)
}
