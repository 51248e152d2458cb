package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// A statement is worth seeing when it took a lock that stops writers, wrote a table anew, failed, took
// this long or wrote this much.
const (
	slowStatement  = 100 * time.Millisecond
	heavyStatement = 1 << 20 // bytes of write-ahead log
)

const (
	maxSeen       = 25  // statements worth seeing in a comment
	maxStatements = 200 // statements in the folded list of a comment
	maxHolds      = 60  // locks in the table below the timeline of a comment
	maxSQL        = 160 // characters of a statement in a table
	maxNamed      = 3   // locks or rewrites named of one statement
	maxMissing    = 20  // sentences about what was not measured
)

// recorded is a recording on its way into templates of one form.
type recorded struct {
	*recorder.Recording
	dialect
	source source
	// schema is the one that all relations are in, and goes without saying; "" where there are several.
	schema string
	// parents are the topmost tables of partitions, by the partitions' names.
	parents map[string]string
	// since are the locks by the number of the statement that took them.
	since map[int][]recorder.Hold
	// strong are the locks that stop at least writers.
	strong []lock
	// many is how many rows a table has at most, as a multiple of those of a comment.
	many int
}

func newRecorded(r *recorder.Recording, d dialect, from source, many int) recorded {
	result := recorded{Recording: r, dialect: d, source: from, parents: map[string]string{}, since: map[int][]recorder.Hold{}, many: many}
	for _, h := range r.Holds {
		result.since[h.Since] = append(result.since[h.Since], h)
	}
	schemas := map[string]bool{}
	for relation := range relationsOf(r) {
		schemas[relation.Schema] = true
		result.schema = relation.Schema
		if relation.Parent != "" {
			result.parents[qualified(relation)] = relation.Parent
		}
	}
	if len(schemas) != 1 {
		result.schema = ""
	}
	result.strong = result.locks(strongHolds(r.Holds))
	return result
}

// relationsOf visits every relation that a recording names.
func relationsOf(r *recorder.Recording) func(func(recorder.Relation) bool) {
	var all []recorder.Relation
	for _, s := range r.Statements {
		for _, l := range slices.Concat(s.Locks, s.Under) {
			all = append(all, l.Relation)
		}
		for _, w := range s.Rewrites {
			all = append(all, w.Relation)
		}
	}
	for _, h := range r.Holds {
		all = append(all, h.Relation)
	}
	return slices.Values(all)
}

func qualified(r recorder.Relation) string { return r.Schema + "." + r.Name }

// shown is a qualified name without the schema that all are in.
func (d recorded) shown(name string) string {
	if d.schema == "" {
		return name
	}
	return strings.TrimPrefix(name, d.schema+".")
}

// Sum says in a sentence how much was done.
func (d recorded) Sum() string {
	t := d.total("")
	words := count(t.Statements, "statement", "statements") + " took " + span(t.Took) + " in the database"
	if t.WAL > 0 {
		words += " and wrote " + t.wal() + " of write-ahead log (WAL)"
	}
	return words + "."
}

// Deadlock says how the tool waited for itself, if it did.
func (d recorded) Deadlock() markup {
	b := d.Blocked
	if b == nil {
		return ""
	}
	what := ""
	if b.Lock != nil {
		what = " for " + string(d.text(bareMode(b.Lock.Mode))) + " on " + string(d.code(clip(maxName, d.shown(qualified(b.Lock.Relation)))))
	}
	return markup(fmt.Sprintf("The migration waited for itself: statement %d waited%s, which another of its connections held (its last statement was %d). "+
		"It would never have ended; it was cancelled after %s.", b.Waiting, what, b.Holding, span(b.After)))
}

// statementRow is a statement in a table.
type statementRow struct {
	Number int
	Mark   string
	SQL    markup
	Times  int // how many equal ones it stands for
	From   markup
	Took   markup
	Rows   markup
	WAL    markup
	Locks  []markup
	Effect []markup
}

// statementRows is a table of statements, and how many more there are.
type statementRows struct {
	Rows []statementRow
	More int
	// Own is how many of the tool's own were left out.
	Own int
}

// Seen are the statements worth seeing.
func (d recorded) Seen() statementRows { return d.rows(worthSeeing, maxSeen*d.many) }

// All are all statements but the tool's own; links would make it long.
func (d recorded) All() statementRows {
	d.source = source{}
	return d.rows(func(s *recorder.Statement) bool { return !s.Housekeeping || s.Error != nil }, maxStatements*d.many)
}

func (d recorded) rows(wanted func(*recorder.Statement) bool, most int) statementRows {
	var t statementRows
	for i := range d.Statements {
		s := &d.Statements[i]
		switch {
		case !wanted(s):
			if s.Housekeeping {
				t.Own += s.Count
			}
		case len(t.Rows) == most:
			t.More++
		default:
			t.Rows = append(t.Rows, d.row(s))
		}
	}
	return t
}

func worthSeeing(s *recorder.Statement) bool {
	strong := slices.ContainsFunc(s.Locks, func(l recorder.Lock) bool { return strong(l.Mode) })
	return s.Error != nil || s.Took > slowStatement || !s.Housekeeping && (strong || len(s.Rewrites) > 0 || s.WAL > heavyStatement)
}

func (d recorded) row(s *recorder.Statement) statementRow {
	r := statementRow{
		Number: s.Number, SQL: d.code(clip(maxSQL, oneLine(s.Text))), Times: s.Count, Took: markup(span(s.Took)), From: d.from(s),
	}
	if s.Rows > 0 {
		r.Rows = markup(number(s.Rows))
	}
	if s.WAL > 0 {
		r.WAL = markup(written(s.WAL))
	}
	locks := d.locksOf(s)
	r.Mark = markOf(s, locks)
	r.Locks = d.some(locks, d.lockWords)
	if s.Took > slowStatement && (len(locks) == 0 || !strong(locks[0].mode)) {
		r.Locks = append(r.Locks, d.under(s)...)
	}
	r.Effect = d.effects(s)
	return r
}

// under names the locks that were held already while a slow statement ran: they are held longer for it.
func (d recorded) under(s *recorder.Statement) []markup {
	holds := make([]recorder.Hold, len(s.Under))
	for i, l := range s.Under {
		holds[i] = recorder.Hold{Relation: l.Relation, Mode: l.Mode, Evidence: l.Evidence}
	}
	return d.some(d.locks(holds), func(l lock) markup { return "while holding " + d.lockWords(l) })
}

// some says a few of several locks.
func (d recorded) some(all []lock, say func(lock) markup) []markup {
	var words []markup
	for i, l := range all {
		if i == maxNamed {
			return append(words, d.text(more(len(all)-maxNamed)))
		}
		words = append(words, say(l))
	}
	return words
}

// markOf is what the eye meets first: a failure, or whom the strongest lock stops.
func markOf(s *recorder.Statement, locks []lock) string {
	switch {
	case s.Error != nil:
		return "❌"
	case len(locks) == 0 || !strong(locks[0].mode):
		return ""
	case locks[0].mode == recorder.AccessExclusive:
		return "🔴"
	}
	return "🟠"
}

// from says where a statement came from: its revision, and the line.
func (d recorded) from(s *recorder.Statement) markup {
	return d.source.origin(s.Revision, s.Path, s.Line, d.dialect)
}

// effects says what a statement did besides taking locks.
func (d recorded) effects(s *recorder.Statement) []markup {
	var all []markup
	if e := s.Error; e != nil {
		all = append(all, "failed: "+d.text(clip(300, e.Message))+" ("+d.text(clip(10, e.SQLState))+")")
	}
	word := markup("rewrites ")
	if slices.Contains(s.Tags, "TRUNCATE TABLE") {
		word = "empties "
	}
	holds := make([]recorder.Hold, len(s.Rewrites)) // joined as locks are: indexes and partitions go with their table
	for i, w := range s.Rewrites {
		holds[i] = recorder.Hold{Relation: w.Relation, Mode: recorder.AccessExclusive, Evidence: w.Evidence}
	}
	return append(all, d.some(d.locks(holds), func(l lock) markup { return word + d.label(l, d.code) + d.letter(l.evidence) })...)
}

// Unmeasured are the sentences about what could not be measured.
func (d recorded) Unmeasured() []string {
	if len(d.Missing) <= maxMissing {
		return d.Missing
	}
	return append(slices.Clone(d.Missing[:maxMissing]), more(len(d.Missing)-maxMissing))
}

// letter says behind a number how it is known; the legend explains it.
func (d recorded) letter(e recorder.Evidence) markup {
	switch e {
	case recorder.Measured:
		return " (m)"
	case recorder.Sampled:
		return " (s)"
	case recorder.Inferred:
		return " (i)"
	}
	return ""
}

// Legend explains the letters and tells how all else is known.
func (recorded) Legend() string {
	return "Durations, rows and WAL are measured; sizes of tables are the planner's estimates. Locks and rewrites: (m) measured, by asking the server between two statements; " +
		"(s) sampled while the statement ran, so that shorter ones are not seen; (i) inferred from what such statements do."
}

// written says an amount of write-ahead log.
func written(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	return onDisk(n)
}

// bareMode is a lock's mode without the word that all of them end in.
func bareMode(m recorder.Mode) string { return strings.TrimSuffix(string(m), "Lock") }

// span says a duration as took does, with a digit more below 10 ms.
func span(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return took(d)
}
