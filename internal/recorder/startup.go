package recorder

import (
	"bufio"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const (
	// greetTimeout bounds how long a connection may take to say who it is.
	greetTimeout = 30 * time.Second
	// maxStartupBytes is libpq's limit for a start-up packet (MAX_STARTUP_PACKET_LENGTH).
	maxStartupBytes = 10000
	// keyBytes is the length of a cancel key in protocol 3.0, which is the one spoken here.
	keyBytes = 4
)

// Codes in the place of a protocol version (PostgreSQL's src/include/libpq/pqcomm.h).
const (
	codeCancel  = 80877102
	codeSSL     = 80877103
	codeGSS     = 80877104
	protocol30  = 3 << 16
	tlsAnnounce = 0x16 // the first byte of a TLS handshake: sslnegotiation=direct sends no request
)

// client is the tool's end of a session until the session begins.
type client struct {
	conn    net.Conn
	gateway *Gateway
}

// startup is what a connection asks for.
type startup struct {
	version    uint32
	parameters map[string]string
	unknown    []string // protocol options, which begin with _pq_.
}

// buffered is a connection of which some bytes have been read ahead.
type buffered struct {
	net.Conn
	in *bufio.Reader
}

// Read implements [io.Reader].
func (b buffered) Read(p []byte) (int, error) { return b.in.Read(p) }

// greet reads the start-up of a connection and checks its password. It gives nil without an
// error for a connection that only carried a cancel request.
func (c *client) greet() (*startup, error) {
	if err := c.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return nil, err
	}
	if err := c.meetTLS(); err != nil {
		return nil, err
	}
	for {
		code, body, err := c.packet()
		if err != nil {
			return nil, err
		}
		switch code {
		case codeSSL:
			err = c.encrypt()
		case codeGSS:
			_, err = c.conn.Write([]byte{'N'})
		case codeCancel:
			return nil, c.cancel(body)
		default:
			return c.admit(code, body)
		}
		if err != nil {
			return nil, err
		}
	}
}

// meetTLS begins TLS at once for a tool that does not ask first.
func (c *client) meetTLS() error {
	in := bufio.NewReader(c.conn)
	c.conn = buffered{c.conn, in}
	first, err := in.Peek(1)
	if err != nil || first[0] != tlsAnnounce {
		return err
	}
	c.conn = tls.Server(c.conn, c.gateway.tls)
	return nil
}

// packet reads one start-up packet: a length, a code, and the rest.
func (c *client) packet() (code uint32, body []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(c.conn, head[:]); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < uint32(len(head)) || length > maxStartupBytes {
		return 0, nil, errFrame
	}
	body = make([]byte, length-uint32(len(head)))
	_, err = io.ReadFull(c.conn, body)
	return binary.BigEndian.Uint32(head[4:]), body, err
}

// encrypt takes up the offer of TLS, for tools that insist on it. The certificate is made
// up: on loopback there is nobody to prove anything to.
func (c *client) encrypt() error {
	if b, ok := c.conn.(buffered); ok && b.in.Buffered() > 0 {
		return errors.New("data came ahead of the TLS handshake") // as the server does, against injection
	}
	if _, err := c.conn.Write([]byte{'S'}); err != nil {
		return err
	}
	c.conn = tls.Server(c.conn, c.gateway.tls)
	return nil
}

// cancel passes on a cancel request: the process and the key that the tool was given.
func (c *client) cancel(body []byte) error {
	// Over TLS libpq takes the end of this connection for success only after a good-bye, which the server
	// says too (PQcancelPoll, PostgreSQL 17 and later).
	defer c.conn.Close()
	if len(body) < keyBytes {
		return errFrame
	}
	return c.gateway.passCancel(backendKey{binary.BigEndian.Uint32(body), string(body[keyBytes:])})
}

// parseStartup reads what follows the protocol version: pairs of names and values.
func parseStartup(version uint32, body []byte) (*startup, error) {
	s := &startup{version: version, parameters: map[string]string{}}
	for len(body) > 1 {
		var name, value string
		name, body = cut(body)
		if name == "" {
			break
		}
		value, body = cut(body)
		if strings.HasPrefix(name, "_pq_.") {
			s.unknown = append(s.unknown, name)
			continue
		}
		s.parameters[name] = value
	}
	if version>>16 != 3 || s.parameters["user"] == "" {
		return nil, errors.New("a connection speaks another protocol than 3")
	}
	return s, nil
}

// admit asks for the throw-away password. It goes in clear text: that is what every driver
// speaks, and it never leaves this machine.
func (c *client) admit(version uint32, body []byte) (*startup, error) {
	s, err := parseStartup(version, body)
	if err != nil {
		return nil, errors.Join(err, c.deny("08P01", err.Error()))
	}
	var messages []pgproto3.BackendMessage
	if version > protocol30 || len(s.unknown) > 0 {
		// The whole version and not its minor part: libpq 18 takes 0 for a version before 3.0.
		messages = append(messages, &pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: protocol30, UnrecognizedOptions: s.unknown})
	}
	if err := c.send(append(messages, &pgproto3.AuthenticationCleartextPassword{})...); err != nil {
		return nil, err
	}
	given, err := c.password()
	if err != nil {
		return nil, err
	}
	want := c.gateway.local.Password.Reveal()
	if subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 {
		return nil, c.deny("28P01", fmt.Sprintf("password authentication failed for user %q", s.parameters["user"]))
	}
	// Without a database of its own a client means the one named like its user.
	if database := s.parameters["database"]; database != c.gateway.local.Database {
		return nil, c.deny("3D000", fmt.Sprintf("this address leads to database %q only, not to %q", c.gateway.local.Database, database))
	}
	return s, nil
}

// password reads the one message that may come now.
func (c *client) password() (string, error) {
	var head [headBytes]byte
	if _, err := io.ReadFull(c.conn, head[:]); err != nil {
		return "", err
	}
	length := binary.BigEndian.Uint32(head[1:])
	if head[0] != 'p' || length < 4 || length > maxStartupBytes {
		return "", errFrame
	}
	body := make([]byte, length-4)
	if _, err := io.ReadFull(c.conn, body); err != nil {
		return "", err
	}
	text, _ := cut(body)
	return text, nil
}

func (c *client) send(messages ...pgproto3.BackendMessage) error {
	var out []byte
	for _, m := range messages {
		var err error
		if out, err = m.Encode(out); err != nil {
			return err
		}
	}
	_, err := c.conn.Write(out)
	return err
}

func (c *client) deny(code, message string) error {
	err := c.send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: message})
	return errors.Join(errors.New(message), err)
}

// refuse tells the tool why the branch did not let it in, in the server's own words if it
// had any. Other failures are told without their text, which could name the real address.
func (c *client) refuse(err error) {
	var server *pgconn.PgError
	var known *fault.Error
	switch {
	case errors.As(err, &server):
		_ = c.deny(server.Code, server.Message) // the connection ends in any case
	case errors.As(err, &known):
		_ = c.deny("08001", known.Why)
	default:
		_ = c.deny("08001", "the branch's database cannot be reached")
	}
}

// welcome ends the start-up as the server ended ours, with a cancel key of this gateway's own.
func (c *client) welcome(server *pgconn.HijackedConn, key backendKey) error {
	// Anew: a compute that woke may have used up the time of the greeting.
	if err := c.conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		return err
	}
	messages := []pgproto3.BackendMessage{&pgproto3.AuthenticationOk{}}
	for _, name := range slices.Sorted(maps.Keys(server.ParameterStatuses)) {
		messages = append(messages, &pgproto3.ParameterStatus{Name: name, Value: server.ParameterStatuses[name]})
	}
	messages = append(messages,
		&pgproto3.BackendKeyData{ProcessID: key.pid, SecretKey: []byte(key.key)},
		&pgproto3.ReadyForQuery{TxStatus: server.TxStatus})
	if err := c.send(messages...); err != nil {
		return err
	}
	return c.conn.SetDeadline(time.Time{})
}

// newKey makes the key that the tool cancels with; the server's own is no business of its.
func newKey(pid uint32) backendKey {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // it never fails
	return backendKey{pid, string(key)}
}
