package catalog

import (
	"cmp"
	"slices"
)

// side is one of the two snapshots of a comparison.
type side struct {
	objects []Object
	// parents are the objects that can have parts, by schema and name.
	parents map[[2]string]Identity
	// adopted are the sequences that are told with the table that owns them.
	adopted map[Identity]Identity
}

func newSide(s *Snapshot, options Options) *side {
	d := &side{objects: compared(s, options), parents: map[[2]string]Identity{}}
	for _, o := range d.objects {
		switch o.Kind {
		case Table, ForeignTable, View, MaterializedView, Composite, Domain:
			d.parents[[2]string{o.Schema, o.Name}] = o.Identity
		default: // has no parts that are told with it
		}
	}
	return d
}

// adoptSequences decides under which table a sequence is told, for both sides alike: the
// owner in the newer snapshot, if that table is there whenever the sequence is.
func adoptSequences(before, after *side) {
	owners := map[Identity]Identity{}
	for _, d := range []*side{before, after} {
		for _, o := range d.objects {
			if o.Kind == Sequence {
				owners[o.Identity] = d.parents[[2]string{o.Schema, o.Get("owned_by_table")}]
			}
		}
	}
	for _, d := range []*side{before, after} {
		d.adopted = owners
		for _, o := range d.objects {
			if o.Kind != Sequence {
				continue
			}
			owner := owners[o.Identity]
			if d.parents[[2]string{owner.Schema, owner.Name}] != owner {
				delete(owners, o.Identity)
			}
		}
	}
}

// root is the object under which o is told: itself, its parent, or its owner.
func (d *side) root(o Object) Identity {
	if o.Parent != "" {
		return d.parents[[2]string{o.Schema, o.Parent}]
	}
	if owner, found := d.adopted[o.Identity]; found && owner.Kind != "" {
		return owner
	}
	return o.Identity
}

// collect hands each object of a touched group to the group.
func (d *side) collect(groups map[Identity]*group, list func(*group) *[]Object) {
	for _, o := range d.objects {
		if g := groups[d.root(o)]; g != nil {
			objects := list(g)
			*objects = append(*objects, o)
		}
	}
}

// group is an object that stands alone with all its parts, before and after.
type group struct {
	root          Identity
	pairs         []pair
	before, after []Object
}

func (g *group) change() Change {
	c := Change{Object: g.root, Before: render(g.root, g.before), After: render(g.root, g.after)}
	switch {
	case !has(g.before, g.root):
		c.Action = Added
	case !has(g.after, g.root):
		c.Action = Removed
	default:
		c.Action = Changed
		c.Details = g.details()
		c.showDifference()
	}
	return c
}

// showDifference sees to it that a change has a diff even if the texts do not tell the two
// apart, which would be an omission of the renderer.
func (c *Change) showDifference() {
	if c.Before != c.After {
		return
	}
	for _, d := range c.Details {
		line := "-- " + words(d.Object.String()+":", d.Attribute) + " "
		c.Before += line + d.Before + "\n"
		c.After += line + d.After + "\n"
	}
}

func has(objects []Object, id Identity) bool {
	return slices.ContainsFunc(objects, func(o Object) bool { return o.Identity == id })
}

func (g *group) details() []Detail {
	var details []Detail
	for _, p := range g.pairs {
		switch {
		case p.before == nil:
			details = append(details, Detail{Action: Added, Object: p.after.Identity, After: renderPart(*p.after)})
		case p.after == nil:
			details = append(details, Detail{Action: Removed, Object: p.before.Identity, Before: renderPart(*p.before)})
		default:
			details = append(details, fieldDetails(*p.before, *p.after)...)
		}
	}
	slices.SortStableFunc(details, func(x, y Detail) int {
		return cmp.Or(cmp.Compare(x.weight(), y.weight()), x.Object.Compare(y.Object))
	})
	return details
}

// weight orders details: what may lose data first, then what may break a program, then
// what may block, then additions, then what only people read.
func (d Detail) weight() int {
	switch {
	case d.Attribute == "" && d.Action == Removed && d.Object.Kind == Column:
		return 0
	case d.Attribute == "type":
		return 1
	case d.Attribute == "" && d.Action == Removed, d.Attribute == "label" && d.Action == Removed:
		return 2
	case d.Attribute == "comment", d.Attribute == "owner", d.Attribute == "index_comment", d.Attribute == "not_null_comment":
		return 6
	case d.Attribute == "grant", d.Attribute == "revoke":
		return 5
	case d.Attribute == "" && d.Action == Added:
		return 4
	}
	return 3
}

// weight orders changes in the same spirit; a changed object weighs as its first detail does.
func (c Change) weight() int {
	switch {
	case c.Action == Removed && (c.Object.Kind == Table || c.Object.Kind == Schema || c.Object.Kind == MaterializedView):
		return 0
	case c.Action == Removed:
		return 2
	case c.Action == Added:
		return 4
	case len(c.Details) > 0:
		return c.Details[0].weight()
	}
	return 6
}
