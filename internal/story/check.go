package story

import (
	"context"
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// Check looks at what needs neither a secret nor a database: whether the revisions hang
// together. The models are not imported. It is the whole story for a pull request from a fork
// or from Dependabot, whose workflow GitHub gives no secrets; that is nobody's fault, and so
// the verdict is neutral unless the revisions themselves are wrong.
func (s *Stage) Check(ctx context.Context, t Task, why string) (Outcome, error) {
	r := s.begin(report.Checking, t)
	r.task.Comment = false // without secrets there is no right to comment either
	r.report.Notes = []string{why}
	r.closeGate(ctx)
	err := r.inOrder(ctx,
		step{"install dependencies", r.installation()},
		step{"find the Alembic project", r.findReadables},
		step{"read the revisions", r.all((*run).readRevisions)},
		step{"look at the pull request's files", only(r.touchable(), r.all((*run).lookAtFiles))},
	)
	if err == nil {
		for _, p := range r.parts {
			p.report.Checks, p.done = []report.Check{p.checkHistory()}, true
		}
		r.gather()
		if r.report.Verdict = r.verdict(); r.report.Verdict == report.Pass {
			r.report.Verdict = report.Neutral
		}
	}
	return r.finish(ctx, err)
}

// findReadables gives every section of the configuration a part of the run.
func (r *run) findReadables(ctx context.Context) error {
	if err := r.findIn(ctx, r.findReadable); err != nil || !r.task.several() {
		return err
	}
	r.parts = nil
	for _, section := range r.task.sections() {
		r.parts = append(r.parts, r.part(Target{Section: section}, section))
	}
	return nil
}

// findReadable finds the project as the other stories do, and takes any Python where none has
// Alembic: the revisions can be read without it.
func (r *run) findReadable(ctx context.Context) error {
	err := r.findProject(ctx)
	if err == nil {
		return nil
	}
	bare := r.task.Alembic
	bare.Static = true
	project, bareErr := migrate.Find(ctx, bare)
	if bareErr != nil {
		return err // the first failure says what the project needs
	}
	r.scene.project = project
	return nil
}

// readRevisions imports them as Alembic does. Where that fails for want of the project's
// dependencies they are read without being run, which is enough for the heads.
func (r *run) readRevisions(ctx context.Context) (err error) {
	r.scene.result.Graph, err = r.scene.project.Graph(ctx, r.task.Environment)
	if err != nil {
		reason := err
		if r.scene.result.Graph, err = r.scene.project.GraphStatic(ctx); err != nil {
			return reason
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The revisions were read without being run: %s", firstLine(reason)))
	}
	r.report.Revisions.To = r.scene.result.Graph.Heads
	return nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
