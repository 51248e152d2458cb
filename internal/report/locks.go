package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// modes are the lock modes, weakest first.
var modes = []recorder.Mode{
	recorder.AccessShare, recorder.RowShare, recorder.RowExclusive, recorder.ShareUpdateExclusive,
	recorder.Share, recorder.ShareRowExclusive, recorder.Exclusive, recorder.AccessExclusive,
}

func strength(m recorder.Mode) int { return slices.Index(modes, m) }

// strong tells that a lock stops at least writers.
func strong(m recorder.Mode) bool { return strength(m) >= strength(recorder.Share) }

// stops says whom a lock keeps waiting ("Table-Level Locks" in PostgreSQL's documentation).
func stops(m recorder.Mode) string {
	switch {
	case m == recorder.AccessExclusive:
		return "reads and writes"
	case strong(m):
		return "writes"
	}
	return "neither"
}

// lock is one session's lock on a table with what belongs to it: indexes, TOAST, partitions.
type lock struct {
	lockKey
	Until            int
	Start, Sure, End time.Duration
	// own tells that the table itself is locked, and not only partitions of it.
	own        bool
	partitions []string
	// rows and bytes are estimates; -1 where unknown.
	rows, bytes int64
}

// lockKey is what locks that are told as one have in common.
type lockKey struct {
	table string
	// index is set for a lock on an index.
	index    string
	mode     recorder.Mode
	evidence recorder.Evidence
	session  int
	since    int
}

// tableOf is the table that a relation belongs to: an index's, a partition's topmost one, or itself.
func (d recorded) tableOf(r recorder.Relation) string {
	switch {
	case r.Parent != "":
		return r.Parent
	case r.Table != "" && d.parents[r.Table] != "":
		return d.parents[r.Table]
	case r.Table != "":
		return r.Table
	}
	return qualified(r)
}

// locks joins holds that one would tell as one, strongest first within a statement.
func (d recorded) locks(holds []recorder.Hold) []lock {
	at := map[lockKey]*lock{}
	var all []*lock
	for _, h := range holds {
		key := lockKey{d.tableOf(h.Relation), "", h.Mode, h.Evidence, h.Session, h.Since}
		if h.Relation.Table != "" {
			key.index = qualified(h.Relation)
		}
		l := at[key]
		if l == nil {
			l = &lock{lockKey: key, Until: h.Until, Start: h.Start, Sure: h.Sure, End: h.End, rows: -1, bytes: -1}
			at[key], all = l, append(all, l)
		}
		l.add(h)
	}
	together := map[int][]*lock{} // those of one statement
	for _, l := range all {
		together[l.since] = append(together[l.since], l)
	}
	var kept []lock
	for _, l := range all {
		if !slices.ContainsFunc(together[l.since], l.goesWith) {
			kept = append(kept, *l)
		}
	}
	slices.SortStableFunc(kept, func(a, b lock) int {
		return cmp.Or(a.since-b.since, strength(b.mode)-strength(a.mode), cmp.Compare(a.table, b.table))
	})
	return kept
}

func (l *lock) add(h recorder.Hold) {
	l.Start, l.Sure, l.End, l.Until = min(l.Start, h.Start), min(l.Sure, h.Sure), max(l.End, h.End), max(l.Until, h.Until)
	switch {
	case l.index != "":
		return
	case h.Relation.Parent == "":
		l.own = true
	case !slices.Contains(l.partitions, qualified(h.Relation)):
		l.partitions = append(l.partitions, qualified(h.Relation))
	}
	if h.Relation.Kind != "t" { // TOAST goes by its owner's name
		l.rows, l.bytes = plus(l.rows, h.Relation.Rows), plus(l.bytes, h.Relation.Bytes)
	}
}

// plus adds estimates, of which -1 is none.
func plus(a, b int64) int64 {
	if a < 0 || b < 0 {
		return max(a, b)
	}
	return a + b
}

// goesWith tells that another lock says more than this one: a stronger one of the same statement on the
// same table, or the table's for one of its indexes.
func (l *lock) goesWith(other *lock) bool {
	if l.table != other.table || l.session != other.session || l.since != other.since || other.index != "" && other.index != l.index {
		return false
	}
	longer := other.Start <= l.Start && other.Sure <= l.Sure && other.End >= l.End
	ofIndex := l.index != "" && other.index == ""
	return longer && (strength(other.mode) > strength(l.mode) || ofIndex && other.mode == l.mode)
}

// locksOf are the locks that a statement took, with how long they were held.
func (d recorded) locksOf(s *recorder.Statement) []lock {
	holds := make([]recorder.Hold, len(s.Locks))
	for i, l := range s.Locks {
		holds[i] = recorder.Hold{Relation: l.Relation, Mode: l.Mode, Evidence: l.Evidence, Session: s.Session, Since: s.Number}
		for _, h := range d.since[s.Number] {
			if h.Relation.OID == l.Relation.OID && h.Relation.Name == l.Relation.Name && h.Mode == l.Mode {
				holds[i].Start, holds[i].Sure, holds[i].End, holds[i].Until = h.Start, h.Sure, h.End, h.Until
			}
		}
	}
	return d.locks(holds)
}

// strongHolds are those of locks that stop at least writers.
func strongHolds(holds []recorder.Hold) []recorder.Hold {
	return slices.DeleteFunc(slices.Clone(holds), func(h recorder.Hold) bool { return !strong(h.Mode) })
}

// lockWords says a lock: "AccessExclusive on `orders` for 1.1 s (m)".
func (d recorded) lockWords(l lock) markup {
	words := d.text(bareMode(l.mode)) + " on " + d.label(l, d.code)
	if l.End > l.Start {
		words += " for " + markup(l.held())
	}
	words += d.letter(l.evidence)
	if d.link == nil && strong(l.mode) { // a terminal has no mark for it
		words += markup(": stops " + stops(l.mode))
	}
	return words
}

// label names what is locked, each name written by code.
func (d recorded) label(l lock, code func(string) markup) markup {
	name := func(s string) markup { return code(clip(maxName, d.shown(s))) }
	table, n := name(l.table), len(l.partitions)
	switch {
	case l.index != "":
		return "index " + name(l.index) + " of " + table
	case n == 1 && !l.own:
		return "partition " + name(l.partitions[0]) + " of " + table
	case n > 0 && !l.own:
		return markup(strconv.Itoa(n)+" partitions of ") + table
	case n > 0:
		return table + markup(" and "+count(n, "partition", "partitions"))
	}
	return table
}

// held says how long; where the lock was taken somewhere on the statement's way, within which bounds.
func (l lock) held() string {
	if l.vague() {
		return "at least " + span(l.End-l.Sure) + ", at most " + span(l.End-l.Start)
	}
	return span(l.End - l.Start)
}

// vague tells that it matters when exactly the lock was taken, and is not known.
func (l lock) vague() bool {
	unsure := l.Sure - l.Start
	return unsure > time.Millisecond && unsure > (l.End-l.Start)/100
}

// size says how large what is locked was, as far as is known.
func (l lock) size() string {
	var words string
	if l.rows >= 0 && l.index == "" {
		words = number(l.rows) + " rows"
	}
	if l.bytes > 0 {
		if words != "" {
			words += ", "
		}
		words += onDisk(l.bytes)
	}
	return words
}

// holdRow is a lock in the table below the timeline.
type holdRow struct {
	Label markup
	Size  string
	Mode  string
	Stops string
	Since int
	From  markup
	Held  markup
}

// holdRows is that table, and how many more locks there are.
type holdRows struct {
	Rows []holdRow
	More int
}

// Held are all locks that stop at least writers.
func (d recorded) Held() holdRows {
	var t holdRows
	all := d.strong
	for i, l := range all {
		if i == maxHolds*d.many {
			t.More = len(all) - i
			break
		}
		t.Rows = append(t.Rows, holdRow{
			Label: d.label(l, d.code), Size: l.size(), Mode: bareMode(l.mode), Stops: stops(l.mode), Since: l.since,
			From: markup(span(l.Start)), Held: markup(l.held()) + d.letter(l.evidence),
		})
	}
	return t
}

// Closed says how many tables were closed to whom, and the longest of it: "3 tables closed to writers (1 of
// them inferred), 2 to readers too, at most 1.7 s (m)".
func (d recorded) Closed() markup {
	if len(d.strong) == 0 {
		return ""
	}
	readers, writers := map[string]bool{}, map[string]bool{}
	inferred := map[string]bool{}
	longest := d.strong[0]
	for _, l := range d.strong {
		inferred[l.table] = l.evidence == recorder.Inferred && (!writers[l.table] || inferred[l.table])
		writers[l.table] = true
		if l.mode == recorder.AccessExclusive {
			readers[l.table] = true
		}
		if l.End-l.Start > longest.End-longest.Start {
			longest = l
		}
	}
	maps.DeleteFunc(inferred, func(_ string, only bool) bool { return !only })
	words := count(len(writers), "table", "tables") + " closed to writers"
	if len(inferred) > 0 {
		words += fmt.Sprintf(" (%d of them inferred)", len(inferred))
	}
	if len(readers) > 0 {
		words += ", " + strconv.Itoa(len(readers)) + " to readers too"
	}
	return markup(words+", at most "+span(longest.End-longest.Start)) + d.letter(longest.evidence)
}

// Long tells that somebody could have felt a lock.
func (d recorded) Long() bool {
	return slices.ContainsFunc(d.strong, func(l lock) bool { return l.End-l.Start >= slowStatement })
}
