// Package line puts a long way between a client and a server on this machine. Each byte takes half
// a round trip, a new connection one more for TCP's handshake, and TCP's slow start holds back
// what is sent in bulk, as it does between a workflow runner and a database elsewhere. Bandwidth
// has no limit and nothing gets lost.
package line

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Line is one way to one server, for any number of connections.
type Line struct {
	listener net.Listener
	target   string
	rtt      time.Duration
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	traffic Traffic
}

// Traffic is what went over a line, as seen from its client's end.
type Traffic struct {
	Connections int
	// Turns counts how often clients began to speak after having listened, the first words
	// included: what a client that waits for each answer pays a round trip for.
	Turns int
	// Up and Down are the bytes to the server and to the client.
	Up, Down int64
}

// Open makes a line to target, a TCP address, of the given round trip. It must be closed.
func Open(ctx context.Context, target string, rtt time.Duration) (*Line, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &Line{listener: listener, target: target, rtt: rtt, cancel: cancel}
	l.running.Go(func() { l.accept(ctx) })
	return l, nil
}

// Port is the port on 127.0.0.1 that clients connect to.
func (l *Line) Port() int { return l.listener.Addr().(*net.TCPAddr).Port }

// Close cuts all connections and tells what went over the line.
func (l *Line) Close() (Traffic, error) {
	err := l.listener.Close()
	l.cancel()
	l.running.Wait()
	return l.traffic, err
}

func (l *Line) accept(ctx context.Context) {
	for {
		client, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			l.running.Go(func() { l.join(ctx, client) })
		}
	}
}

// join carries one connection until both ends have closed their side of it, or the line is cut.
func (l *Line) join(ctx context.Context, client net.Conn) {
	opened := time.Now()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", l.target)
	if err != nil {
		client.Close() // the client is told as it would be by a server that is not there
		return
	}
	cut := func() { client.Close(); server.Close() }
	defer cut()
	defer context.AfterFunc(ctx, cut)()
	side := &counter{line: l}
	l.count(func(t *Traffic) { t.Connections++ })
	var both sync.WaitGroup
	// A client's connect returns at once here, so the handshake delays its first words instead.
	both.Go(func() { carry(server, client, newLane(l.rtt, opened.Add(l.rtt)), side.up, nil) })
	both.Go(func() { carry(client, server, newLane(l.rtt, opened), nil, side.down) })
	both.Wait()
}

func (l *Line) count(change func(*Traffic)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.traffic)
}

// counter watches the client's end of one connection.
type counter struct {
	line     *Line
	speaking bool // the client was the last to say something; guarded by the line's lock
}

func (c *counter) up(n int) {
	c.line.count(func(t *Traffic) {
		t.Up += int64(n)
		if !c.speaking {
			t.Turns++
		}
		c.speaking = true
	})
}

func (c *counter) down(n int) {
	c.line.count(func(t *Traffic) {
		t.Down += int64(n)
		c.speaking = false
	})
}
