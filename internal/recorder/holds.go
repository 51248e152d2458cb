package recorder

import "time"

// gain compares the locks that a session holds with those of the question before: what is new
// was taken by e, what is gone was freed by it. u is nil where e ran some time ago.
func (s *session) gain(a *answer, e *entry, u *unit) {
	if len(e.gained) == 0 && e.Evidence == "" {
		e.Evidence = Measured
	}
	present := map[lockKey]bool{}
	changed := false
	for _, l := range a.locks {
		key := l.key()
		present[key] = true
		if s.tx.held[key] != nil || l.relation.Temporary {
			continue
		}
		h := s.hold(l, e)
		h.evidence = Measured
		if u != nil {
			h.start, h.sure = u.taken(key)
		}
		s.tx.held[key] = h
		e.gained = append(e.gained, h)
		s.tx.defined = s.tx.defined || h.relation == nil || key.mode == AccessExclusive
		changed = true
	}
	for key, h := range s.tx.held {
		if !present[key] {
			s.tape.over(h, e, e.ended)
			delete(s.tx.held, key)
			changed = true
		}
	}
	if changed {
		s.tx.sortOut()
	}
}

// key names a lock by the relation that it stands for.
func (l seenLock) key() lockKey {
	if l.relation.OID != 0 {
		return lockKey{l.relation.OID, l.mode}
	}
	return lockKey{l.raw, l.mode}
}

// hold makes the lock's record. Without better knowledge it may have been taken at any time
// of the statement.
func (s *session) hold(l seenLock, e *entry) *held {
	h := &held{oid: l.raw, mode: l.mode, session: s.number, since: e, start: e.began, sure: e.ended}
	if l.relation.OID != 0 {
		h.oid, h.relation = l.relation.OID, l.relation.relation()
	}
	return h
}

// sortOut lists the strong locks anew. Entries keep the list that was valid at their beginning.
func (t *transaction) sortOut() {
	t.strong = nil
	for _, h := range t.held {
		if strength(h.mode) >= strength(Share) {
			t.strong = append(t.strong, h)
		}
	}
}

// taken tells when a unit took a lock: at the earliest, and for certain. One statement that runs no
// code of its own takes its locks first; for others the samples narrow it.
func (u *unit) taken(key lockKey) (start, sure time.Time) {
	start = u.began
	seen := u.samples.seen[key]
	switch {
	case seen != nil:
		start, sure = later(start, seen.without), seen.first
	case u.samples.asked > 0:
		start, sure = later(start, u.samples.last), u.entry.ended
	default:
		sure = u.entry.ended
	}
	if !u.uncertain(key.mode) {
		sure = start
	}
	return start, sure
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// release ends all locks with the transaction.
func (s *session) release(until *entry, now time.Time) {
	for _, h := range s.tx.held {
		s.tape.over(h, until, now)
	}
	for _, e := range s.tx.entries {
		e.script = nil
	}
	seen := s.tx.seen
	runs := s.tx.runs
	s.tx = newTransaction()
	s.tx.seen, s.tx.runs = seen, runs
}

// suppose gives a statement the locks that could not be asked for after it: those that were seen while it
// ran, and those that statements like it are known to take.
func (s *session) suppose(u *unit) {
	e := u.entry
	for key, seen := range u.samples.seen {
		if _, before := s.tape.relation(key.oid); !before || seen.lock.relation.Temporary || s.tx.held[key] != nil {
			continue
		}
		h := s.hold(seen.lock, e)
		h.start, h.sure = u.taken(key)
		s.passed(h, e, Sampled)
	}
	if u.supposed == nil {
		u.supposed, u.inferred = infer(u.what().sentences, s)
	}
	if len(e.gained) > 0 {
		e.Evidence = Sampled
	} else if u.inferred {
		e.Evidence = Inferred
	}
	sampled := u.samples.seen
	for _, l := range u.supposed {
		if sampled[l.key()] == nil && s.tx.held[l.key()] == nil {
			h := s.hold(l, e)
			h.start, h.sure = u.taken(l.key())
			s.passed(h, e, Inferred)
		}
	}
}

// assume gives a statement within a transaction the locks that statements like it are known to take, because
// those that it took could not be asked for. They stay until the transaction ends.
func (s *session) assume(u *unit) {
	e := u.entry
	supposed, known := infer(u.what().sentences, s)
	if known {
		e.Evidence = Inferred
	}
	for _, l := range supposed {
		key := l.key()
		if s.tx.held[key] != nil {
			continue
		}
		h := s.hold(l, e)
		h.start, h.sure = u.taken(key)
		h.evidence = Inferred
		s.tx.held[key] = h
		e.gained = append(e.gained, h)
	}
	s.tx.defined = true
	s.tx.sortOut()
}

// passed records a lock that a statement took and freed itself.
func (s *session) passed(h *held, e *entry, evidence Evidence) {
	h.evidence = evidence
	e.gained = append(e.gained, h)
	s.tape.over(h, e, e.ended)
}
