package recorder

import (
	"bytes"
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	// greetTimeout bounds how long a connection may take to say who it is.
	greetTimeout = 30 * time.Second
	// connectTimeout covers a compute that wakes, for which Neon's clients are told to allow 30 s.
	connectTimeout = 45 * time.Second
	// maxStartupBytes is libpq's limit for a start-up packet (MAX_STARTUP_PACKET_LENGTH).
	maxStartupBytes = 10000
)

// client is the tool's end of a session.
type client struct {
	conn    net.Conn
	backend *pgproto3.Backend
	gateway *Gateway
}

// greet reads the start-up of a connection and checks its password. It gives nil without an
// error for a connection that only carried a cancel request.
func (c *client) greet() (*pgproto3.StartupMessage, error) {
	if err := c.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return nil, err
	}
	c.speak(c.conn)
	for {
		message, err := c.backend.ReceiveStartupMessage()
		if err != nil {
			return nil, err
		}
		switch m := message.(type) {
		case *pgproto3.SSLRequest:
			err = c.encrypt()
		case *pgproto3.GSSEncRequest:
			_, err = c.conn.Write([]byte{'N'})
		case *pgproto3.CancelRequest:
			return nil, c.gateway.passCancel(backendKey{m.ProcessID, string(m.SecretKey)})
		case *pgproto3.StartupMessage:
			return m, c.admit(m)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (c *client) speak(conn net.Conn) {
	c.conn = conn
	c.backend = pgproto3.NewBackend(conn, conn)
	c.backend.SetMaxBodyLen(maxStartupBytes)
}

// encrypt takes up the offer of TLS, for tools that insist on it. The certificate is made
// up: on loopback there is nobody to prove anything to.
func (c *client) encrypt() error {
	if _, err := c.conn.Write([]byte{'S'}); err != nil {
		return err
	}
	c.speak(tls.Server(c.conn, c.gateway.tls))
	return nil
}

// admit asks for the throw-away password. It goes in clear text: that is what every driver
// speaks, and it never leaves this machine.
func (c *client) admit(startup *pgproto3.StartupMessage) error {
	c.backend.Send(&pgproto3.AuthenticationCleartextPassword{})
	if err := c.backend.Flush(); err != nil {
		return err
	}
	if err := c.backend.SetAuthType(pgproto3.AuthTypeCleartextPassword); err != nil {
		return err
	}
	message, err := c.backend.Receive()
	if err != nil {
		return err
	}
	given, ok := message.(*pgproto3.PasswordMessage)
	want := c.gateway.local.Password.Reveal()
	if !ok || subtle.ConstantTimeCompare([]byte(given.Password), []byte(want)) != 1 {
		return c.deny("28P01", fmt.Sprintf("password authentication failed for user %q", startup.Parameters["user"]))
	}
	// Without a database of its own a client means the one named like its user.
	if database := startup.Parameters["database"]; database != c.gateway.local.Database {
		return c.deny("3D000", fmt.Sprintf("this address leads to database %q only, not to %q", c.gateway.local.Database, database))
	}
	if startup.ProtocolVersion > pgproto3.ProtocolVersion30 {
		c.backend.Send(&pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 0})
	}
	return nil
}

func (c *client) deny(code, message string) error {
	c.backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: message})
	return errors.Join(errors.New(message), c.backend.Flush())
}

// refuse tells the tool why the branch did not let it in, in the server's own words if it
// had any. Other failures are told without their text, which could name the real address.
func (c *client) refuse(err error) {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		_ = c.deny(server.Code, server.Message) // the connection ends in any case
		return
	}
	_ = c.deny("08001", "the branch's database cannot be reached")
}

// welcome ends the start-up as the server ended ours.
func (c *client) welcome(server *pgconn.HijackedConn) error {
	// Anew: a compute that woke may have used up the time of the greeting.
	if err := c.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return err
	}
	c.backend.Send(&pgproto3.AuthenticationOk{})
	for _, name := range slices.Sorted(maps.Keys(server.ParameterStatuses)) {
		c.backend.Send(&pgproto3.ParameterStatus{Name: name, Value: server.ParameterStatuses[name]})
	}
	c.backend.Send(&pgproto3.BackendKeyData{ProcessID: server.PID, SecretKey: server.SecretKey})
	c.backend.Send(&pgproto3.ReadyForQuery{TxStatus: server.TxStatus})
	if err := c.backend.Flush(); err != nil {
		return err
	}
	return c.conn.SetDeadline(time.Time{})
}

// enter opens the server's end of a session, with the settings that the tool asked for.
func (g *Gateway) enter(asked map[string]string) (*pgconn.HijackedConn, error) {
	config := g.upstream.Copy()
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
		return nil, err
	}
	if err := conn.SyncConn(ctx); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn.Hijack()
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
