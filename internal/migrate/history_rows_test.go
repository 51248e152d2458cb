package migrate

import (
	"slices"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	line := chain("c", "a", "b<a", "c<b")
	twins := chain("b c", "a", "b<a", "c<a")
	merged := chain("d", "a", "b<a", "c<a", "d<b,c")
	for name, tt := range map[string]struct {
		graph  Graph
		stand  Stand
		codes  string
		words  string
		passes bool
	}{
		"at head":                   {graph: line, stand: Stand{Rows: []string{"c"}, Tables: 4}},
		"behind":                    {graph: line, stand: Stand{Rows: []string{"a"}, Tables: 1}},
		"at two heads":              {graph: twins, stand: Stand{Rows: []string{"b", "c"}}},
		"empty database":            {graph: line},
		"full without revision":     {graph: line, stand: Stand{Tables: 12}, codes: "unstamped-database", words: "12 tables"},
		"what to stamp":             {graph: line, stand: Stand{Tables: 1}, codes: "unstamped-database", words: "alembic stamp c"},
		"full and no revision file": {stand: Stand{Tables: 12}},
		"unknown":                   {graph: line, stand: Stand{Rows: []string{"x"}}, codes: "unknown-revision", words: "bring the file of x back"},
		"unknown beside a known":    {graph: line, stand: Stand{Rows: []string{"b", "x"}}, codes: "unknown-revision", words: "at revision x"},
		"parent and child":          {graph: line, stand: Stand{Rows: []string{"b", "c"}}, codes: "overlapping-revisions", words: "version_num = 'b'"},
		"far apart":                 {graph: line, stand: Stand{Rows: []string{"c", "a"}}, codes: "overlapping-revisions", words: "holds a and c"},
		"both sides of a merge":     {graph: merged, stand: Stand{Rows: []string{"d", "b"}}, codes: "overlapping-revisions", words: "holds b and d"},
		"a stranger's name":         {graph: chain("b", "it's", "b<it's"), stand: Stand{Rows: []string{"it's", "b"}}, codes: "overlapping-revisions", words: "'it''s'"},
		"ahead": {
			graph: line, stand: Stand{Rows: []string{"c"}, Unmerged: []string{"versions/c.py", "versions/b.py"}},
			codes: "production-ahead", words: "ran b, c already", passes: true,
		},
		"not ahead": {graph: line, stand: Stand{Rows: []string{"b"}, Unmerged: []string{"versions/c.py"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var codes, text []string
			for _, f := range tt.graph.Judge(tt.stand) {
				codes = append(codes, f.Code)
				text = append(text, f.What, f.Why, f.Do)
				if f.What == "" || f.Why == "" || f.Do == "" || len(f.Revisions) == 0 || f.Blocks == tt.passes {
					t.Errorf("fault %+v", f)
				}
			}
			if got := strings.Join(codes, " "); got != tt.codes {
				t.Errorf("faults %q, want %q", got, tt.codes)
			}
			if !strings.Contains(strings.Join(text, "\n"), tt.words) {
				t.Errorf("%q does not say %q", text, tt.words)
			}
		})
	}
}

func TestSides(t *testing.T) {
	t.Parallel()
	g := chain("b c", "a", "b<a", "c<a")
	ours := []string{"versions/c.py", "README.md"}
	for _, tt := range []struct {
		unmerged []string
		landed   map[string]int
		want     string
	}{
		{nil, nil, ""},
		{ours, nil, "; this pull request adds c, and b came by another one"},
		{ours, map[string]int{"b": 12}, "; this pull request adds c, and b came by pull request #12"},
		{[]string{"versions/b.py", "versions/c.py"}, nil, ""}, // both are new
	} {
		if got := g.Sides(g.Heads, tt.unmerged, tt.landed); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if landed := g.Landed(ours); len(landed) != 1 || landed[0].ID != "b" {
		t.Errorf("landed %v", landed)
	}
	if landed := g.Landed(nil); landed != nil {
		t.Errorf("the pull request adds none, and yet %v", landed)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	g := chain("d", "a", "b<a", "c<a", "d<b,c")
	for _, tt := range []struct{ rows, want []string }{
		{nil, []string{"a", "b", "c", "d"}},
		{[]string{"a"}, []string{"b", "c", "d"}},
		{[]string{"b", "c"}, []string{"d"}},
		{[]string{"c"}, []string{"b", "d"}},
		{[]string{"d"}, nil},
	} {
		if got := g.Pending(tt.rows); !slices.Equal(got, tt.want) {
			t.Errorf("from %v: %v, want %v", tt.rows, got, tt.want)
		}
	}
}
