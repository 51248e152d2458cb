package hazard

import (
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// view is the input with what several rules ask for. Nothing in it needs a recording or snapshots
// to be there: without them it is empty.
type view struct {
	Input
	statements []*recorder.Statement
	// known are the relations that were there before the upgrade, by OID; nil where nobody looked.
	known map[uint32]bool
	// explained are statements of which a rule has said already why they closed a table.
	explained map[int]bool
	// words are the names in statements that were looked at already: hundreds of new columns ask for
	// those of hundreds of statements.
	words map[*recorder.Statement]map[string]bool
}

func newView(in Input) *view {
	v := &view{Input: in, explained: map[int]bool{}, words: map[*recorder.Statement]map[string]bool{}}
	if in.Before != nil {
		v.known = map[uint32]bool{}
		for _, o := range in.Before.Objects {
			v.known[o.Facts.OID] = true
		}
	}
	if in.Recording == nil {
		return v
	}
	for i := range in.Recording.Statements {
		if s := &in.Recording.Statements[i]; !s.Housekeeping {
			v.statements = append(v.statements, s)
		}
	}
	return v
}

// named are all names in a statement.
func (v *view) named(s *recorder.Statement) map[string]bool {
	words, known := v.words[s]
	if !known {
		words = wordsOf(s.Text)
		v.words[s] = words
	}
	return words
}

// closing is how a statement kept users from a table.
type closing struct {
	statement *recorder.Statement
	// table stands for its partitions too, of which there are so many.
	table      recorder.Relation
	partitions int
	mode       recorder.Mode
	known      recorder.Evidence
	// own is while the statement itself ran, total until the lock was given back.
	own, total time.Duration
}

// closingModes keep writers out, weakest first; the last one keeps readers out too
// (PostgreSQL's documentation, "Conflicting Lock Modes").
var closingModes = []recorder.Mode{recorder.Share, recorder.ShareRowExclusive, recorder.Exclusive, recorder.AccessExclusive}

func strength(m recorder.Mode) int { return slices.Index(closingModes, m) }

// closings are the tables that a statement closed to their users: that were there before the upgrade, and
// have rows. A table that an earlier statement of the transaction had closed already counts where
// this statement is about it too.
func (v *view) closings(s *recorder.Statement) []closing {
	var all []closing
	for _, l := range s.Locks {
		all = v.add(all, s, l, true)
	}
	if tagged(s, dataTags...) {
		return all // it needs no such lock, and only runs while an earlier statement's is held
	}
	words := v.named(s)
	for _, l := range s.Under {
		if words[l.Relation.Name] || words[parentName(l.Relation)] {
			all = v.add(all, s, l, false)
		}
	}
	return all
}

func (v *view) add(all []closing, s *recorder.Statement, l recorder.Lock, gained bool) []closing {
	nobodyWrites := l.Relation.Kind == "m" && l.Mode != recorder.AccessExclusive // a materialized view has readers alone
	if strength(l.Mode) < 0 || nobodyWrites || !v.used(l.Relation) {
		return all
	}
	c := closing{statement: s, table: l.Relation, mode: l.Mode, known: l.Evidence, own: s.Took, total: s.Took}
	if gained {
		c.own, c.total = v.heldBy(s, l)
	}
	whole := wholeName(l.Relation)
	at := slices.IndexFunc(all, func(o closing) bool { return wholeName(o.table) == whole })
	if at < 0 {
		if l.Relation.Parent != "" {
			c.partitions = 1
		}
		return append(all, c)
	}
	o := &all[at]
	if l.Relation.Parent != "" && l.Relation.OID != o.table.OID {
		o.partitions++
		o.table.Rows, o.table.Bytes = max(o.table.Rows, 0)+max(l.Relation.Rows, 0), max(o.table.Bytes, 0)+max(l.Relation.Bytes, 0)
	}
	if strength(l.Mode) > strength(o.mode) {
		o.mode, o.known = l.Mode, l.Evidence
	}
	o.own, o.total = max(o.own, c.own), max(o.total, c.total)
	return all
}

// heldBy is how long a lock was held while its statement ran and in all, counted from the moment at
// which it certainly was.
func (v *view) heldBy(s *recorder.Statement, l recorder.Lock) (own, total time.Duration) {
	own, total = s.Took, s.Took
	for _, h := range v.Recording.Holds {
		if h.Since == s.Number && h.Relation.OID == l.Relation.OID && h.Mode == l.Mode {
			total = h.End - h.Sure
			own = min(own, total)
			break
		}
	}
	return own, max(own, total)
}

// used tells whether a relation has users who would notice: a table, partition or materialized view that
// was there before and is not empty.
func (v *view) used(r recorder.Relation) bool {
	if !slices.Contains([]string{"r", "p", "m"}, r.Kind) || v.known != nil && !v.known[r.OID] {
		return false
	}
	return r.Kind == "p" || r.Rows > 0 || r.Rows < 0 && r.Bytes > 0
}

// worst is the longest closing by a statement; nil if there is none.
func (v *view) worst(s *recorder.Statement) *closing {
	all := v.closings(s)
	if len(all) == 0 {
		return nil
	}
	worst := slices.MaxFunc(all, func(a, b closing) int {
		if a.own != b.own {
			return int(a.own - b.own)
		}
		return strength(a.mode) - strength(b.mode)
	})
	return &worst
}

// rewritten tells whether a statement wrote a table anew, and how that is known.
func rewritten(s *recorder.Statement, table recorder.Relation) (recorder.Evidence, bool) {
	for _, r := range s.Rewrites {
		if r.Relation.OID == table.OID || wholeName(r.Relation) == wholeName(table) {
			return r.Evidence, true
		}
	}
	return "", false
}

// table finds a table in a snapshot.
func table(s *catalog.Snapshot, n name) (catalog.Object, bool) {
	return find(s, func(o catalog.Object) bool {
		return (o.Kind == catalog.Table || o.Kind == catalog.MaterializedView) && n.isNamed(o.Schema, o.Name)
	})
}

func find(s *catalog.Snapshot, is func(catalog.Object) bool) (catalog.Object, bool) {
	if s == nil {
		return catalog.Object{}, false
	}
	at := slices.IndexFunc(s.Objects, is)
	if at < 0 {
		return catalog.Object{}, false
	}
	return s.Objects[at], true
}

// severity goes by how long users were kept out: below a tenth of the warning it is worth no word.
func (v *view) severity(d time.Duration) (Severity, bool) {
	const mention = 10
	switch {
	case d > v.Limits.StopBlocked:
		return Block, true
	case d > v.Limits.WarnBlocked:
		return Warn, true
	}
	return Info, d > v.Limits.WarnBlocked/mention
}

// finding is one about a statement, nil for those that are about none.
func finding(code string, severity Severity, s *recorder.Statement, object string) Finding {
	f := Finding{Code: code, Severity: severity, Object: object}
	if s != nil {
		f.Statement, f.Revision, f.Path, f.Line = s.Number, s.Revision, s.Path, s.Line
	}
	return f
}

// closes is the finding that a statement closed tables for so long as it ran; false where that is
// worth no word, or another rule has said it. The rule adds why, and what to do instead.
func (v *view) closes(code string, s *recorder.Statement) (Finding, bool) {
	worst := v.worst(s)
	if worst == nil || v.explained[s.Number] {
		return Finding{}, false
	}
	severity, told := v.severity(worst.own)
	if !told {
		return Finding{}, false
	}
	v.explained[s.Number] = true
	f := finding(code, severity, s, worst.object())
	f.Title = worst.sentence(v.alike(s, *worst), worst.own)
	f.Known, f.Evidence = worst.known, worst.evidence()
	return f, true
}

// alike are the other tables that a statement closed in the same way.
func (v *view) alike(s *recorder.Statement, worst closing) []closing {
	return slices.DeleteFunc(v.closings(s), func(c closing) bool {
		return wholeName(c.table) == wholeName(worst.table) || c.whom() != worst.whom()
	})
}

// object is the table as a catalog's identity prints.
func (c closing) object() string {
	schema, table := c.table.Schema, c.table.Name
	if c.table.Parent != "" {
		schema, table = parts(c.table.Parent)
	}
	return "table " + schema + "." + table
}

func parentName(r recorder.Relation) string {
	_, name := parts(r.Parent)
	return name
}
