package recorder

import (
	"slices"
	"time"
)

// Append adds what a later recording of the same database saw, as if both were one: numbers go on, sessions are other
// ones, and times count from the start of the first.
func (r *Recording) Append(later *Recording) {
	numbers, sessions, shift := r.last(), r.Sessions, later.StartedAt.Sub(r.StartedAt)
	for _, s := range later.Statements {
		s.Number, s.Session, s.Start = s.Number+numbers, s.Session+sessions, s.Start+shift
		r.Statements = append(r.Statements, s)
	}
	for _, h := range later.Holds {
		h.Session, h.Since, h.Until = h.Session+sessions, h.Since+numbers, h.Until+numbers
		h.Start, h.Sure, h.End = h.Start+shift, h.Sure+shift, h.End+shift
		r.Holds = append(r.Holds, h)
	}
	r.appendScans(later.Scans)
	if later.Blocked != nil && r.Blocked == nil {
		blocked := *later.Blocked
		blocked.Waiting, blocked.Holding = blocked.Waiting+numbers, blocked.Holding+numbers
		r.Blocked = &blocked
	}
	for _, m := range later.Missing {
		if !slices.Contains(r.Missing, m) {
			r.Missing = append(r.Missing, m)
		}
	}
	r.Sessions += later.Sessions
	r.Took = max(r.Took, shift+later.Took)
	r.Floor = shortest(r.Floor, later.Floor)
}

// last is the highest number of a statement.
func (r *Recording) last() int {
	n := 0
	for _, s := range r.Statements {
		n = max(n, s.Number)
	}
	return n
}

func (r *Recording) appendScans(later []Scan) {
	for _, s := range later {
		at := slices.IndexFunc(r.Scans, func(known Scan) bool { return known.Relation.OID == s.Relation.OID })
		if at < 0 {
			r.Scans = append(r.Scans, s)
			continue
		}
		r.Scans[at].TuplesRead += s.TuplesRead
	}
}

// shortest is the shorter of two round trips; 0 is one that was not measured.
func shortest(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
