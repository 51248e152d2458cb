package catalog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

func numbered(n int, word func(i int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s\n", word(i))
	}
	return b.String()
}

// BenchmarkDiff measures long texts: a function of 10,000 lines, and the most columns that
// a table can have.
func BenchmarkDiff(b *testing.B) {
	line := func(i int) string { return fmt.Sprintf("    line %d of the body;", i) }
	every := func(n int) func(int) string {
		return func(i int) string {
			if i%n == 0 {
				return fmt.Sprintf("    another line %d;", i)
			}
			return line(i)
		}
	}
	for _, bench := range []struct {
		name          string
		before, after string
	}{
		{"one line of 10000", numbered(10000, line), numbered(10000, every(10000))},
		{"every 100th of 10000", numbered(10000, line), numbered(10000, every(100))},
		{"every 10th of 10000", numbered(10000, line), numbered(10000, every(10))},
		{"all of 10000", numbered(10000, line), numbered(10000, every(1))},
		{"every 10th of equal lines", numbered(10000, func(int) string { return "x" }), numbered(10000, func(i int) string { return []string{"y", "x"}[min(i%10, 1)] })},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := Change{Before: bench.before, After: bench.after}
			for b.Loop() {
				c.Diff()
			}
			b.ReportMetric(float64(strings.Count(c.Diff(), "\n")), "lines")
		})
	}
}

// TestEdits holds that edits make the one text of the other, whatever repeats or moves.
func TestEdits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		text := func() string {
			return numbered(random.IntN(30), func(int) string { return fmt.Sprint(random.IntN(20)) })
		}
		before, after := text(), text()
		got, err := udiff.Apply(before, edits(before, after))
		if err != nil || got != after {
			t.Fatalf("from %q to %q: %q, %v", before, after, got, err)
		}
	}
}

// TestDiffOfMany holds that many small differences are not told as one large one.
func TestDiffOfMany(t *testing.T) {
	before := numbered(5000, func(i int) string { return fmt.Sprintf("line %d", i) })
	after := numbered(5000, func(i int) string {
		if i%25 == 12 {
			return fmt.Sprintf("other %d", i)
		}
		return fmt.Sprintf("line %d", i)
	})
	diff := Change{Before: before, After: after}.Diff()
	if changed := strings.Count(diff, "\n-") + strings.Count(diff, "\n+"); changed != 400 {
		t.Errorf("200 changed lines are told as %d", changed)
	}
}

// BenchmarkWideTable compares two tables of the most columns that PostgreSQL has, each
// column of another type.
func BenchmarkWideTable(b *testing.B) {
	table := func(kind string) *Snapshot {
		s := &Snapshot{Lineage: "synthetic"}
		root := Object{Identity: Identity{Kind: Table, Schema: "app", Name: "wide"}, Facts: Facts{OID: 1, File: 1}}
		for i := range 1600 {
			name := fmt.Sprintf("column%d", i)
			root.Fields = append(root.Fields, Field{columnList, name})
			s.Objects = append(s.Objects, Object{
				Identity: Identity{Column, "app", name, "wide"}, Fields: []Field{{"type", kind}}, Facts: Facts{OID: 1, Number: int16(i + 1)},
			})
		}
		s.Objects = append(s.Objects, root)
		s.sort()
		return s
	}
	before, after := table("integer"), table("bigint")
	for b.Loop() {
		if c := Compare(before, after); len(c) != 1 || len(c[0].Details) != 1600 || c[0].Diff() == "" {
			b.Fatal("want one change of 1600 details")
		}
	}
}
