package story

import (
	"context"
	"fmt"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// touchable tells that GitHub can be asked what the pull request does to its files.
func (r *run) touchable() bool { return r.GitHub != nil && r.task.Number != 0 }

// lookAtFiles finds merged revisions that the pull request edits or removes. That the list
// cannot be had is a note: it is no reason not to rehearse.
func (r *run) lookAtFiles(ctx context.Context) error {
	files, err := r.GitHub.ChangedFiles(ctx, r.task.Number)
	if err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("Whether merged revisions were edited is not known: %v", err))
		return nil
	}
	var changes []migrate.FileChange
	for _, f := range files {
		changes = append(changes, migrate.FileChange{Path: r.scene.project.Relative(f.Path), Was: r.scene.project.Relative(f.Was), Status: f.Status})
	}
	r.scene.touched = r.scene.result.Graph.Touched(changes)
	for _, c := range changes {
		if c.Status == "added" {
			r.scene.added = append(r.scene.added, c.Path)
		}
	}
	if r.ranAlready() && r.merged(ctx) {
		r.scene.added = nil // they are the base branch's now, and production may have run them
	}
	r.findLanded(ctx)
	return nil
}

// findLanded asks with which pull requests the other heads came. Where that is not to be had they
// are told without.
func (r *run) findLanded(ctx context.Context) {
	for _, head := range r.scene.result.Graph.Landed(r.scene.added) {
		file, inside := r.scene.project.FromRoot(head.Path)
		if !inside {
			continue
		}
		pr, found, err := r.GitHub.PullRequestOfFile(ctx, file)
		if err != nil {
			r.Logger.Debug("asking where a head came from", "revision", head.ID, "error", err)
		}
		if found {
			if r.scene.landed == nil {
				r.scene.landed = map[string]int{}
			}
			r.scene.landed[head.ID] = pr.Number
		}
	}
}

// ranAlready tells that production is at a revision of a file which the pull request adds.
func (r *run) ranAlready() bool {
	return slices.ContainsFunc(r.scene.result.Graph.Revisions, func(one migrate.Revision) bool {
		return slices.Contains(r.scene.result.Before, one.ID) && slices.Contains(r.scene.added, one.Path)
	})
}

// merged tells whether the pull request is merged; one of which that is not known is not.
func (r *run) merged(ctx context.Context) bool {
	pr, err := r.GitHub.PullRequest(ctx, r.task.Number)
	return err == nil && pr.Merged
}

// checkHistory tells whether the revisions hang together. What does not stand in the way of an
// upgrade becomes a finding.
func (r *run) checkHistory() report.Check {
	check := report.Check{Name: report.CheckHeads, State: report.OK, Summary: "one head"}
	graph := r.scene.result.Graph
	stand := migrate.Stand{Rows: r.scene.result.Before, Unmerged: r.scene.added}
	for _, f := range slices.Concat(graph.Faults(), graph.Judge(stand), r.scene.touched) {
		if f.Code == migrate.FaultSeveralHeads {
			f.What += graph.Sides(f.Revisions, r.scene.added, r.scene.landed)
		}
		if !f.Blocks {
			r.report.Findings = append(r.report.Findings, report.Finding{
				Code: f.Code, Severity: report.SeverityWarn, Title: f.What, Why: f.Why, Advice: f.Do,
			})
			continue
		}
		if check.State == report.OK {
			check.State, check.Summary, check.Do = report.Drift, f.What, f.Do
			continue
		}
		check.Summary += "; " + f.What
		check.Do += "\n" + f.Do
	}
	return check
}
