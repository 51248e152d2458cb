package neonlocal

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// front is the address of an endpoint: it stays while the cluster behind it sleeps, wakes or is
// replaced. It passes bytes on and understands none of them, so that encryption reaches from
// end to end. A request to cancel is a connection like any other.
type front struct {
	listener net.Listener
	cluster  atomic.Pointer[cluster]
	disabled atomic.Bool

	ctx    context.Context // ended by close, for those that still wait for a server
	cancel context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil when closed
	done  sync.WaitGroup
}

// listen opens port on the loopback, or another one if it is 0 or taken.
func listen(port int) (*front, error) {
	listener, err := net.Listen("tcp4", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil && port != 0 {
		listener, err = net.Listen("tcp4", net.JoinHostPort(loopback, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("opening an endpoint: %w", err)
	}
	f := &front{listener: listener, conns: map[net.Conn]struct{}{}}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	return f, nil
}

const loopback = "127.0.0.1"

func (f *front) port() int { return f.listener.Addr().(*net.TCPAddr).Port }

// serve accepts until the front is closed.
func (f *front) serve() {
	for {
		conn, err := f.listener.Accept()
		if err != nil {
			return
		}
		if !f.enter(conn) {
			_ = conn.Close()
			return
		}
		go func() {
			defer f.leave(conn)
			f.splice(conn)
		}()
	}
}

func (f *front) enter(conn net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conns == nil {
		return false
	}
	f.conns[conn] = struct{}{}
	f.done.Add(1)
	return true
}

func (f *front) leave(conn net.Conn) {
	_ = conn.Close()
	f.mu.Lock()
	delete(f.conns, conn)
	f.mu.Unlock()
	f.done.Done()
}

// splice wakes the cluster and joins the connection with it. A cluster that was replaced while
// the connection waited for it is replaced here too.
func (f *front) splice(conn net.Conn) {
	if f.disabled.Load() {
		turnAway(conn, "The endpoint has been disabled. Enable it using Neon API and retry.")
		return
	}
	target := f.cluster.Load()
	server, release, err := target.acquire(f.ctx)
	if now := f.cluster.Load(); err != nil && now != target {
		server, release, err = now.acquire(f.ctx)
	}
	if err != nil {
		turnAway(conn, "Couldn't connect to compute node")
		return
	}
	defer release()
	upstream, err := new(net.Dialer).DialContext(f.ctx, "tcp4", net.JoinHostPort(loopback, strconv.Itoa(server.Port())))
	if err != nil {
		turnAway(conn, "Couldn't connect to compute node")
		return
	}
	join(conn, upstream)
}

// join copies both ways until the server's side ends: that of a client which has said all it
// wants to say may end before.
func join(client, server net.Conn) {
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client) // how it ended is the peers' business
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

// turnAway answers as Neon's proxy does when there is no compute: after the client's first
// message, which it asks to go on without encryption if need be, an error and the end.
func turnAway(conn net.Conn, message string) {
	var head [8]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return
	}
	body := "SFATAL\x00VFATAL\x00C08006\x00M" + message + "\x00\x00"
	size := len(body) + 4
	_, _ = conn.Write(append([]byte{'E', byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}, body...))
}

// point leads new connections to another cluster and drops all others.
func (f *front) point(c *cluster) {
	f.cluster.Store(c)
	f.drop()
}

func (f *front) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for conn := range f.conns {
		_ = conn.Close()
	}
}

// close ends the address and everything on it.
func (f *front) close() {
	_ = f.listener.Close()
	f.cancel()
	f.mu.Lock()
	for conn := range f.conns {
		_ = conn.Close()
	}
	f.conns = nil
	f.mu.Unlock()
	f.done.Wait()
}

// host is what Neon calls the endpoint's host; here it needs the port as well.
func (e *endpoint) host() string { return net.JoinHostPort(loopback, strconv.Itoa(e.Port)) }

// poolerHost names the pooler that Neon would have. There is none here: where *.localhost
// resolves, the name leads to the same server.
func (e *endpoint) poolerHost() string {
	return net.JoinHostPort(e.ID+"-pooler.localhost", strconv.Itoa(e.Port))
}

// uri is the connection address as Neon writes it.
func (s *Server) uri(host string, r *role, databaseName string) string {
	name, p, _ := net.SplitHostPort(host) // neither without a port
	port, _ := strconv.ParseUint(p, 10, 16)
	a := postgres.Address{
		Host: cmp.Or(name, host), Port: uint16(port), User: r.Name,
		Password: r.Password.text(), Database: databaseName,
	}
	return a.URL().Reveal() + "?" + s.sslParams()
}
