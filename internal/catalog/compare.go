package catalog

import (
	"cmp"
	"slices"
)

// Options widen what [CompareWith] looks at. The zero value is what [Compare] uses.
type Options struct {
	// VersionTables compares the version tables of migration tools as well.
	VersionTables bool
	// TableRenames suspects a rename wherever one table went and one came of the same columns, whatever else belongs to
	// them: a table that people rename keeps the names of its constraints, and with them another shape.
	TableRenames bool
}

// Compare tells what changed from before to after: one [Change] for each object that stands
// alone, most important first, the same for the same snapshots. Version tables of migration
// tools, notes and the environment are not compared; of the facts only those are that tell,
// within one lineage, what was renamed, recreated or rewritten.
func Compare(before, after *Snapshot) []Change { return CompareWith(before, after, Options{}) }

// CompareWith is [Compare] with options.
func CompareWith(before, after *Snapshot, options Options) []Change {
	c := &comparer{
		before: newSide(before, options), after: newSide(after, options),
		lineage: before.Lineage != "" && before.Lineage == after.Lineage,
		names:   newRenames(),
		tables:  options.TableRenames,
	}
	c.match()
	c.group()
	c.follow()
	changes := c.changes()
	slices.SortFunc(changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(x.weight(), y.weight()), x.Object.Compare(y.Object), cmp.Compare(x.Action, y.Action))
	})
	return changes
}

// comparer is a comparison in the making: objects are paired ([comparer.match]), gathered
// under those that stand alone ([comparer.group]), and what only follows from other changes
// is told with them ([comparer.follow]).
type comparer struct {
	before, after *side
	// lineage tells that OIDs say which objects are the same.
	lineage bool
	// tables is [Options.TableRenames].
	tables bool
	// pairs are the objects that differ in anything.
	pairs  []pair
	names  *renames
	groups []*group
}

// side is one of the two snapshots of a comparison.
type side struct {
	snapshot *Snapshot
	// counts tells the objects that are compared.
	counts func(*Object) bool
	// alone are the sequences that are not told with the table that owns them.
	alone map[Identity]bool
	// groups are those that have their root on this side.
	groups map[Identity]*group
	// orphans tells that there are parts without what they belong to: a snapshot that was not
	// taken by Read.
	orphans bool
	// last is the answer that parent gave last: parts of one table lie side by side.
	last struct {
		name   qualified
		parent *Object
	}
}

// qualified is a schema and a bare name in it.
type qualified struct{ schema, name string }

func newSide(s *Snapshot, options Options) *side {
	d := &side{snapshot: s, counts: counting(s), alone: map[Identity]bool{}, groups: map[Identity]*group{}}
	if options.VersionTables {
		d.counts = func(*Object) bool { return true }
	}
	return d
}

// next gives the place of the first object from i on that counts.
func (s *side) next(i int) int {
	for i < len(s.snapshot.Objects) && !s.counts(&s.snapshot.Objects[i]) {
		i++
	}
	return i
}

func (s *side) find(id Identity) *Object {
	at, found := slices.BinarySearchFunc(s.snapshot.Objects, id, func(o Object, id Identity) int { return o.Identity.Compare(id) })
	if !found || !s.counts(&s.snapshot.Objects[at]) {
		return nil
	}
	return &s.snapshot.Objects[at]
}

// root is the object under which o is told: itself, its parent, or its owner.
func (s *side) root(o *Object) *Object {
	name := s.within(o)
	if name.name == "" {
		return o
	}
	if name != s.last.name {
		s.last.name, s.last.parent = name, s.parent(name)
	}
	if s.last.parent == nil {
		s.orphans = true
		return o
	}
	return s.last.parent
}

// within is the name of what o is told with; without a name, o stands alone.
func (s *side) within(o *Object) qualified {
	if o.Kind == Sequence && !s.alone[o.Identity] {
		return qualified{o.Schema, o.Get(ownerTable)}
	}
	return qualified{o.Schema, o.Parent}
}

// parentKinds have parts that are told with them, or own sequences.
var parentKinds = []Kind{Table, View, MaterializedView, ForeignTable, Composite, Domain}

func (s *side) parent(name qualified) *Object {
	for _, kind := range parentKinds {
		if o := s.find(Identity{Kind: kind, Schema: name.schema, Name: name.name}); o != nil {
			return o
		}
	}
	return nil
}
