package story

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

// historyMark begins a hidden line of the comment: with which production and which revisions
// the history was found to be in order. Running it from base again would find the same.
const historyMark = "<!-- neon-migrations-history: "

// rememberHistory looks whether the last rehearsal of this pull request found the history in
// order, and neither production nor the revisions have changed since. Whatever keeps
// it from knowing means that the history is run.
func (r *run) rememberHistory(ctx context.Context) error {
	key, err := r.historyKey(ctx)
	if err != nil {
		r.Logger.Warn("the history is run: what it depends on is not known", "error", err)
	}
	if r.scene.historyKey = key; key == "" {
		return nil
	}
	body, err := r.GitHub.OwnComment(ctx, r.task.Number, r.marker())
	if err == nil && strings.Contains(body, historyMark+key) {
		r.scene.historyKnown = true
		r.Progress.Say("neither production nor its revisions changed since they were compared")
	}
	return nil
}

// historyKey is a hash of all that the comparison depends on: production's schema, the
// revision that it is at, and the files of the revisions. "" where the last cannot be told.
func (r *run) historyKey(ctx context.Context) (string, error) {
	at, err := r.versionRows(ctx)
	if err != nil || len(at) == 0 {
		return "", err
	}
	graph, err := r.scene.project.GraphStatic(ctx)
	if err != nil || len(graph.Problems) > 0 {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintln(hash, r.report.Fingerprint.Before, at)
	slices.SortFunc(graph.Revisions, func(a, b migrate.Revision) int { return strings.Compare(a.ID, b.ID) })
	for _, revision := range graph.Revisions {
		fmt.Fprintln(hash, revision.ID, revision.SHA256)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// versionRows reads the revisions from the tables that are known for Alembic's by their form.
func (r *run) versionRows(ctx context.Context) ([]string, error) {
	return r.versionRowsIn(ctx, r.scene.before)
}

func (r *run) versionRowsIn(ctx context.Context, s *catalog.Snapshot) ([]string, error) {
	var found []string
	for _, o := range s.Objects {
		if o.Tool != alembic || !r.ownVersions(o) {
			continue
		}
		rows, err := r.scene.conn.Query(ctx, "SELECT version_num FROM "+pgx.Identifier{o.Schema, o.Name}.Sanitize()+" ORDER BY 1")
		if err != nil {
			return nil, err
		}
		more, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// ownVersions tells whether a version table is this target's own. Until Alembic has said which it is, all are: other
// configurations may have theirs in the same database.
func (r *run) ownVersions(table catalog.Object) bool {
	own := r.scene.result.VersionTables
	return len(own) == 0 || slices.ContainsFunc(own, func(t migrate.VersionTable) bool { return t.Schema == table.Schema && t.Name == table.Name })
}

// remembered are the hidden lines for the next rehearsal, "" where nothing is to be remembered.
func (r *run) remembered() string {
	lines := ""
	for _, p := range r.parts {
		lines += p.rememberedOne()
	}
	return lines
}

func (r *run) rememberedOne() string {
	inOrder := slices.ContainsFunc(r.report.Checks, func(c report.Check) bool {
		return c.Name == report.CheckProduction && c.State == report.OK
	})
	if !inOrder || r.scene.historyKey == "" {
		return ""
	}
	return "\n" + historyMark + r.scene.historyKey + " -->\n"
}

// rehearsalMarker names the sticky comment of rehearsals, which keeps the plan.
func (r *run) rehearsalMarker() github.Marker {
	return github.Marker{ID: commentMarker, Project: r.task.Project, Key: r.task.Key}
}

// marker names the sticky comment of this story.
func (r *run) marker() github.Marker {
	m := r.rehearsalMarker()
	if r.report.Kind == report.Promotion {
		m.ID += "-promotion"
	}
	return m
}
