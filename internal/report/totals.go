package report

import "time"

// totals are what the statements of one revision amount to.
type totals struct {
	Revision   string
	Statements int
	Took       time.Duration
	// Lock is the longest one that stops at least writers, nil if there is none.
	Lock *lock
	// WAL is what was asked of it; less says that some statements were not asked about.
	WAL    int64
	less   bool
	Failed bool
}

// wal says how much write-ahead log was written.
func (t totals) wal() string {
	if t.less {
		return "at least " + written(t.WAL)
	}
	return written(t.WAL)
}

// total sums up a revision, or everything for "", without the tool's own statements.
func (d recorded) total(revision string) totals {
	t := totals{Revision: revision}
	numbers := map[int]bool{}
	for _, s := range d.Statements {
		if s.Housekeeping || revision != "" && s.Revision != revision {
			continue
		}
		numbers[s.Number] = true
		t.Statements += s.Count
		t.Took += s.Took
		t.WAL += max(s.WAL, 0)
		t.less = t.less || s.WAL < 0
		t.Failed = t.Failed || s.Error != nil
	}
	for _, l := range d.strong {
		if numbers[l.since] && (t.Lock == nil || l.End-l.Start > t.Lock.End-t.Lock.Start) {
			t.Lock = &l
		}
	}
	return t
}

// revisionRow is a line of the table of revisions.
type revisionRow struct {
	ID, Doc    string
	Statements int
	// Took is the time of the whole revision, Rehearsed that on a copy, Database what its statements took of it.
	Took, Rehearsed, Database, WAL markup
	Lock                           markup
	Failed                         bool
}

// RevisionRows are the applied revisions and the one that failed, with what they amount to. Method of
// the page, as the templates call it.
func (p page) RevisionRows() []revisionRow {
	rows := make([]revisionRow, 0, len(p.Revisions.Applied)+1)
	for _, a := range p.Revisions.Applied {
		row := revisionRow{ID: a.ID, Doc: a.Doc, Statements: a.Statements}
		if a.Took > 0 {
			row.Took = markup(took(a.Took))
		}
		if a.Rehearsed > 0 {
			row.Rehearsed = markup(took(a.Rehearsed))
		}
		rows = append(rows, row)
	}
	if p.Recording == nil {
		return rows
	}
	if id := p.Revisions.Failed; id != "" {
		rows = append(rows, revisionRow{ID: id, Failed: true})
	}
	d := p.recorded()
	for i := range rows {
		rows[i].sumUp(d, d.total(rows[i].ID))
	}
	return rows
}

func (r *revisionRow) sumUp(d recorded, t totals) {
	if t.Statements == 0 {
		return
	}
	r.Statements, r.Database = t.Statements, markup(span(t.Took))
	if t.WAL > 0 {
		r.WAL = markup(t.wal())
	}
	if t.Lock != nil {
		r.Lock = d.lockWords(*t.Lock)
	}
}

// Totals are the sums of each revision that sent statements, in their order.
func (d recorded) Totals() []revisionRow {
	var rows []revisionRow
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if s.Revision == "" || seen[s.Revision] {
			continue
		}
		seen[s.Revision] = true
		t := d.total(s.Revision)
		row := revisionRow{ID: s.Revision, Failed: t.Failed}
		row.sumUp(d, t)
		rows = append(rows, row)
	}
	return rows
}
