package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// review puts the findings beside the lines that caused them. Where that is not allowed, they
// become annotations of the run. What could not be done never changes the verdict.
func (r *run) review(ctx context.Context) {
	if !r.task.Risk.Review || r.parts[0].scene.project == nil || r.task.Queue {
		return
	}
	notes := r.allNotes()
	if r.GitHub == nil || r.task.Number == 0 || r.task.HeadSHA == "" {
		r.outcome.Annotations = github.Annotations(notes)
		return
	}
	_, err := r.GitHub.Review(ctx, r.task.Number, r.task.HeadSHA, r.marker(), notes)
	if err == nil {
		return
	}
	r.outcome.Annotations = github.Annotations(notes)
	if errors.Is(err, github.ErrNotPermitted) {
		return // the report's own comment tells which permission is missing
	}
	note := fmt.Sprintf("The findings could not be put beside their lines: %v", err)
	if explanation, ok := fault.Explain(err); ok {
		note += "\n" + explanation.Do
	}
	r.Progress.Say(note)
}

// allNotes are those of every target; what several say of the same line is said once.
func (r *run) allNotes() []github.Note {
	var all []github.Note
	for _, p := range r.parts {
		for _, n := range p.notes() {
			if !slices.ContainsFunc(all, func(other github.Note) bool { return other.Key == n.Key && other.Path == n.Path }) {
				all = append(all, n)
			}
		}
	}
	return all
}

// notes are the findings that a line caused, gravest first as they were judged.
func (r *run) notes() []github.Note {
	paths := map[string]string{}
	for _, revision := range r.scene.result.Graph.Revisions {
		paths[revision.ID] = revision.Path
	}
	var notes []github.Note
	keys := map[string]int{}
	for _, f := range r.report.Findings {
		path := f.Path
		if path == "" {
			path = paths[f.Revision]
		}
		file, inside := r.scene.project.FromRoot(path)
		if path == "" || !inside || f.Allowed != nil || f.Severity == report.SeverityInfo {
			continue
		}
		key := strings.Join([]string{f.Code, f.Object, f.Revision}, " ")
		if keys[key]++; keys[key] > 1 {
			key += fmt.Sprintf(" %d", keys[key])
		}
		notes = append(notes, github.Note{
			Key: key, Path: file, Line: f.Line, Fallback: r.upgradeLine(path),
			Body:  r.Mask(report.NoteText(f)),
			Level: levels[f.Severity], Title: r.Mask(f.Code + ": " + f.Title), Message: r.Mask(strings.TrimSpace(f.Evidence + "\n" + f.Advice + "\n" + f.Fix)),
		})
	}
	return notes
}

// levels are GitHub's words for severities.
var levels = map[report.Severity]string{report.SeverityBlock: "error", report.SeverityWarn: "warning", report.SeverityInfo: "notice"}

var upgradeFunction = regexp.MustCompile(`(?m)^(async )?def upgrade\b`)

// upgradeLine is the line of a revision's function; 0 where it has none.
func (r *run) upgradeLine(path string) int {
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.scene.project.Dir, path)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	at := upgradeFunction.FindIndex(source)
	if at == nil {
		return 0
	}
	return 1 + strings.Count(string(source[:at[0]]), "\n")
}
