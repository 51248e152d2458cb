package recorder

import (
	"slices"
	"time"
)

const (
	// maxSeen bounds the texts that are remembered, and the statements that wait to be asked about.
	maxSeen = 1000
	// maxWords bounds what is kept of a statement to tell later which relations it names.
	maxWords = 100
)

// lockKey names a lock: a relation's OID and the mode.
type lockKey struct {
	oid  uint32
	mode Mode
}

// transaction is what is known of a session's transaction.
type transaction struct {
	seen    map[string]bool   // texts that were asked about in it
	runs    map[string]*entry // data statements since the last other one, by text
	held    map[lockKey]*held
	strong  []*held  // those of mode Share and stronger; a new slice whenever it changes
	entries []*entry // that may have changed files, in order
	unasked []*entry // that ran since the last question
	defined bool     // something else than data ran
}

func newTransaction() transaction {
	return transaction{seen: map[string]bool{}, runs: map[string]*entry{}, held: map[lockKey]*held{}}
}

// owes tells whether a question is due before the next statement: the last moment at which the
// locks of those that ran unasked can be told from its own.
func (t *transaction) owes(next *script) bool {
	return len(t.unasked) > 0 && (next.class == other || next.any(sentence.ends) || next.class == data && !t.seen[next.shown])
}

// lookAt lists OIDs that are of interest once the unit has committed: those that nobody could name
// yet, and those whose name or file may be another now, or that may be gone.
func (s *session) lookAt(u *unit) []uint32 {
	oids := []uint32{}
	for key, h := range s.tx.held {
		if h.relation == nil || key.mode == AccessExclusive {
			oids = append(oids, key.oid)
		}
	}
	if u.status != 'I' {
		return oids
	}
	u.supposed, u.inferred = infer(u.what().sentences, s)
	for _, l := range u.supposed {
		oids = append(oids, l.raw)
	}
	for key := range u.samples.seen {
		oids = append(oids, key.oid)
	}
	return oids
}

// plan decides what to ask after a unit, while the server rests.
func (s *session) plan(u *unit, status byte, now time.Time) question {
	what := u.what()
	if what == nil {
		return nothing
	}
	slow := now.Sub(u.began)-s.tape.shortest() > slowStatement
	first := what.class == data && !s.tx.seen[what.shown]
	own := what.class != other && s.tape.table.housekeeping(what)
	switch {
	case status != 'I' && (what.class == other || u.entry.Error != nil || what.any(sentence.savepointBack) || what.any(sentence.ends)):
		return locks
	case what.class == control, own && !slow:
		if status == 'I' && s.tx.defined {
			return news
		}
		return nothing
	case status != 'I' && (first || slow):
		return locks
	case status != 'I':
		return nothing
	case what.class == other || s.tx.defined:
		return news
	case slow || first && !reads(what):
		return position
	default:
		return nothing
	}
}

// reads tells that a data statement writes nothing by itself.
func reads(s *script) bool {
	return !s.any(func(one sentence) bool {
		switch one.verb() {
		case "SELECT", "VALUES", "TABLE", "DECLARE", "EXPLAIN", "PREPARE", "(":
			return false
		default:
			return true
		}
	})
}

// addOnce adds to what waits to be asked about. Of very many the oldest are left out.
func addOnce(entries []*entry, e *entry) []*entry {
	if slices.Contains(entries, e) {
		return entries
	}
	return append(entries[max(0, len(entries)-maxSeen+1):], e)
}

// catchUp asks for what ran unasked, and gives it to the statement that ran last.
func (s *session) catchUp() {
	a, known := s.ask(locks, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	unasked := s.tx.unasked
	s.tx.unasked = nil
	if !known || len(unasked) == 0 {
		return
	}
	e := unasked[len(unasked)-1]
	s.gain(a, e, nil)
	s.wal(a, heaviest(unasked))
}

// heaviest is the statement that wrote most: the log of a mixture cannot be told apart.
func heaviest(entries []*entry) *entry {
	return slices.MaxFunc(entries, func(a, b *entry) int { return int(a.Rows - b.Rows) })
}

// wal adds to a statement by how much the log grew.
func (s *session) wal(a *answer, e *entry) {
	grown := s.tape.advance(a.wal)
	if grown < 0 {
		return
	}
	if !e.walKnown {
		e.WAL, e.walKnown = 0, true
	}
	e.WAL += grown
}

// finish records a unit, with the answer to what was asked after it. s.mu is held.
func (s *session) finish(u *unit, status byte, known bool, a *answer) {
	what, e := u.what(), u.entry
	if what == nil {
		return
	}
	s.follow(u, status)
	first := s.record(u, what, status)
	if known {
		s.wal(a, u.entry)
	}
	switch {
	case status != 'I':
		if e.Error != nil {
			s.suppose(u) // its own locks went with it
		}
		switch {
		case known:
			s.gain(a, u.entry, u)
		case what.class == other && e.Error == nil:
			s.assume(u)
		case what.class == data && !s.tape.table.housekeeping(what):
			s.tx.unasked = addOnce(s.tx.unasked, u.entry)
		}
	case u.status != 'I': // the transaction's end
		if known {
			s.resolve(a, slices.Contains(e.Tags, "COMMIT"))
		}
		s.release(e, e.ended)
	default:
		if first {
			s.suppose(u)
		}
		if known {
			s.changed(a, e)
		}
	}
	s.tx.after(what, status, known)
}

// after forgets what has ended with a unit and remembers what was asked.
func (t *transaction) after(what *script, status byte, known bool) {
	if what.class == other {
		t.defined = status != 'I'
	}
	if status == 'I' {
		t.defined, t.unasked = false, nil
		if what.any(sentence.ends) {
			clear(t.seen)
		}
	}
	if len(t.seen) > maxSeen {
		clear(t.seen) // they are asked about once more
	}
	if known {
		t.unasked = nil
	}
	if what.class == data && known || status == 'I' {
		t.seen[what.shown] = true
	}
}

// record takes a unit down: as one more of a run of equal data statements, or as an entry of
// its own, and then it tells true.
func (s *session) record(u *unit, what *script, status byte) (first bool) {
	e := u.entry
	e.Count = max(u.runs, 1)
	if u.mixed {
		e.Count = 1
	}
	took := e.ended.Sub(e.began)
	if run := s.tx.runs[what.shown]; run != nil && what.class == data && !u.mixed && e.Error == nil && u.write == nil && run.Autocommit == (u.status == 'I' && status == 'I') {
		run.Count += e.Count
		run.Took += took
		run.Rows += e.Rows
		run.ended = e.ended
		if !run.Autocommit && run.script == nil {
			s.keep(run, what)
		}
		u.entry = run
		s.last = run
		return false
	}
	e.Text, e.Took = what.shown, took
	e.Autocommit = u.status == 'I' && status == 'I'
	e.Housekeeping = s.tape.table.housekeeping(what)
	if what.class == data && e.Error == nil && len(s.tx.runs) < maxSeen {
		s.tx.runs[what.shown] = e
	} else if what.class != control || what.any(sentence.ends) || e.Error != nil {
		clear(s.tx.runs)
	}
	s.tape.add(e, u.write)
	s.last = e
	if what.class != control && !e.Autocommit {
		s.keep(e, what)
	}
	return true
}

// keep remembers a statement of the transaction, for when its end tells what was written anew.
func (s *session) keep(e *entry, what *script) {
	e.script = what.outline()
	if len(s.tx.entries) < maxEntries {
		s.tx.entries = append(s.tx.entries, e)
	}
}

// follow keeps the session's settings and prepared statements.
func (s *session) follow(u *unit, status byte) {
	if u.entry.Error != nil && u.status == 'I' && status == 'I' || u.script == nil {
		s.settings.local = map[string]string{}
		return
	}
	if u.entry.Error != nil {
		return
	}
	for _, one := range u.script.sentences {
		s.settings.ran(one, status != 'I')
		switch {
		case one.verb() == "DISCARD" && one.at(1, "ALL"), one.begins("DEALLOCATE", "ALL"), one.begins("DEALLOCATE", "PREPARE", "ALL"):
			clear(s.prepared)
		case one.verb() == "DEALLOCATE":
			if name, ok := one[len(one)-1].name(); ok {
				delete(s.prepared, name)
			}
		}
	}
	if status == 'I' && len(s.settings.saved) > 0 {
		s.settings.end(!slices.Contains(u.entry.Tags, "ROLLBACK"))
	}
}
