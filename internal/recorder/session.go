package recorder

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// slowStatement is from which duration on even a statement that equals an earlier one is asked about.
const slowStatement = 50 * time.Millisecond

// session is one connection of the tool that is recorded. It follows the protocol on both sides:
// two goroutines carry the messages, and while the server has yet to say that it is ready,
// no further statement goes to it. So the server rests whenever it is asked for the locks.
type session struct {
	gateway  *Gateway
	tape     *tape
	observer *observer
	server   *pgconn.HijackedConn
	number   int

	mu       sync.Mutex // guards what follows; not held during a question
	gate     *sync.Cond
	closed   bool
	awaiting bool // a ReadyForQuery is owed: the gate is shut
	status   byte // of the transaction: I, T or E
	idle     time.Time
	escape   bool // standard_conforming_strings is off
	unit     *unit
	last     *entry
	prepared map[string]prepared
	portals  map[string]prepared
	settings settings
	tx       transaction
}

func (g *Gateway) newSession(server *pgconn.HijackedConn, initial map[string]string) *session {
	s := &session{
		gateway: g, tape: g.tape, observer: g.observer, server: server, status: server.TxStatus, idle: time.Now(),
		escape:   server.ParameterStatuses["standard_conforming_strings"] == "off",
		prepared: map[string]prepared{}, portals: map[string]prepared{}, settings: newSettings(initial), tx: newTransaction(),
	}
	s.gate = sync.NewCond(&s.mu)
	s.number = g.tape.join(server.PID, server.ParameterStatuses["server_version"])
	return s
}

// relay carries the messages both ways until either side ends. It tells whether the tool took
// its leave in the protocol's way.
func (s *session) relay(client, server net.Conn) (goodbye bool) {
	var both sync.WaitGroup
	end := func() {
		client.Close()
		server.Close()
		s.mu.Lock()
		s.closed = true
		s.gate.Broadcast()
		s.mu.Unlock()
	}
	both.Go(func() {
		defer end()
		goodbye = s.fromTool(newWire(client, server))
	})
	both.Go(func() {
		defer end()
		s.fromServer(newWire(server, client))
	})
	both.Wait()
	s.leave()
	return goodbye
}

// fromTool passes the tool's messages on. Data of COPY and the farewell are never held up.
func (s *session) fromTool(w *wire) (goodbye bool) {
	for {
		f, err := w.next()
		if err != nil {
			return goodbye
		}
		switch f.kind {
		case 'd', 'c', 'f':
		case 'X':
			goodbye = true
		default:
			if !s.enter(w, f) {
				return false
			}
		}
		if err := w.pass(f); err != nil {
			return goodbye
		}
	}
}

// enter holds a message until its turn has come and looks at it; false if the session ended.
func (s *session) enter(w *wire, f frame) bool {
	if !s.wait(w) {
		return false
	}
	body, err := w.body(f)
	if err != nil {
		return false
	}
	s.sent(f, body)
	return true
}

// wait holds the tool's next message while the server owes a ReadyForQuery.
func (s *session) wait(w *wire) bool {
	s.mu.Lock()
	awaiting := s.awaiting
	s.mu.Unlock()
	// Not under the lock: the server may read no more until its answers are taken, which needs it.
	if awaiting && w.out.Flush() != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.awaiting && !s.closed {
		s.gate.Wait()
	}
	return !s.closed
}

// sent looks at a message that goes to the server next.
func (s *session) sent(f frame, body []byte) {
	isCut := f.size > len(body)
	switch f.kind {
	case 'Q':
		text, _ := cut(body)
		p := s.read(text, isCut)
		s.begin(p.script)
		s.simple(p)
	case 'F':
		p := prepared{script: &script{shown: "(a function called by its number)", class: other}}
		s.begin(p.script)
		s.simple(p)
	case 'P':
		name, rest := cut(body)
		text, _ := cut(rest)
		p := s.read(text, isCut)
		s.begin(p.script)
		s.parsed(name, p)
	case 'B':
		s.begin(nil)
		s.bound(f, body)
	case 'E':
		s.begin(nil)
		s.executed(body)
	case 'C':
		s.begin(nil)
		s.forgets(body)
	case 'S':
		s.begin(nil)
		s.synced()
	default:
		s.begin(nil)
	}
}

// read looks at SQL text.
func (s *session) read(text string, isCut bool) prepared {
	sc := readScript(text, isCut, s.escape)
	return prepared{sc, s.tape.table.write(sc)}
}

// begin starts a unit with its first message. Before something new, what ran unasked is asked for.
func (s *session) begin(next *script) {
	s.mu.Lock()
	fresh := s.unit == nil
	ask := fresh && next != nil && s.tx.owes(next)
	s.mu.Unlock()
	if ask {
		s.catchUp()
	}
	if !fresh {
		return
	}
	if next != nil {
		s.noteNumbers(next)
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &unit{began: now, status: s.status, entry: &entry{began: now, under: s.tx.strong}}
	u.entry.Session, u.entry.WAL = s.number, -1
	u.entry.LockTimeout = s.settings.duration("lock_timeout")
	u.entry.StatementTimeout = s.settings.duration("statement_timeout")
	s.unit = u
	s.startSampling(u)
}

func (s *session) simple(p prepared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.prepared, "") // the server drops the unnamed ones, too
	delete(s.portals, "")
	s.unit.ran(p)
	s.awaiting = true
}

func (s *session) parsed(name string, p prepared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prepared[name] = p
	s.unit.expected = append(s.unit.expected, expected{'P', p.script})
}

func (s *session) bound(f frame, body []byte) {
	portal, rest := cut(body)
	name, _ := cut(rest)
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.prepared[name]
	if !known { // prepared by SQL's own PREPARE
		p = prepared{script: &script{shown: "(the prepared statement " + name + ")", class: other}}
	}
	if p.write != nil && p.write.param > 0 && f.size == len(body) {
		p.write = p.write.with(body)
	}
	s.portals[portal] = p
	s.unit.expected = append(s.unit.expected, expected{'B', p.script})
}

// with takes the revision from a parameter, the one value that is ever looked at.
func (w *versionWrite) with(bind []byte) *versionWrite {
	var m pgproto3.Bind
	if err := m.Decode(bytes.Clone(bind)); err != nil || w.param > len(m.Parameters) {
		return w
	}
	filled := *w
	filled.revision = string(m.Parameters[w.param-1])
	return &filled
}

func (s *session) executed(body []byte) {
	portal, _ := cut(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.portals[portal]
	if !known { // a cursor of SQL's own
		p = prepared{script: &script{shown: "(the cursor " + portal + ")", class: data}}
	}
	s.unit.ran(p)
	s.unit.expected = append(s.unit.expected, expected{'E', p.script})
}

func (s *session) forgets(body []byte) {
	if len(body) == 0 {
		return
	}
	name, _ := cut(body[1:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if body[0] == 'S' {
		delete(s.prepared, name)
	} else {
		delete(s.portals, name)
	}
}

func (s *session) synced() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaiting = true
}

// fromServer passes the server's messages on, and holds each ReadyForQuery until the recorder
// has asked what it wants to know.
func (s *session) fromServer(w *wire) {
	for {
		f, err := w.next()
		if err != nil {
			return
		}
		switch f.kind {
		case 'C', 'E', 'I', 's', '1', '2', 'G', 'S', 'Z':
			body, err := w.body(f)
			if err != nil {
				return
			}
			s.received(f.kind, body)
		}
		if err := w.pass(f); err != nil {
			return
		}
		if f.kind == 'Z' {
			if err := w.out.Flush(); err != nil {
				return
			}
			s.open()
		}
	}
}

// received looks at a message that goes to the tool next.
func (s *session) received(kind byte, body []byte) {
	switch kind {
	case 'Z':
		if len(body) == 1 {
			s.ready(body[0])
		}
		return
	case 'S':
		if name, rest := cut(body); name == "standard_conforming_strings" {
			value, _ := cut(rest)
			s.mu.Lock()
			s.escape = value == "off"
			s.mu.Unlock()
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.unit
	if u == nil {
		return // an error that ends the session
	}
	switch kind {
	case 'C':
		tag, _ := cut(body)
		u.tag(tag)
		u.answered('E')
	case 'I', 's':
		u.answered('E')
	case '1':
		u.answered('P')
	case '2':
		u.answered('B')
	case 'E':
		var m pgproto3.ErrorResponse
		if m.Decode(bytes.Clone(body)) == nil {
			u.fail(&m)
		}
	case 'G':
		// The server overlooks a Sync that came before the data; another will follow them.
		if len(u.expected) > 0 && s.awaiting {
			s.awaiting = false
			s.gate.Broadcast()
		}
	}
}

// open lets the tool's next statement through.
func (s *session) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaiting = false
	s.idle = time.Now()
	s.gate.Broadcast()
}

// ready ends a unit: the server rests until the tool is told so.
func (s *session) ready(status byte) {
	now := time.Now()
	s.mu.Lock()
	u := s.unit
	if u == nil {
		s.status = status
		s.mu.Unlock()
		return
	}
	s.tape.trip(now.Sub(u.began))
	u.entry.ended = now
	u.samples.stop()
	what := s.plan(u, status, now)
	var also []uint32
	if what == news {
		also = s.lookAt(u)
	}
	s.mu.Unlock()

	a, known := s.ask(what, also)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish(u, status, known, a)
	s.unit, s.status = nil, status
	if status == 'I' {
		clear(s.portals)
	}
}

// question is what is asked about after a unit.
type question uint8

const (
	nothing  question = iota
	locks             // held now
	position          // of the write-ahead log
	news              // relations that came, or changed their file
)

// ask puts a question; news also looks at the relations listed. A failure is noted, and the session goes on.
func (s *session) ask(q question, also []uint32) (a *answer, known bool) {
	if q == nothing || !s.tape.recording() {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.gateway.ctx), askTimeout)
	defer cancel()
	var err error
	switch q {
	case locks:
		a, err = s.observer.locks(ctx, s.server.PID)
	case position:
		a, err = s.observer.position(ctx)
	default:
		a, err = s.observer.news(ctx, s.tape.latest(), also)
	}
	if err != nil {
		s.gateway.debug("the locks could not be asked for", err)
		if !errors.Is(err, errBlind) {
			s.tape.miss("some locks and rewrites are not measured: " + because(err))
		}
		return nil, false
	}
	return a, true
}

// leave ends the recording of a session whose connection is gone: the server rolls back.
func (s *session) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if u := s.unit; u != nil && u.what() != nil {
		u.entry.ended = now
		u.entry.Error = &StatementError{SQLState: "08006", Message: "the connection ended before the statement did"}
		s.finish(u, 'I', false, nil)
	}
	s.unit = nil
	s.release(s.last, now)
	s.tape.leave()
}
