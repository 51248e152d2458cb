package line

import (
	"net"
	"time"
)

const (
	// segment is what one TCP segment carries on an Ethernet of 1,500 bytes, without time stamps.
	segment = 1460
	// firstWindow is what may be sent before the first acknowledgement (RFC 6928).
	firstWindow = 10 * segment
	// retransmission is Linux's least timeout beyond the round trip. A sender that was silent for
	// longer begins anew: its window is halved for each such time (tcp_cwnd_restart).
	retransmission = 200 * time.Millisecond
	// chunk and backlog make 4 MB, the most that Linux keeps of what a program has written to a
	// socket (tcp_wmem): so far the server can run ahead of the line.
	chunk   = 16 << 10
	backlog = 4 << 20 / chunk
)

// lane decides when bytes of one direction leave and arrive. It is told the time and keeps no clock.
type lane struct {
	rtt     time.Duration
	window  int       // bytes that may be under way without an acknowledgement
	flying  int       // bytes that are
	acks    []ack     // of those, in order
	last    time.Time // when something was sent last
	opening time.Time // nothing leaves before
}

type ack struct {
	at    time.Time
	bytes int
}

func newLane(rtt time.Duration, opening time.Time) *lane {
	return &lane{rtt: rtt, window: firstWindow, opening: opening, last: opening}
}

// send takes up to n bytes that are ready now and tells how many of them leave together, and
// when they arrive.
func (l *lane) send(now time.Time, n int) (sent int, arrival time.Time) {
	if now.Before(l.opening) {
		now = l.opening
	}
	l.acknowledge(now)
	if l.flying >= l.window {
		now = l.acks[0].at
		l.acknowledge(now)
	}
	for idle := now.Sub(l.last); idle > l.rtt+retransmission && l.window > firstWindow; idle -= l.rtt + retransmission {
		l.window = max(l.window/2, firstWindow)
	}
	sent = min(n, l.window-l.flying)
	l.flying += sent
	l.last = now
	l.acks = append(l.acks, ack{at: now.Add(l.rtt), bytes: sent})
	return sent, now.Add(l.rtt / 2)
}

// acknowledge takes the acknowledgements that have come back; each widens the window by as
// much as it confirms (slow start).
func (l *lane) acknowledge(now time.Time) {
	for len(l.acks) > 0 && !l.acks[0].at.After(now) {
		l.flying -= l.acks[0].bytes
		l.window += l.acks[0].bytes
		l.acks = l.acks[1:]
	}
}

// flight is what arrives together; no bytes mean the end.
type flight struct {
	arrival time.Time
	bytes   []byte
}

// carry moves bytes from one connection to another by the lane's rules until from ends, and
// closes that side of to. Its callers see bytes as they are read and as they are written.
func carry(to, from net.Conn, l *lane, onRead, onWrite func(int)) {
	read := make(chan []byte, backlog)
	go func() {
		defer close(read)
		for {
			buffer := make([]byte, chunk)
			n, err := from.Read(buffer)
			if n > 0 {
				tell(onRead, n)
				read <- buffer[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	flights := make(chan flight, backlog)
	go func() {
		defer close(flights)
		for bytes := range read {
			for len(bytes) > 0 {
				n, arrival := l.send(time.Now(), len(bytes))
				time.Sleep(time.Until(arrival.Add(-l.rtt / 2))) // it leaves then, and the next thing after it
				flights <- flight{arrival: arrival, bytes: bytes[:n]}
				bytes = bytes[n:]
			}
		}
		flights <- flight{arrival: time.Now().Add(l.rtt / 2)}
	}()
	deliver(to, flights, onWrite)
}

func deliver(to net.Conn, flights <-chan flight, onWrite func(int)) {
	for f := range flights {
		time.Sleep(time.Until(f.arrival))
		if len(f.bytes) == 0 {
			_ = to.(*net.TCPConn).CloseWrite() // the other side may have gone already
			continue
		}
		tell(onWrite, len(f.bytes)) // before, since the answer to it comes on another goroutine
		_, _ = to.Write(f.bytes)    // who does not listen any more is sent the rest in vain
	}
}

func tell(observer func(int), n int) {
	if observer != nil {
		observer(n)
	}
}
