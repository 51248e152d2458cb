package migrate

import (
	"slices"
	"strings"
	"testing"
)

// chain writes revisions as "id<down,down", with @label and !dependency behind.
func chain(heads string, revisions ...string) Graph {
	g := Graph{Heads: strings.Fields(heads)}
	for _, text := range revisions {
		text, dependency, _ := strings.Cut(text, "!")
		text, label, _ := strings.Cut(text, "@")
		id, down, _ := strings.Cut(text, "<")
		r := Revision{ID: id, Path: "versions/" + id + ".py"}
		if down != "" {
			r.Down = strings.Split(down, ",")
		}
		if label != "" {
			r.Labels = []string{label}
		}
		if dependency != "" {
			r.DependsOn = []string{dependency}
		}
		g.Revisions = append(g.Revisions, r)
	}
	return g
}

func TestFaults(t *testing.T) {
	t.Parallel()
	doubled := chain("b", "a", "b<a")
	doubled.Problems = []string{"Revision b is present more than once"}
	broken := chain("b", "a", "b<a")
	broken.Problems = []string{"versions/c.py: invalid syntax"}
	for name, tt := range map[string]struct {
		graph Graph
		codes string
		words []string
	}{
		"in order":                {graph: chain("c", "a", "b<a", "c<b")},
		"merged":                  {graph: chain("d", "a", "b<a", "c<a", "d<b,c")},
		"two heads":               {chain("b c", "a", "b<a", "c<a"), "several-heads", []string{"b and c both follow a", "alembic merge -m \"merge heads\" b c"}},
		"two heads far away":      {chain("c e", "a", "b<a", "c<b", "d<a", "e<d"), "several-heads", []string{"b and d both follow a"}},
		"two bases":               {chain("a b", "a", "b"), "several-heads", []string{"2 heads: a, b"}},
		"labelled branches":       {graph: chain("b d", "a@contract", "b<a", "c@expand", "d<c")},
		"one label for two":       {chain("b c", "a@all", "b<a", "c<a"), "several-heads", nil},
		"a head that is needed":   {graph: chain("b d", "a", "b<a", "c!b", "d<c")},
		"missing parent":          {chain("b", "a", "b<x"), "missing-parent", []string{"b follows x", "versions/b.py"}},
		"parent by its beginning": {graph: chain("b", "abcdef", "b<abc")},
		"missing dependency":      {chain("b", "a", "b<a!x"), "missing-parent", []string{"b depends on x", "depends_on in versions/b.py"}},
		"dependency by its label": {graph: chain("b", "a@base", "b<a!base@head")},
		"circle of dependencies":  {chain("", "a!b", "b<a"), "revision-cycle", []string{"a → b → a"}},
		"one label in two files":  {graph: chain("b d", "a@contract", "b<a@contract", "c@expand", "d<c")},
		"circle":                  {chain("", "a<c", "b<a", "c<b"), "revision-cycle", []string{"a → c → b → a"}},
		"follows itself":          {chain("", "a<a"), "revision-cycle", []string{"a → a"}},
		"the same id twice":       {doubled, "duplicate-revision", []string{"b"}},
		"unreadable":              {broken, "unreadable-revision", []string{"invalid syntax"}},
	} {
		t.Run(name, func(t *testing.T) {
			var codes, text []string
			for _, f := range tt.graph.Faults() {
				codes = append(codes, f.Code)
				text = append(text, f.What, f.Why, f.Do)
				if f.What == "" || f.Why == "" || f.Do == "" || f.Blocks == (f.Code == FaultUnreadable) {
					t.Errorf("fault %+v", f)
				}
			}
			if got := strings.Join(codes, " "); got != tt.codes {
				t.Errorf("faults %q, want %q", got, tt.codes)
			}
			for _, words := range tt.words {
				if !strings.Contains(strings.Join(text, "\n"), words) {
					t.Errorf("%q does not say %q", text, words)
				}
			}
		})
	}
}

func TestTouched(t *testing.T) {
	t.Parallel()
	g := chain("b", "a", "b<a")
	faults := g.Touched([]FileChange{
		{Path: "versions/b.py", Status: "added"},
		{Path: "versions/a.py", Status: "modified"},
		{Path: "versions/gone.py", Status: "removed"},
		{Path: "versions/__init__.py", Status: "removed"},
		{Path: "app/models.py", Status: "removed"},
		{Path: "versions/b.py", Was: "versions/old.py", Status: "renamed"},
	})
	codes := []string{}
	for _, f := range faults {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, []string{FaultEdited, FaultDeleted}) || faults[0].Blocks || !faults[1].Blocks {
		t.Errorf("faults %+v", faults)
	}
}
