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
	// touched are the objects that mutations of the newest version touch, by their names.
	touched map[string]string
}

// kindCoverage holds names of mutations.
type kindCoverage struct {
	made, changed names
	attributes    map[string]names
	// alone are the attributes without which some mutation would not have been seen.
	alone names
	notes names
}

type names map[string]bool

func (c *coverage) of(k Kind) *kindCoverage {
	if c.kinds == nil {
		c.kinds = map[Kind]*kindCoverage{}
	}
	if c.kinds[k] == nil {
		c.kinds[k] = &kindCoverage{made: names{}, changed: names{}, attributes: map[string]names{}, alone: names{}, notes: names{}}
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
	pairs := touched(before, after)
	for _, pair := range pairs {
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
	c.addWitness(pairs)
	if after.ServerVersion/10000 == newest {
		if c.touched == nil {
			c.touched = map[string]string{}
		}
		c.touched[mutation] = identities(pairs)
	}
}

// identities is a line for each object that differs: + came, - went, ~ changed.
func identities(pairs [][2]Object) string {
	var list []string
	for _, pair := range pairs {
		was, is := pair[0].Identity.String(), pair[1].Identity.String()
		switch {
		case pair[0].Kind == "":
			list = append(list, "+ "+is+"\n")
		case pair[1].Kind == "":
			list = append(list, "- "+was+"\n")
		case was == is:
			list = append(list, "~ "+is+"\n")
		default:
			list = append(list, "~ "+was+" -> "+is+"\n")
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

// wantTouched fails if a mutation touches other objects than it should: what is not held
// against anything else is that no change makes noise elsewhere.
func (c *coverage) wantTouched(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString("What each mutation touches, on " + postgresName(newest) + "; written by TestOracle -update.\n")
	for _, name := range slices.Sorted(maps.Keys(c.touched)) {
		b.WriteString("\n" + name + "\n" + c.touched[name])
	}
	path := filepath.Join("testdata", "touched.txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := unifiedDiff(file(t, "touched.txt"), b.String()); diff != "" {
		t.Errorf("%s is not up to date; run go test ./internal/catalog -run TestOracle -update\n%s", path, diff)
	}
}

// addWitness takes down an attribute that alone tells of a mutation.
func (c *coverage) addWitness(pairs [][2]Object) {
	differ := map[[2]string]bool{}
	for _, pair := range pairs {
		if pair[0].Identity != pair[1].Identity {
			return
		}
		for _, name := range fieldNames(pair[0], pair[1]) {
			if !slices.Equal(pair[0].List(name), pair[1].List(name)) {
				differ[[2]string{string(pair[0].Kind), name}] = true
			}
		}
	}
	for d := range differ {
		if len(differ) == 1 {
			c.of(Kind(d[0])).alone[d[1]] = true
		}
	}
}

// touched pairs the objects that differ, by their identity, or where that is another one by
// their OID. The side where an object does not exist is zero.
func touched(before, after *Snapshot) [][2]Object {
	type key struct {
		kind   Kind
		oid    uint32
		number int16
	}
	renamed := map[key][2]Object{}
	var differ [][2]Object
	pair := func(side int, o Object, other *Snapshot) {
		k := key{o.Kind, o.Facts.OID, o.Facts.Number}
		if same, found := other.Find(o.Identity); !found {
			both := renamed[k]
			both[side] = o
			renamed[k] = both
		} else if side == 0 && !slices.Equal(o.Fields, same.Fields) {
			differ = append(differ, [2]Object{o, same})
		}
	}
	for _, o := range before.Objects {
		pair(0, o, after)
	}
	for _, o := range after.Objects {
		pair(1, o, before)
	}
	return slices.AppendSeq(differ, maps.Values(renamed))
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

// company are the attributes that never change alone, each with the reason.
var company = map[Kind]map[string]string{
	Aggregate: {
		"mfinalfunc_extra": "the final function has other arguments, too",
		"returns":          "follows from the final function, or from the type of the state",
		"volatility":       "always the same",
	},
	Column:       {"inherited": "a column of its own has a place among the columns, too"},
	ForeignTable: {"replica_identity": "always the same"},
	Sequence:     {"identity": "its column tells it, too"},
}

// wantComplete fails if a kind or an attribute is not touched by any mutation, or if no test
// would notice the lack of an attribute.
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
			if _, found := company[kind][name]; !of.alone[name] && !found {
				t.Errorf("no mutation would go unseen without %q of a %s", name, kind)
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
