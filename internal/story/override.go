package story

import (
	"context"
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// overrideStep asks GitHub whether somebody lets this pass; nil where nobody can.
func (r *run) overrideStep() func(context.Context) error {
	if r.task.Risk.Override == "" || r.GitHub == nil || r.task.Number == 0 {
		return nil
	}
	return r.askForOverride
}

// askForOverride looks whether somebody with write access lets this pull request pass, if anything
// stands against it.
func (r *run) askForOverride(ctx context.Context) error {
	label := r.task.Risk.Override
	if r.verdict() != report.Block {
		return nil
	}
	by, found, err := r.GitHub.Override(ctx, r.task.Number, label)
	switch {
	case err != nil:
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("Whether the label %s lets this pass is not known: %v", label, err))
	case found:
		r.scene.overridden = true
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("What blocks was let pass by %s (%s), with the label %s on %s.", by.By, by.Role, label, by.At.UTC().Format("2006-01-02 15:04 UTC")))
	case by.Why != "":
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The label %s lets nothing pass: %s", label, by.Why))
	}
	return nil
}
