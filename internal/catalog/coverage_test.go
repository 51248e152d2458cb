package catalog

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// coverage is what the mutations of all versions touched.
type coverage struct {
	mu    sync.Mutex
	kinds map[Kind]*kindCoverage
}

// kindCoverage holds names of mutations.
type kindCoverage struct {
	made, changed names
	attributes    map[string]names
	notes         names
}

type names map[string]bool

func (c *coverage) of(k Kind) *kindCoverage {
	if c.kinds == nil {
		c.kinds = map[Kind]*kindCoverage{}
	}
	if c.kinds[k] == nil {
		c.kinds[k] = &kindCoverage{made: names{}, changed: names{}, attributes: map[string]names{}, notes: names{}}
	}
	return c.kinds[k]
}

// know takes down the kinds and attributes of a snapshot, whether a mutation touches them or not.
func (c *coverage) know(s *Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range s.Objects {
		of := c.of(o.Kind)
		for _, f := range o.Fields {
			if of.attributes[f.Name] == nil {
				of.attributes[f.Name] = names{}
			}
		}
		for _, n := range o.Notes {
			of.notes[n.Name] = true
		}
	}
}

// add takes down what a mutation touched. What it makes its undo drops, and the reverse, so
// both count as one.
func (c *coverage) add(mutation string, before, after *Snapshot) {
	c.know(after)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, pair := range touched(before, after) {
		kind := cmp.Or(pair[0].Kind, pair[1].Kind)
		of := c.of(kind)
		if pair[0].Kind == "" || pair[1].Kind == "" {
			of.made[mutation] = true
		} else {
			of.changed[mutation] = true
		}
		for _, name := range fieldNames(pair[0], pair[1]) {
			if !slices.Equal(pair[0].List(name), pair[1].List(name)) {
				of.attributes[name][mutation] = true
			}
		}
	}
}

// touched pairs the objects that differ. What was renamed is paired by its OID; the side
// where an object does not exist is zero.
func touched(before, after *Snapshot) [][2]Object {
	type key struct {
		kind   Kind
		oid    uint32
		number int16
	}
	pairs := map[key][2]Object{}
	for side, s := range []*Snapshot{before, after} {
		for _, o := range s.Objects {
			k := key{o.Kind, o.Facts.OID, o.Facts.Number}
			pair := pairs[k]
			pair[side] = o
			pairs[k] = pair
		}
	}
	var differ [][2]Object
	for _, pair := range pairs {
		if pair[0].Identity != pair[1].Identity || !slices.Equal(pair[0].Fields, pair[1].Fields) {
			differ = append(differ, pair)
		}
	}
	return differ
}

// table is the coverage as Markdown.
func (c *coverage) table() string {
	var b strings.Builder
	b.WriteString("| Kind | Made or dropped by | Changed by | Attributes, each with the number of mutations that touch it |\n|---|---|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(c.kinds)) {
		of := c.kinds[kind]
		var attributes []string
		for _, name := range slices.Sorted(maps.Keys(of.attributes)) {
			attributes = append(attributes, "`"+name+"` "+strconv.Itoa(len(of.attributes[name])))
		}
		if len(of.notes) > 0 {
			attributes = append(attributes, "and not compared: `"+strings.Join(slices.Sorted(maps.Keys(of.notes)), "`, `")+"`")
		}
		b.WriteString("| " + string(kind) + " | " + strconv.Itoa(len(of.made)) + " | " + strconv.Itoa(len(of.changed)) +
			" | " + strings.Join(attributes, ", ") + " |\n")
	}
	return b.String()
}

// wantComplete fails if a kind or an attribute is not touched by any mutation.
func (c *coverage) wantComplete(t *testing.T) {
	t.Helper()
	for _, kind := range declaredKinds(t) {
		of := c.of(kind)
		if len(of.made) == 0 {
			t.Errorf("no mutation makes or drops a %s", kind)
		}
		if len(of.changed) == 0 {
			t.Errorf("no mutation changes a %s", kind)
		}
		for name, by := range of.attributes {
			if len(by) == 0 {
				t.Errorf("no mutation touches %q of a %s", name, kind)
			}
		}
	}
	if got, want := len(c.kinds), len(declaredKinds(t)); got != want {
		t.Errorf("the snapshots have objects of %d kinds, of %d that are declared", got, want)
	}
}

var kindConstant = regexp.MustCompile(`(?m)^\t\w+ +Kind = "(.+)"$`)

// declaredKinds reads the constants of type Kind from the source.
func declaredKinds(t testing.TB) []Kind {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []Kind
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range kindConstant.FindAllSubmatch(source, -1) {
			kinds = append(kinds, Kind(match[1]))
		}
	}
	return kinds
}
