package catalog

import (
	"cmp"
	"slices"
)

// Options widen what [CompareWith] looks at. The zero value is what [Compare] uses.
type Options struct {
	// VersionTables compares the version tables of migration tools as well.
	VersionTables bool
}

// Compare tells what changed from before to after: one [Change] for each object that stands
// alone, most important first, the same for the same snapshots. Version tables of migration
// tools, notes, facts and the environment are not compared.
func Compare(before, after *Snapshot) []Change { return CompareWith(before, after, Options{}) }

// CompareWith is [Compare] with options.
func CompareWith(before, after *Snapshot, options Options) []Change {
	b, a := newSide(before, options), newSide(after, options)
	adoptSequences(b, a)
	groups := map[Identity]*group{}
	for _, p := range differing(b.objects, a.objects) {
		for _, root := range p.roots(b, a) {
			if groups[root] == nil {
				groups[root] = &group{root: root}
			}
			groups[root].pairs = append(groups[root].pairs, p)
		}
	}
	b.collect(groups, func(g *group) *[]Object { return &g.before })
	a.collect(groups, func(g *group) *[]Object { return &g.after })
	changes := make([]Change, 0, len(groups))
	for _, g := range groups {
		changes = append(changes, g.change())
	}
	slices.SortFunc(changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(x.weight(), y.weight()), x.Object.Compare(y.Object))
	})
	return changes
}

// compared gives the objects that count, in their order.
func compared(s *Snapshot, options Options) []Object {
	if options.VersionTables {
		return s.Objects
	}
	left := map[[2]string]bool{}
	for _, o := range s.Objects {
		if o.Tool != "" {
			left[[2]string{o.Schema, o.Name}] = true
		}
	}
	var counting []Object
	for _, o := range s.Objects {
		belongs := cmp.Or(o.Parent, o.Get("owned_by_table"))
		if o.Tool == "" && !left[[2]string{o.Schema, belongs}] {
			counting = append(counting, o)
		}
	}
	return counting
}

// pair is an object that differs; one side is nil where it does not exist.
type pair struct{ before, after *Object }

// differing walks two sorted lists and gives the pairs whose fields are not the same.
func differing(before, after []Object) []pair {
	var pairs []pair
	for len(before) > 0 || len(after) > 0 {
		var order int
		switch {
		case len(before) == 0:
			order = 1
		case len(after) == 0:
			order = -1
		default:
			order = before[0].Identity.Compare(after[0].Identity)
		}
		var p pair
		if order <= 0 {
			p.before, before = &before[0], before[1:]
		}
		if order >= 0 {
			p.after, after = &after[0], after[1:]
		}
		if order != 0 || !slices.Equal(p.before.Fields, p.after.Fields) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// roots are the objects that stand alone under which a pair is told: one, but for a part
// whose table gave way to, say, a view of the same name.
func (p pair) roots(b, a *side) []Identity {
	switch {
	case p.before == nil:
		return []Identity{a.root(*p.after)}
	case p.after == nil:
		return []Identity{b.root(*p.before)}
	}
	was, is := b.root(*p.before), a.root(*p.after)
	if was == is {
		return []Identity{is}
	}
	return []Identity{was, is}
}
