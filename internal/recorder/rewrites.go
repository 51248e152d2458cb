package recorder

import (
	"slices"
	"strings"
)

// changed gives an autocommit statement the relations that came with it and those whose storage it
// wrote anew: their file is another than before.
func (s *session) changed(a *answer, e *entry) {
	for _, r := range a.news {
		before, known := s.tape.relation(r.OID)
		switch {
		case r.Temporary:
		case !known:
			if old, replaced := s.tape.replaced(r); !replaced {
				e.Created = append(e.Created, r.Schema+"."+r.Name)
			} else if old.Filenode != r.Filenode {
				e.rewrites = append(e.rewrites, Rewrite{*old.relation(), Measured})
			}
		case before.Filenode != r.Filenode && before.Filenode != 0 && r.Filenode != 0:
			e.rewrites = append(e.rewrites, Rewrite{*before.relation(), Measured})
		}
	}
	s.tape.know(a)
}

// resolve does the same at the end of a transaction, where each change has to be given to one of
// its statements. While the transaction ran, others did not see what it created: it held locks on bare
// OIDs. Those that have a name now were created; the others were the transient heaps of
// rewrites, and the OID of the last one is the file number of the table that was written anew.
func (s *session) resolve(a *answer, committed bool) {
	if !committed {
		return // nothing came of it; and what it was cannot be told
	}
	named := map[uint32]seen{}
	var rewritten []seen
	for _, r := range a.news {
		before, known := s.tape.relation(r.OID)
		if !known {
			named[r.OID] = r
		} else if before.Filenode != r.Filenode && before.Filenode != 0 && r.Filenode != 0 {
			rewritten = append(rewritten, r)
		}
	}
	// Tables first: their indexes are told by them.
	slices.SortFunc(rewritten, func(a, b seen) int { return strings.Compare(a.Table, b.Table) })
	transients := s.tx.settle(named, s.replacedBy)
	for _, r := range rewritten {
		s.tx.attribute(r, transients, s.before(r))
	}
	s.tx.superseded(transients, rewritten, s.before)
	s.tape.know(a)
}

// replacedBy finds the index in whose place a new one stands: it was under the transaction's
// AccessExclusive lock.
func (s *session) replacedBy(r seen) (seen, bool) {
	old, known := s.tape.replaced(r)
	return old, known && s.tx.held[lockKey{old.OID, AccessExclusive}] != nil
}

// replaced finds the index of the same name and table as one that came: a column's new type gives its
// indexes new OIDs. Those that fit the new type keep their file, and are not built anew.
func (t *tape) replaced(r seen) (seen, bool) {
	if r.Kind != "i" && r.Kind != "I" {
		return seen{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, old := range t.relations {
		if old.Name == r.Name && old.Schema == r.Schema && old.Table == r.Table && old.OID != r.OID {
			return old, true
		}
	}
	return seen{}, false
}

// before gives a relation as it was before the transaction.
func (s *session) before(r seen) *Relation {
	b, _ := s.tape.relation(r.OID)
	return b.relation()
}

// settle names what was created, and gives the OIDs that stay without a name by the statement that
// took the lock on them.
func (t *transaction) settle(named map[uint32]seen, replacedBy func(seen) (seen, bool)) map[uint32]*entry {
	transients := map[uint32]*entry{}
	for key, h := range t.held {
		if h.relation != nil {
			continue
		}
		r, known := named[key.oid]
		if known {
			h.created = true
			name := r.Schema + "." + r.Name
			if old, replaced := replacedBy(r); replaced {
				if old.Filenode != r.Filenode {
					h.since.rewrites = append(h.since.rewrites, Rewrite{*old.relation(), Measured})
				}
				continue
			}
			if !r.Temporary && !slices.Contains(h.since.Created, name) {
				h.since.Created = append(h.since.Created, name)
			}
		} else if key.mode == AccessExclusive {
			transients[key.oid] = h.since
		}
	}
	return transients
}

// attribute gives a rewrite to a statement of the transaction.
func (t *transaction) attribute(r seen, transients map[uint32]*entry, before *Relation) {
	if e := transients[r.Filenode]; e != nil {
		e.rewrites = append(e.rewrites, Rewrite{*before, Measured})
		delete(transients, r.Filenode)
		return
	}
	candidates := t.candidates(r)
	if len(candidates) == 0 {
		return
	}
	if with := withTable(candidates, r.Table); len(with) == 1 {
		candidates = with
	}
	evidence := Inferred
	if len(candidates) == 1 {
		evidence = Measured
	}
	e := likeliest(candidates, r)
	e.rewrites = append(e.rewrites, Rewrite{*before, evidence})
}

// withTable are those that wrote an index's table anew: its indexes went with it.
func withTable(candidates []*entry, table string) []*entry {
	var found []*entry
	for _, e := range candidates {
		if slices.ContainsFunc(e.rewrites, func(w Rewrite) bool { return w.Relation.Schema+"."+w.Relation.Name == table }) {
			found = append(found, e)
		}
	}
	return found
}

// candidates are the statements that can have given a relation its new file: they ran under its
// AccessExclusive lock, and between them and others lie the numbers that the server gave out.
func (t *transaction) candidates(r seen) []*entry {
	lock := t.held[lockKey{r.OID, AccessExclusive}]
	if lock == nil {
		return nil
	}
	from := max(slices.Index(t.entries, lock.since), 0)
	var found, able []*entry
	for _, e := range t.entries[from:] {
		lowest, highest := t.numbers(e)
		if lowest != 0 && lowest < r.Filenode {
			found = nil // the number was given out here or later
		}
		if e.script.rewrites() {
			found, able = append(found, e), append(able, e)
		}
		if highest > r.Filenode {
			break // or earlier
		}
	}
	if found == nil {
		return able // an old relation that nobody had asked about yet looks like a new number
	}
	return found
}

// numbers are the lowest and the highest OID that came up with a statement.
func (t *transaction) numbers(e *entry) (lowest, highest uint32) {
	for _, h := range e.gained {
		if h.relation != nil {
			continue
		}
		if lowest == 0 || h.oid < lowest {
			lowest = h.oid
		}
		highest = max(highest, h.oid)
	}
	return lowest, highest
}

// rewrites tells whether a script can write a relation's storage anew.
func (s *script) rewrites() bool {
	if s == nil { // it ran in a transaction before
		return false
	}
	return s.cut || s.any(func(one sentence) bool {
		switch one.verb() {
		case "TRUNCATE", "REINDEX", "REFRESH", "ALTER", "CLUSTER", "DO", "CALL", "SELECT", "EXECUTE", "WITH":
			return true
		default:
			return false
		}
	})
}

// names tells whether a script names a relation.
func (s *script) names(name string) bool {
	return s != nil && s.any(func(one sentence) bool {
		return slices.ContainsFunc(one, func(t token) bool {
			n, ok := t.name()
			return ok && n == name
		})
	})
}

// likeliest chooses: the statement that took the lock on the relation, then one that names it or its table.
func likeliest(candidates []*entry, r seen) *entry {
	_, table, _ := strings.Cut(r.Table, ".")
	for _, e := range candidates {
		took := slices.ContainsFunc(e.gained, func(h *held) bool { return h.oid == r.OID && h.mode == AccessExclusive })
		if took && (e.script.names(r.Name) || e.script.names(table)) {
			return e
		}
	}
	for _, e := range candidates {
		if e.script.names(r.Name) || e.script.names(table) {
			return e
		}
	}
	return candidates[0]
}

// superseded gives transient heaps whose table was written anew once more to the table that they were for:
// the only one that was, or the one that the statement names.
func (t *transaction) superseded(transients map[uint32]*entry, rewritten []seen, before func(seen) *Relation) {
	var tables []seen
	for _, r := range rewritten {
		if r.Kind == "r" || r.Kind == "m" {
			tables = append(tables, r)
		}
	}
	for _, e := range transients {
		evidence := Measured
		i := 0
		if len(tables) != 1 {
			evidence = Inferred
			i = slices.IndexFunc(tables, func(r seen) bool { return e.script.names(r.Name) })
		}
		if i < 0 || !e.script.rewrites() {
			continue
		}
		r := before(tables[i])
		if !slices.ContainsFunc(e.rewrites, func(w Rewrite) bool { return w.Relation.OID == r.OID }) {
			e.rewrites = append(e.rewrites, Rewrite{*r, evidence})
		}
	}
}
