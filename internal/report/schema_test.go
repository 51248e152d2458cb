package report

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// filledComparison is [filled] for changes without a run.
func filledComparison(t *testing.T, value string) catalog.Comparison {
	t.Helper()
	c := unrelated()
	c.Changes, c.Sizes, c.Diagram = reshapes(), reshaped().Sizes, reshapedDiagram()
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	deep, err := catalog.ParseComparison(encoded)
	if err != nil {
		t.Fatal(err)
	}
	fill(reflect.ValueOf(deep).Elem(), value)
	return *deep
}

// Whatever the strings are, a comparison has the same headings, tables and folds, and does
// nothing to a terminal.
func TestChangesAreHarmless(t *testing.T) {
	want := skeleton(gfm(t, ChangesMarkdown(filledComparison(t, "x"), 0)))
	for _, value := range hostile {
		if oneLine(value) == "" {
			continue
		}
		c := filledComparison(t, value)
		if diff := cmp.Diff(want, skeleton(gfm(t, ChangesMarkdown(c, 0)))); diff != "" {
			t.Errorf("%q: -benign +hostile\n%s", value, diff)
		}
		if text := ChangesText(c, false); strings.ContainsFunc(text, hidden) {
			t.Errorf("%q leaves control characters in %q", value, text)
		}
	}
}

// many is a comparison that no comment holds: destructive changes of each kind among others.
func many(n int) catalog.Comparison {
	c := unrelated()
	c.Changes = nil
	for i := range n {
		change := catalog.Change{Action: catalog.Changed, Object: public(catalog.Table, fmt.Sprintf("t%d", i)), Before: cartBefore, After: cartAfter}
		switch i % 50 {
		case 0:
			change.Action = catalog.Recreated
		case 1:
			change.Action, change.After = catalog.Removed, ""
		case 2:
			change.Details = []catalog.Detail{{Action: catalog.Removed, Object: of(change.Object.Name, catalog.Column, "lost")}}
		}
		c.Changes = append(c.Changes, change)
	}
	return c
}

// Detail is dropped, and no fact: the counts stay, and every change that loses something.
func TestChangesKeepFacts(t *testing.T) {
	const n = 1000
	body := ChangesMarkdown(many(n), CommentLimit)
	if len(body) > CommentLimit {
		t.Errorf("%d bytes", len(body))
	}
	if !strings.Contains(body, "| | tables | columns |\n|---|--:|--:|\n| 🔴 recreated | 20 |  |\n| 🔴 removed | 20 | 20 |\n| 🟡 changed | 960 |  |\n") {
		t.Errorf("the counts are gone: %.600s", body)
	}
	for i := range n {
		if row := fmt.Sprintf("table `public.t%d` |", i); i%50 < 3 && !strings.Contains(body, row) {
			t.Errorf("table %d is not named", i)
		}
	}
	if !strings.Contains(body, "neon-migrations diff --format json") {
		t.Error("nothing says where the rest is")
	}
	whole, text := ChangesMarkdown(many(n), 0), ChangesText(many(n), false)
	if d := strings.Count(whole, "```diff"); d != n || len(whole) > SummaryLimit {
		t.Errorf("%d diffs in %d bytes", d, len(whole))
	}
	if d := strings.Count(text, "table public.t"); d != n {
		t.Errorf("the text names %d changes", d)
	}
}

func TestOrderOfRisk(t *testing.T) {
	changes := reshapes()
	slices.Reverse(changes)
	var order []string
	for _, c := range byRisk(append(changes, unrelated().Changes...)) {
		order = append(order, fmt.Sprint(c.Action, " ", c.Object.Name, " ", c.Suspected))
	}
	want := []string{
		"recreated cart false", "removed cart false", "renamed client false", "renamed client true", "changed ledger false", "rewritten event false",
		"changed state false", "changed total(integer) false", "renamed recent false",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// Many kinds stand below each other: nobody scrolls sideways to see what was removed.
func TestManyKindsStandBelowEachOther(t *testing.T) {
	var changes []catalog.Change
	for i := range wideKinds + 1 {
		changes = append(changes, catalog.Change{Action: catalog.Removed, Object: public(catalog.Kind(fmt.Sprint("thing", i)), "x")})
	}
	if g := countsOf(changes).grid(""); len(g.Heads) != 1 || len(g.Rows) != wideKinds+1 {
		t.Errorf("%d rows with the heads %q", len(g.Rows), g.Heads)
	}
	if g := countsOf(changes[:wideKinds]).grid(""); len(g.Heads) != wideKinds || len(g.Rows) != 1 {
		t.Errorf("%d rows with the heads %q", len(g.Rows), g.Heads)
	}
}

func TestDiagramHasLimits(t *testing.T) {
	wide := catalog.Diagram{Touched: 1}
	for i := range 20 {
		e := catalog.Entity{Table: public(catalog.Table, fmt.Sprint("t", i)), Mark: catalog.Added}
		for range 16 {
			e.Columns = append(e.Columns, catalog.EntityColumn{Name: strings.Repeat("|", 63), Type: "text"})
		}
		wide.Entities = append(wide.Entities, e)
	}
	dense := catalog.Diagram{Touched: 1, Entities: wide.Entities[:1], References: make([]catalog.Reference, maxMermaidEdges+1)}
	for name, d := range map[string]catalog.Diagram{"long": wide, "dense": dense, "many": {Touched: 21}} {
		if got := diagramOf(d); got.Source != "" || got.Why == "" {
			t.Errorf("%s: drawn with %d bytes, why: %q", name, len(got.Source), got.Why)
		}
	}
	if got := diagramOf(catalog.Diagram{}); got.Source != "" || got.Why != "" {
		t.Errorf("nothing was touched: %+v", got)
	}
}

func TestSizeWords(t *testing.T) {
	table := public(catalog.Table, "t")
	for want, s := range map[string]catalog.Size{
		"about 999 rows, 8 kB":           {Object: table, Rows: 999, Bytes: 8192},
		"about 12,005 rows, 3.1 MB":      {Object: table, Rows: 12_005, Bytes: 3_250_000},
		"about 1.2 million rows, 310 MB": {Object: table, Rows: 1_234_567, Bytes: 325_058_560},
		"about 2.5 billion rows, 1.4 TB": {Object: table, Rows: 2_500_000_000, Bytes: 1_500_000_000_000},
		"no rows when last analysed":     {Object: table},
		"":                               {Object: table, Rows: -1},
		"16 kB":                          {Object: of("t", catalog.Index, "i"), Bytes: 16_384},
	} {
		if got := sizeWords(s); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
	}
}
