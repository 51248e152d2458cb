package recorder

import (
	"context"
	"slices"
	"time"
)

const (
	// sampleFirst is when a running statement is looked at first, sampleLast the longest pause between
	// two looks.
	sampleFirst = 10 * time.Millisecond
	sampleLast  = 100 * time.Millisecond
	// blockedLook is the pause between two looks at who waits for whom, and blockedFor is for how long
	// the tool may wait for itself before it is told.
	blockedLook = 500 * time.Millisecond
	blockedFor  = 2 * time.Second
)

// samples is what was seen of a statement's locks while it ran.
type samples struct {
	timer  *time.Timer
	pause  time.Duration
	seen   map[lockKey]*sample
	last   time.Time // of the last look
	asked  int
	looked time.Time // at who waits for whom
	waits  time.Time // since when it was seen to wait for the tool itself
}

// sample is one lock that was seen.
type sample struct {
	lock    seenLock
	first   time.Time
	without time.Time // the last look that did not find it; zero if there was none before
}

func (s *samples) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}

// startSampling has a look at the unit at intervals, while it runs.
func (s *session) startSampling(u *unit) {
	u.samples.pause = sampleFirst
	u.samples.timer = time.AfterFunc(sampleFirst, func() { s.sample(u) })
}

// running tells whether a unit still waits for the server; s.mu is held.
func (s *session) running(u *unit) bool { return s.unit == u && u.entry.ended.IsZero() && !s.closed }

// sample looks at a unit once. Within a transaction only those are worth it that do several things:
// the others are asked about exactly when they end.
func (s *session) sample(u *unit) {
	s.mu.Lock()
	running := s.running(u) && s.tape.recording()
	what := u.what()
	worth := what != nil && (u.status == 'I' || u.mixed || !what.plain())
	look := time.Since(u.began) > blockedLook && time.Since(u.samples.looked) > blockedLook
	s.mu.Unlock()
	if !running {
		return
	}
	if worth {
		s.lookAtLocks(u)
	}
	if look {
		s.lookAtBlockers(u)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running(u) {
		u.samples.pause = min(u.samples.pause*3/2, sampleLast)
		u.samples.timer.Reset(u.samples.pause)
	}
}

// lookAtLocks notes what the unit holds now. An answer that comes after the unit's end still counts,
// as long as no other has begun.
func (s *session) lookAtLocks(u *unit) {
	now := time.Now()
	a, known := s.ask(locks, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !known || s.unit != u || len(a.locks) == 0 && !s.running(u) {
		return
	}
	if u.samples.seen == nil {
		u.samples.seen = map[lockKey]*sample{}
	}
	for _, l := range a.locks {
		if u.samples.seen[l.key()] == nil {
			u.samples.seen[l.key()] = &sample{lock: l, first: now, without: u.samples.last}
		}
	}
	u.samples.last = now
	u.samples.asked++
}

// lookAtBlockers finds a statement that waits for another session of the same tool that rests: it
// would wait for ever, and the tool with it. It is cancelled, so that the tool fails and tells where.
func (s *session) lookAtBlockers(u *unit) {
	ctx, cancel := context.WithTimeout(s.gateway.ctx, askTimeout)
	defer cancel()
	pids, lock, err := s.observer.blockers(ctx, s.server.PID)
	if err != nil {
		s.gateway.debug("who waits for whom could not be asked", err)
		return
	}
	holder := s.gateway.resting(pids)
	s.mu.Lock()
	defer s.mu.Unlock()
	u.samples.looked = time.Now()
	switch {
	case holder == nil || !s.running(u):
		u.samples.waits = time.Time{}
	case u.samples.waits.IsZero():
		u.samples.waits = time.Now()
	case time.Since(u.samples.waits) > blockedFor:
		s.tape.block(&blocking{u.entry, holder, s.waitsFor(lock), time.Since(u.began)})
		u.samples.waits = time.Now()
		s.gateway.debug("a statement that waits for its own tool could not be cancelled", cancelOn(ctx, s.server))
	}
}

// waitsFor gives the lock that is waited for, if it is one on a relation.
func (s *session) waitsFor(l seenLock) *Lock {
	r, known := s.tape.relation(l.raw)
	if !known {
		return nil
	}
	return &Lock{Relation: *r.relation(), Mode: l.mode, Evidence: Sampled}
}

// resting finds a session of the gateway among processes that rests in a transaction, by its
// last statement.
func (g *Gateway) resting(pids []uint32) *entry {
	for _, other := range g.recorded() {
		if !slices.Contains(pids, other.server.PID) {
			continue
		}
		other.mu.Lock()
		rests, last := other.unit == nil && !other.closed, other.last
		other.mu.Unlock()
		if rests && last != nil {
			return last
		}
	}
	return nil
}

// block takes down the first time that the tool waited for itself.
func (t *tape) block(b *blocking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.blocked == nil {
		t.blocked = b
	}
}

func (t *tape) relation(oid uint32) (seen, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, known := t.relations[oid]
	return r, known
}
