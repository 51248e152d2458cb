package story

import (
	"context"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// PrepareBranch is that step of a rehearsal alone; what comes after it costs a run of Alembic.
func (s *Stage) PrepareBranch(ctx context.Context, t Task) (report.Branch, error) {
	r := s.begin(report.Rehearsal, t)
	err := r.prepareBranch(ctx)
	return r.report.Branch, err
}
