package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Codes of history faults that need the rows of a version table.
const (
	FaultUnknownRevision = CodeUnknownRevision
	FaultOverlap         = "overlapping-revisions"
	FaultAhead           = "production-ahead"
	FaultUnstamped       = "unstamped-database"
)

// Stand is where a database stands, as its catalog and its version table say.
type Stand struct {
	// Rows are the version table's revisions; none for an empty table, and where there is none.
	Rows []string
	// Tables is how many tables of the user's there are, without the version tables.
	Tables int
	// Unmerged are paths of revision files that the pull request adds, as [Revision.Path]
	// has them: no database but its own branch can have run them.
	Unmerged []string
}

// Judge tells what is wrong between these revisions and a database's rows, gravest first. It
// says nothing of the revisions by themselves: that is [Graph.Faults].
func (g Graph) Judge(s Stand) []HistoryFault {
	if len(s.Rows) == 0 {
		return g.unstamped(s.Tables)
	}
	return slices.Concat(g.unknown(s.Rows), g.overlaps(s.Rows), g.ahead(s))
}

// unstamped is a database with tables that no revision is said to have made: the first one will
// try to make them again (SQLSTATE 42P07, "relation already exists").
func (g Graph) unstamped(tables int) []HistoryFault {
	if tables == 0 || len(g.Revisions) == 0 {
		return nil
	}
	heads := strings.Join(g.Heads, " ")
	return []HistoryFault{{
		Code: FaultUnstamped, Blocks: true, Revisions: g.bases(),
		What: fmt.Sprintf("the database has %s, and alembic_version names no revision", tablesInWords(tables)),
		Why:  "Alembic would begin with the first revision and try to make tables that are there already",
		Do:   fmt.Sprintf("if the tables are what the revisions make, say so once: alembic stamp %s; if they are what an earlier revision made, stamp that one", heads),
	}}
}

func tablesInWords(n int) string {
	if n == 1 {
		return "a table"
	}
	return fmt.Sprintf("%d tables", n)
}

func (g Graph) bases() []string {
	var found []string
	for _, r := range g.Revisions {
		if len(r.Down) == 0 {
			found = append(found, r.ID)
		}
	}
	return found
}

// unknown are rows that are in no file.
func (g Graph) unknown(rows []string) []HistoryFault {
	known := g.byID()
	var found []HistoryFault
	for _, row := range rows {
		if _, there := known[row]; there {
			continue
		}
		found = append(found, HistoryFault{
			Code: FaultUnknownRevision, Blocks: true, Revisions: []string{row},
			What: fmt.Sprintf("the database is at revision %s, which is in no file here", row),
			Why:  "it was applied from another branch, or its file was deleted, squashed or not committed; Alembic refuses to go anywhere from there",
			Do:   fmt.Sprintf("bring the file of %s back; or, once the schema is that of a revision which exists, alembic stamp --purge REVISION", row),
		})
	}
	return found
}

// overlaps are rows that another row contains already: Alembic refuses to upgrade with "overlaps
// with other requested revisions".
func (g Graph) overlaps(rows []string) []HistoryFault {
	var found []HistoryFault
	for _, newer := range rows {
		passed := g.ancestors(newer)
		for _, older := range rows {
			if older == newer || !passed[older] {
				continue
			}
			found = append(found, HistoryFault{
				Code: FaultOverlap, Blocks: true, Revisions: []string{older, newer},
				What: fmt.Sprintf("alembic_version holds %s and %s, which comes after it", older, newer),
				Why:  "a database is at one of them, and Alembic refuses to upgrade as long as both are there",
				Do:   fmt.Sprintf("DELETE FROM alembic_version WHERE version_num = '%s'", strings.ReplaceAll(older, "'", "''")),
			})
		}
	}
	return found
}

// ahead are revisions that production ran and that are merged nowhere.
func (g Graph) ahead(s Stand) []HistoryFault {
	passed := map[string]bool{}
	for _, row := range s.Rows {
		for id := range g.ancestors(row) {
			passed[id] = true
		}
	}
	var early []string
	for _, r := range g.Revisions {
		if passed[r.ID] && slices.Contains(s.Unmerged, r.Path) {
			early = append(early, r.ID)
		}
	}
	if len(early) == 0 {
		return nil
	}
	return []HistoryFault{{
		Code: FaultAhead, Revisions: early,
		What: fmt.Sprintf("production ran %s already, which this pull request only adds", strings.Join(early, ", ")),
		Why:  "the rehearsal cannot show what it does, and edits to its file will never reach production",
		Do:   "merge it as it ran; or take it back on production with alembic downgrade, and let the promotion run it",
	}}
}

// Sides tells which of several heads the pull request brings along, and which are merged already,
// as the end of a sentence; "" where all are of one kind. landed holds the numbers of the pull
// requests that merged heads came with, as far as they are known.
func (g Graph) Sides(heads, unmerged []string, landed map[string]int) string {
	known := g.byID()
	var ours, merged []string
	for _, head := range heads {
		switch number := landed[head]; {
		case slices.Contains(unmerged, known[head].Path):
			ours = append(ours, head)
		case number != 0:
			merged = append(merged, fmt.Sprintf("%s came by pull request #%d", head, number))
		default:
			merged = append(merged, head+" came by another one")
		}
	}
	if len(ours) == 0 || len(merged) == 0 {
		return ""
	}
	return fmt.Sprintf("; this pull request adds %s, and %s", strings.Join(ours, ", "), strings.Join(merged, ", "))
}

// Pending are the revisions that lead from a database's rows to the heads, parents first.
func (g Graph) Pending(rows []string) []string {
	ran := map[string]bool{}
	for _, row := range rows {
		maps.Copy(ran, g.ancestors(row))
	}
	wanted := map[string]int{} // and how many come before it
	for _, head := range g.Heads {
		for id := range g.ancestors(head) {
			if !ran[id] {
				wanted[id] = len(g.ancestors(id))
			}
		}
	}
	return slices.SortedFunc(maps.Keys(wanted), func(a, b string) int {
		return cmp.Or(wanted[a]-wanted[b], strings.Compare(a, b))
	})
}

// Landed are the heads whose files the pull request does not add, where it adds another.
func (g Graph) Landed(unmerged []string) []Revision {
	var landed []Revision
	for _, r := range g.Revisions {
		if slices.Contains(g.Heads, r.ID) && !slices.Contains(unmerged, r.Path) {
			landed = append(landed, r)
		}
	}
	if len(landed) == len(g.Heads) {
		return nil
	}
	return landed
}
