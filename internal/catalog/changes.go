package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// changes makes a [Change] of each group that is not told by another one.
func (c *comparer) changes() []Change {
	groups := slices.DeleteFunc(c.groups, func(g *group) bool { return g.into != nil || g.empty() })
	c.before.collect(groups, (*group).sideBefore)
	c.after.collect(groups, (*group).sideAfter)
	changes := make([]Change, 0, len(groups))
	for _, g := range groups {
		changes = append(changes, g.change())
	}
	return changes
}

// empty tells that nothing happened but to files of indexes, which is told of their table.
func (g *group) empty() bool {
	return len(g.details) == 0 && !g.recreated && !g.rewritten && !g.root.renamed && g.carried == nil
}

func (g *group) sideBefore() (root *Object, objects *[]Object) { return g.before, &g.was }

func (g *group) sideAfter() (root *Object, objects *[]Object) { return g.after, &g.is }

// collect hands each group all its objects of one side, in their order.
func (s *side) collect(groups []*group, of func(*group) (root *Object, objects *[]Object)) {
	roots, parents := map[Identity]*group{}, map[qualified]*group{}
	for _, g := range groups {
		if root, _ := of(g); root != nil {
			roots[root.Identity] = g
			if slices.Contains(parentKinds, root.Kind) {
				parents[qualified{root.Schema, root.Name}] = g
			}
		}
	}
	if len(roots) == 0 {
		return
	}
	var last qualified
	var lastGroup *group
	for i := s.next(0); i < len(s.snapshot.Objects); i = s.next(i + 1) {
		o := &s.snapshot.Objects[i]
		var g *group
		switch name := s.within(o); {
		case s.orphans:
			g = roots[s.root(o).Identity]
		case name.name == "":
			g = roots[o.Identity]
		case name != last:
			last, lastGroup = name, parents[name]
			g = lastGroup
		default:
			g = lastGroup
		}
		if g != nil {
			_, objects := of(g)
			*objects = append(*objects, *o)
		}
	}
}

func (g *group) change() Change {
	c := Change{}
	switch {
	case g.before == nil:
		c.Action, c.Object = Added, g.after.Identity
		c.After = render(c.Object, g.is)
		return c
	case g.after == nil:
		c.Action, c.Object = Removed, g.before.Identity
		c.Before = render(c.Object, g.was)
		return c
	}
	c.Object = g.after.Identity
	c.Action = g.action(&c)
	c.Details = g.sortedDetails()
	c.Suspected = g.suspected()
	c.Before, c.After = render(g.before.Identity, g.was), g.notes()+render(c.Object, g.is)
	c.showDifference()
	return c
}

// action says what happened to the object itself, and makes the rest of it details.
func (g *group) action(c *Change) Action {
	if was := g.before.Identity; was != c.Object {
		c.Was = &was
	}
	switch {
	case g.recreated:
		return Recreated
	case g.rewritten && len(g.details) == 0:
		return Rewritten
	case g.rewritten:
		g.tell(Detail{Action: Rewritten, Object: c.Object}, g.root)
	}
	if g.root.renamed {
		return Renamed
	}
	return Changed
}

func (g *group) suspected() bool {
	return g.root.suspected || slices.ContainsFunc(g.details, func(d told) bool { return d.pair.suspected })
}

func (g *group) sortedDetails() []Detail {
	var details []Detail
	following := map[Identity]int{}
	for _, d := range g.details {
		at, found := following[d.Object]
		switch {
		case d.Follows && found:
			details[at] = details[at].and(d.Detail)
			continue
		case d.Follows:
			following[d.Object] = len(details)
		}
		details = append(details, d.Detail)
	}
	slices.SortStableFunc(details, func(x, y Detail) int {
		return cmp.Or(cmp.Compare(x.weight(), y.weight()), x.Object.Compare(y.Object), cmp.Compare(x.Action, y.Action))
	})
	return details
}

// and makes one of two details of one object that both follow. What happened to the object
// as a whole says enough.
func (d Detail) and(other Detail) Detail {
	switch {
	case d.Attribute == "":
		return d
	case other.Attribute == "":
		return other
	case d.Action != other.Action:
		d.Action = Changed
	}
	join := func(a, b string) string { return strings.Join(lines(a, b), ", ") }
	d.Attribute, d.Before, d.After = join(d.Attribute, other.Attribute), join(d.Before, other.Before), join(d.After, other.After)
	return d
}

// notes are what the text of an object cannot tell, as comments at its head, in the order of
// the details.
func (g *group) notes() string {
	var text string
	if g.recreated {
		text += "-- " + recreatedNote(g.after.Kind) + "\n"
	}
	for _, d := range g.details {
		if d.Follows || !d.Physical() {
			continue
		}
		text += "-- "
		if d.Object != g.after.Identity {
			text += d.Object.String() + ": "
		}
		text += d.note() + "\n"
	}
	if g.rewritten && len(g.details) == 0 {
		text += "-- " + rewrittenNote + "\n"
	}
	return text
}

const rewrittenNote = "rewritten: its rows were copied to new files, or removed by TRUNCATE"

func recreatedNote(kind Kind) string {
	switch kind {
	case Sequence:
		return "dropped and created again: it starts anew"
	case MaterializedView:
		return "dropped and created again: its rows are what its query gave then"
	case Column:
		return "dropped and added again: its values are gone, unless they were copied"
	default:
		return "dropped and created again: its rows are gone, unless they were copied"
	}
}

func (d Detail) note() string {
	switch {
	case d.Action == Recreated:
		return recreatedNote(d.Object.Kind)
	case d.Object.Kind == Index || d.Object.Kind == Constraint:
		return "its index was rebuilt"
	}
	return rewrittenNote
}

// showDifference sees to it that a change has a diff even if the texts do not tell the two
// apart, which would be an omission of the renderer.
func (c *Change) showDifference() {
	if c.Before != c.After {
		return
	}
	for _, d := range c.Details {
		was := d.Object
		if d.Was != nil {
			was = *d.Was
		}
		c.Before += "-- " + words(was.String()+":", d.Attribute, d.Before) + "\n"
		c.After += "-- " + words(d.Object.String()+":", d.Attribute, d.After) + "\n"
	}
}
