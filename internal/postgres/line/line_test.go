package line

import (
	"io"
	"net"
	"testing"
	"time"
)

const rtt = 50 * time.Millisecond

// server answers each byte with as many bytes as the request's value says: 1 is a ping, 2 a megabyte.
func server(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return listener.Addr().String()
}

var sizes = map[byte]int{1: 1, 2: 1_000_000}

func answer(conn net.Conn) {
	defer conn.Close()
	request := make([]byte, 1)
	for {
		if _, err := conn.Read(request); err != nil {
			return
		}
		_, _ = conn.Write(make([]byte, sizes[request[0]]))
	}
}

// ask sends one request and tells how many round trips its answer took.
func ask(t *testing.T, conn net.Conn, request byte) float64 {
	t.Helper()
	start := time.Now()
	if _, err := conn.Write([]byte{request}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, sizes[request])); err != nil {
		t.Fatal(err)
	}
	return float64(time.Since(start)) / float64(rtt)
}

func dial(t *testing.T, l *Line) net.Conn {
	t.Helper()
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: l.Port()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestRoundTrips(t *testing.T) {
	l, err := Open(t.Context(), server(t), rtt)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, l)
	tests := []struct {
		name    string
		request byte
		want    float64 // round trips
	}{
		{"the first ping waits for the handshake", 1, 2},
		{"a ping", 1, 1},
		// 14,600 bytes in the first round trip and twice as many in each further one: after
		// seven they are 1,854,200, after six 919,800.
		{"a megabyte in slow start", 2, 7},
		// The window is a megabyte by now: what came, and the first one.
		{"a megabyte after it", 2, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, conn, tt.request); got < tt.want || got > tt.want+0.5 {
				t.Errorf("%.2f round trips, want %v and little more", got, tt.want)
			}
		})
	}
	conn.Close()
	traffic, err := l.Close()
	if want := (Traffic{Connections: 1, Turns: 4, Up: 4, Down: 2_000_002}); err != nil || traffic != want {
		t.Errorf("traffic %+v, want %+v (%v)", traffic, want, err)
	}
}

func TestBulkToTheServerIsHeldBackToo(t *testing.T) {
	start := time.Unix(0, 0)
	l := newLane(rtt, start)
	var arrivals []time.Duration
	for left := 40_000; left > 0; {
		n, arrival := l.send(start, left)
		left -= n
		arrivals = append(arrivals, arrival.Sub(start))
	}
	// 14,600 at once, the other 25,400 when those are acknowledged.
	if want := []time.Duration{rtt / 2, rtt + rtt/2}; len(arrivals) != 2 || arrivals[0] != want[0] || arrivals[1] != want[1] {
		t.Errorf("arrivals %v, want %v", arrivals, want)
	}
}

func TestSilenceNarrowsTheWindow(t *testing.T) {
	start := time.Unix(0, 0)
	l := newLane(rtt, start)
	now := start
	for range 3 {
		_, arrival := l.send(now, 1<<20)
		now = arrival.Add(rtt / 2)
	}
	if n, _ := l.send(now, 1<<20); n != 8*firstWindow {
		t.Fatalf("%d bytes leave at once after three full windows, want %d", n, 8*firstWindow)
	}
	now = now.Add(rtt + 2*(rtt+retransmission) + time.Millisecond)
	// That window came through, which made 16; then two silences halved it twice.
	if n, _ := l.send(now, 1<<20); n != 4*firstWindow {
		t.Errorf("%d bytes leave at once after silence, want %d", n, 4*firstWindow)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	l, err := Open(t.Context(), "127.0.0.1:1", rtt)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn := dial(t, l)
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("something was read from nowhere")
	}
}

func TestClosingCutsConnections(t *testing.T) {
	l, err := Open(t.Context(), server(t), rtt)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, l)
	ask(t, conn, 1)
	if _, err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a cut connection was read from")
	}
}
