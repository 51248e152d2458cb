package recorder

import (
	"slices"
	"time"
)

// Span tells which code of the migration ran between two moments of this machine's clock.
type Span struct {
	Start, End time.Time
	// Revision is Alembic's identifier, Path the revision file and Line the line in it, and Operation
	// the op.* call there; each may be empty.
	Revision, Path, Operation string
	Line                      int
}

// Attribute puts revision, path, line and operation of the spans into the statements that began
// within them. A span knows better than the version table: it replaces what was there. Spans may
// come in any order; where several cover a statement, the one that began last counts.
func (r *Recording) Attribute(spans []Span) {
	ordered := slices.Clone(spans)
	slices.SortStableFunc(ordered, func(a, b Span) int { return a.Start.Compare(b.Start) })
	for i := range r.Statements {
		s := &r.Statements[i]
		began := r.StartedAt.Add(s.Start)
		for _, span := range slices.Backward(ordered) {
			if !began.Before(span.Start) && !began.After(span.End) {
				s.Revision, s.Path, s.Line, s.Operation = span.Revision, span.Path, span.Line, span.Operation
				break
			}
		}
	}
}
