package migrate

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// HistoryFault is something that is wrong with the revisions themselves, seen without a database.
type HistoryFault struct {
	// Code is the fault's stable name.
	Code string
	// What is wrong in a sentence, Why it matters, Do the next step.
	What, Why, Do string
	// Revisions are those that it is about.
	Revisions []string
	// Blocks tells that an upgrade cannot work, or not as anybody means it.
	Blocks bool
}

// Codes of history faults.
const (
	FaultSeveralHeads  = "several-heads"
	FaultMissingParent = "missing-parent"
	FaultCycle         = "revision-cycle"
	FaultDuplicate     = "duplicate-revision"
	FaultUnreadable    = "unreadable-revision"
	FaultEdited        = "revision-edited"
	FaultDeleted       = "revision-deleted"
	duplicateMark      = " is present more than once" // Alembic's own words, and those of the static reader
	missingMark        = "is not present"
)

// Faults judges the graph by itself: gravest first, none for a history in order. Several heads on
// branches with labels of their own are meant (Alembic's documentation, "Working with
// branches"), and one that another revision depends on is no head.
func (g Graph) Faults() []HistoryFault {
	var found []HistoryFault
	found = append(found, g.unreadable()...)
	found = append(found, g.orphans()...)
	if cycle := g.cycle(); cycle != nil {
		return append(found, HistoryFault{
			Code: FaultCycle, Blocks: true, Revisions: cycle,
			What: "the revisions " + strings.Join(cycle, " → ") + " follow each other in a circle",
			Why:  "Alembic cannot tell which comes first",
			Do:   "correct down_revision in the one that was changed last",
		})
	}
	return append(found, g.forks()...)
}

// unreadable turns problems of reading into faults.
func (g Graph) unreadable() []HistoryFault {
	var found []HistoryFault
	for _, p := range g.Problems {
		if strings.Contains(p, missingMark) {
			continue // orphans has it, with its name
		}
		if id, doubled := strings.CutSuffix(p, duplicateMark); doubled {
			id = strings.TrimPrefix(id, "Revision ")
			found = append(found, HistoryFault{
				Code: FaultDuplicate, Blocks: true, Revisions: []string{id},
				What: "two files have the revision " + id, Why: "Alembic reads only one of them",
				Do: "give one of them an id of its own: a copied file keeps the other's",
			})
			continue
		}
		found = append(found, HistoryFault{
			Code: FaultUnreadable, What: "a revision file cannot be read: " + p,
			Why: "what it says is not looked at here", Do: "correct the file, or move what is no revision out of the directory",
		})
	}
	return found
}

// orphans are revisions that follow, or depend on, one that is in no file.
func (g Graph) orphans() []HistoryFault {
	var found []HistoryFault
	for _, r := range g.Revisions {
		for _, needed := range r.DependsOn {
			if !g.abbreviated(needed) && !g.labels(needed) {
				found = append(found, HistoryFault{
					Code: FaultMissingParent, Blocks: true, Revisions: []string{r.ID},
					What: fmt.Sprintf("revision %s depends on %s, which is in no file", r.ID, needed),
					Why:  "Alembic cannot load the revisions at all",
					Do:   fmt.Sprintf("commit the file of %s, or correct depends_on in %s", needed, r.Path),
				})
			}
		}
		for _, parent := range r.Down {
			if g.abbreviated(parent) {
				continue
			}
			found = append(found, HistoryFault{
				Code: FaultMissingParent, Blocks: true, Revisions: []string{r.ID},
				What: fmt.Sprintf("revision %s follows %s, which is in no file", r.ID, parent),
				Why:  "Alembic cannot load the revisions at all",
				Do:   fmt.Sprintf("commit the file of %s, or set down_revision in %s to the revision that it follows", parent, r.Path),
			})
		}
	}
	return found
}

func (g Graph) byID() map[string]Revision {
	known := map[string]Revision{}
	for _, r := range g.Revisions {
		known[r.ID] = r
	}
	return known
}

// abbreviated tells that Alembic finds a revision by the beginning of its id.
func (g Graph) abbreviated(id string) bool {
	return slices.ContainsFunc(g.Revisions, func(r Revision) bool { return strings.HasPrefix(r.ID, id) })
}

// labels tells that a word is a branch label: depends_on may name one instead of a revision, also as
// "label@head".
func (g Graph) labels(word string) bool {
	label, _, _ := strings.Cut(word, "@")
	return slices.ContainsFunc(g.Revisions, func(r Revision) bool { return slices.Contains(r.Labels, label) })
}

// cycle finds revisions that follow each other in a circle, the first one last again; nil if none.
func (g Graph) cycle() []string {
	known, done := g.byID(), map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if way := circle(known, id, nil, done); way != nil {
			return way
		}
	}
	return nil
}

func circle(known map[string]Revision, id string, way []string, done map[string]bool) []string {
	if at := slices.Index(way, id); at >= 0 {
		return append(slices.Clone(way[at:]), id)
	}
	if done[id] {
		return nil
	}
	way = append(way, id)
	for _, parent := range slices.Concat(known[id].Down, known[id].DependsOn) {
		if found := circle(known, parent, way, done); found != nil {
			return found
		}
	}
	done[id] = true
	return nil
}

// forks tells of several heads, and where their ways part.
func (g Graph) forks() []HistoryFault {
	heads := g.effectiveHeads()
	if len(heads) < 2 || g.labelled(heads) {
		return nil
	}
	what := fmt.Sprintf("%d heads: %s", len(heads), strings.Join(heads, ", "))
	if parent, children := g.fork(heads); parent != "" {
		what += fmt.Sprintf("; %s both follow %s", strings.Join(children, " and "), parent)
	}
	return []HistoryFault{{
		Code: FaultSeveralHeads, Blocks: true, Revisions: heads, What: what,
		Why: "alembic upgrade head refuses, and nobody has tried the two lines together",
		Do:  fmt.Sprintf(`run alembic merge -m "merge heads" %s and commit the file; or set down_revision of the newer one to the other`, strings.Join(heads, " ")),
	}}
}

// effectiveHeads are the heads that no other revision depends on.
func (g Graph) effectiveHeads() []string {
	needed := map[string]bool{}
	for _, r := range g.Revisions {
		for _, d := range r.DependsOn {
			needed[d] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(g.Heads), func(id string) bool { return needed[id] })
}

// labelled tells that each head has a branch label that no other has: then several are meant.
func (g Graph) labelled(heads []string) bool {
	known, owners := g.byID(), map[string]int{}
	labels := map[string][]string{}
	for _, head := range heads {
		for id := range g.ancestors(head) {
			labels[head] = append(labels[head], known[id].Labels...)
		}
		slices.Sort(labels[head])
		labels[head] = slices.Compact(labels[head])
		for _, label := range labels[head] {
			owners[label]++
		}
	}
	return !slices.ContainsFunc(heads, func(head string) bool {
		return !slices.ContainsFunc(labels[head], func(label string) bool { return owners[label] == 1 })
	})
}

// ancestors are a revision and all that it follows.
func (g Graph) ancestors(id string) map[string]bool {
	known, found := g.byID(), map[string]bool{}
	for next := []string{id}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		if _, there := known[at]; there && !found[at] {
			found[at] = true
			next = append(next, known[at].Down...)
		}
	}
	return found
}

// fork finds the revision from which the ways to the heads part, and those that follow it.
func (g Graph) fork(heads []string) (parent string, children []string) {
	first, second := g.ancestors(heads[0]), g.ancestors(heads[1])
	for _, r := range g.Revisions {
		if first[r.ID] == second[r.ID] {
			continue
		}
		for _, down := range r.Down {
			if first[down] && second[down] {
				parent = down
				children = append(children, r.ID)
			}
		}
	}
	slices.Sort(children)
	return parent, children
}

// FileChange is what a pull request does to a file.
type FileChange struct {
	// Path is relative to [Project.Dir], with slashes; Was is the former one of a renamed file.
	Path, Was string
	// Status is GitHub's word: added, modified, removed, renamed and others.
	Status string
}

// Touched judges what a pull request does to revisions that are merged already: they ran, or
// will run, as they were.
func (g Graph) Touched(changes []FileChange) []HistoryFault {
	var found []HistoryFault
	for _, c := range changes {
		at := slices.IndexFunc(g.Revisions, func(r Revision) bool { return r.Path == c.Path })
		switch {
		case c.Status == "modified" && at >= 0:
			id := g.Revisions[at].ID
			found = append(found, HistoryFault{
				Code: FaultEdited, Revisions: []string{id},
				What: fmt.Sprintf("revision %s is merged already, and this pull request edits %s", id, c.Path),
				Why:  "databases that ran it will never run the new text",
				Do:   "put the file back, and write what is to change into a new revision",
			})
		case c.Status == "removed" && g.holdsRevisions(c.Path):
			found = append(found, HistoryFault{
				Code: FaultDeleted, Blocks: true, What: fmt.Sprintf("this pull request removes the merged revision file %s", c.Path),
				Why: "a database that is at this revision cannot be upgraded any more: Alembic does not know where it is",
				Do:  "put the file back; to shorten the history, let all databases pass the removed revisions first",
			})
		}
	}
	return found
}

// holdsRevisions tells that a path is in a directory of revisions.
func (g Graph) holdsRevisions(file string) bool {
	return path.Ext(file) == ".py" && path.Base(file) != "__init__.py" &&
		slices.ContainsFunc(g.Revisions, func(r Revision) bool { return path.Dir(r.Path) == path.Dir(file) })
}

// Relative turns a path from the repository's root into one from the project's directory, with
// slashes, as [Revision.Path] is. The root is the nearest directory above with a .git.
func (p *Project) Relative(file string) string {
	relative, err := filepath.Rel(p.Dir, filepath.Join(p.root(), filepath.FromSlash(file)))
	if err != nil {
		return file
	}
	return filepath.ToSlash(relative)
}

// FromRoot is the way back: a path from the project's directory, or an absolute one, becomes one from
// the repository's root, with slashes; false where the file is outside of it.
func (p *Project) FromRoot(file string) (string, bool) {
	file = filepath.FromSlash(file)
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Dir, file)
	}
	relative, err := filepath.Rel(p.root(), file)
	if err != nil || !filepath.IsLocal(relative) {
		return "", false
	}
	return filepath.ToSlash(relative), true
}

func (p *Project) root() string {
	if above := upwards(p.Dir); len(above) > 0 {
		return above[len(above)-1]
	}
	return p.Dir
}
