package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// Drift looks at production itself, on a throw-away branch: whether it is what its revisions make,
// and whether the models are. One GitHub issue tells of what drifted for as long as it does.
func (s *Stage) Drift(ctx context.Context, t Task) (Outcome, error) {
	t.Watch, t.Comment, t.Number, t.Stairway = true, false, 0, Ignore
	r := s.begin(report.Watch, t)
	defer r.leave(ctx)
	err := r.rehearse(ctx)
	r.under.stopAlembic()
	if r.under.lost(err) {
		r.report.Verdict = report.Block
		r.gather()
		err = errors.Join(err, r.keepIssue(ctx))
	}
	if err == nil {
		r.report.Verdict = r.verdict()
		err = r.inOrder(ctx,
			step{"write the revision", only(t.WriteRevision, r.writeRevisions)},
			step{"keep the issue", only(r.GitHub != nil, r.keepIssue)},
		)
	}
	r.throwAway(ctx)
	r.report.Branch = report.Branch{} // it is gone
	return r.finish(ctx, err)
}

// lost tells that Alembic could not start because of where production stands: at a revision that is
// in no file, or at two that contain each other. That is drift as well, so the issue tells it.
func (r *run) lost(err error) bool {
	var failed *migrate.Error
	if r.GitHub == nil || !errors.As(err, &failed) || !slices.Contains([]string{migrate.FaultUnknownRevision, migrate.FaultOverlap}, failed.Code) {
		return false
	}
	r.report.Checks = []report.Check{{Name: report.CheckHeads, State: report.Drift, Summary: failed.Why, Do: failed.Do}}
	return true
}

// throwAway removes the branch, however the story ended. Its expiry takes what cannot be removed.
func (r *run) throwAway(ctx context.Context) {
	if r.scene.branch.ID == "" {
		return
	}
	ctx, cancel := afterwards(ctx, postLimit)
	defer cancel()
	if err := r.removeBranch(ctx, r.scene.branch); err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("The branch %s stays until it expires: %v", r.scene.branch.Name, err))
	}
}

// driftMarker names the issue: one for each project and database.
func (r *run) driftMarker() github.Marker {
	return github.Marker{ID: commentMarker + "-drift", Project: r.task.Project, Key: r.report.Database + " " + r.task.Key}
}

// keepIssue opens, updates or closes the issue. That it could not be is told in the report, and
// is a failure: on a schedule the issue is all that anybody sees.
func (r *run) keepIssue(ctx context.Context) error {
	drifted := r.drifted()
	if len(drifted) == 0 {
		return r.closeIssue(ctx)
	}
	body := r.Mask(report.Markdown(lasting(r.report), report.CommentLimit))
	for _, c := range drifted {
		body += "\n" + toldMark(c)
	}
	url, err := r.GitHub.UpsertIssue(ctx, r.driftMarker(), r.issueTitle(drifted), body)
	r.outcome.CommentURL = url
	if url != "" {
		r.Progress.Say("told in " + url)
	}
	return err
}

func (r *run) drifted() []report.Check {
	return slices.DeleteFunc(r.report.AllChecks(), func(c report.Check) bool { return c.State != report.Drift })
}

// toldMark is a hidden line of the issue: it tells of this check. The issue is not closed while
// that check cannot be done.
func toldMark(c report.Check) string { return "<!-- neon-migrations-drifted: " + c.Name + " -->" }

// issueTitle says what drifted, and where.
func (r *run) issueTitle(drifted []report.Check) string {
	var what []string
	for _, c := range drifted {
		words := c.Name
		if c.Name == report.CheckProduction {
			words += " in " + count(len(c.Differences), "place")
		} else if n := len(c.Operations) + grave(c.Differences); n > 0 {
			words += " in " + count(n, "place")
		}
		what = append(what, words)
	}
	where := fmt.Sprintf("database %s of the Neon project %s", r.report.Database, r.task.Project)
	return strings.Join(strings.Fields("Schema drift: "+strings.Join(what, ", ")+" · "+where), " ")
}

// closeIssue closes the issue if all that it tells of was looked at and is gone.
func (r *run) closeIssue(ctx context.Context) error {
	told, err := r.GitHub.OpenIssue(ctx, r.driftMarker())
	if err != nil || told == "" {
		return err
	}
	for _, c := range r.report.AllChecks() {
		if c.State != report.OK && c.State != report.Skipped && strings.Contains(told, toldMark(c)) {
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("The issue stays open: whether its drift (%s) is gone cannot be told.", c.Name))
			return nil
		}
	}
	url, err := r.GitHub.CloseIssue(ctx, r.driftMarker(), "The drift that this told of is gone.")
	if url != "" {
		r.Progress.Say("closed " + url)
	}
	return err
}

// lasting is the report without what differs from run to run, so that an issue changes only when
// the drift does. A revision file has the day in it; its body stands there without.
func lasting(same report.Report) report.Report {
	same.Branch, same.Steps, same.RunURL, same.PullRequest.HeadSHA = report.Branch{}, nil, "", ""
	same.StartedAt, same.Took = time.Time{}, 0
	same.Revisions.Applied, same.Changes, same.Diagram, same.Plan = nil, nil, report.Report{}.Diagram, ""
	same.Parts = slices.Clone(same.Parts)
	for i := range same.Parts {
		same.Parts[i] = lasting(same.Parts[i])
	}
	same.Checks = slices.Clone(same.Checks)
	for i := range same.Checks {
		if same.Checks[i].File != nil {
			same.Checks[i].File = nil
			same.Checks[i].Do = "run neon-migrations drift --write-revision, which saves these lines as a revision file; read it and commit it"
		}
	}
	return same
}

// writeRevisions does so for every configuration: databases with the same revisions miss the same.
func (r *run) writeRevisions(ctx context.Context) error {
	written := map[string]bool{}
	for _, p := range r.parts {
		if written[p.task.Alembic.Section] {
			continue
		}
		if err := p.writeRevision(ctx); err != nil {
			return p.named(err)
		}
		if file := p.outcome.RevisionFile; file != "" && p != r {
			written[p.task.Alembic.Section] = true
			r.outcome.RevisionFile = strings.TrimPrefix(r.outcome.RevisionFile+"\n"+file, "\n")
		}
	}
	r.gather()
	return nil
}

// writeRevision saves the missing operations as a revision file; one that is there is kept.
func (r *run) writeRevision(context.Context) error {
	for _, c := range r.report.Checks {
		if c.File == nil {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(c.File.Path)) {
			return fault.Usage("writing "+c.File.Path, "it lies outside of the project's directory "+r.scene.project.Dir,
				"write the lines of the report into a revision file there yourself")
		}
		path := filepath.Join(r.scene.project.Dir, filepath.FromSlash(c.File.Path))
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a source file, for everybody to read
		if errors.Is(err, os.ErrExist) {
			return fault.Usage("writing "+path, "it is there already", "look at it: it may be this revision from an earlier run")
		}
		if err != nil {
			return fmt.Errorf("writing the revision: %w", err)
		}
		_, err = file.WriteString(c.File.Content)
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("writing the revision: %w", err)
		}
		r.outcome.RevisionFile = path
		r.Progress.Say("wrote " + path)
		r.report.Notes = append(r.report.Notes, "The missing operations were written to "+c.File.Path+".")
		return nil
	}
	r.Progress.Say("the models say nothing that the revisions do not: no file was written")
	return nil
}
