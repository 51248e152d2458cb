package catalog

import (
	"slices"
)

// group is an object that stands alone with all that is told with it, before and after.
type group struct {
	// before and after are the object itself; one is nil where it does not exist.
	before, after *Object
	// root is what became of the object itself.
	root pair
	// recreated and rewritten are about its own rows.
	recreated, rewritten bool
	// carried is the object with whose new name this one has another identity.
	carried *Object
	details []told
	// into is the group that tells this one, if all that happened here is a consequence.
	into *group
	// was and is are the objects of the group, for its texts.
	was, is []Object
	// did is what an heir of this table is compared with; see inherit.go.
	did map[deed]bool
}

// group gathers the pairs under the objects that stand alone.
func (c *comparer) group() {
	c.leaveSequencesAlone()
	for _, p := range c.pairs {
		if p.before != nil && p.after != nil {
			c.tellPair(p)
		} else {
			c.tellOne(p)
		}
	}
	for _, g := range c.groups {
		g.dropOwnedSequences()
	}
}

// leaveSequencesAlone finds the sequences that another table owns than before: they are told
// alone, and so alike in both directions.
func (c *comparer) leaveSequencesAlone() {
	for _, p := range c.pairs {
		if p.before == nil || p.after == nil || p.after.Kind != Sequence {
			continue
		}
		was, is := c.before.root(p.before), c.after.root(p.after)
		if (was == p.before) != (is == p.after) || was != p.before && c.counterpart(was) != is {
			c.before.alone[p.before.Identity] = true
			c.after.alone[p.after.Identity] = true
		}
	}
}

// counterpart gives the object after that is one with an object before, or nil.
func (c *comparer) counterpart(o *Object) *Object {
	if is := c.after.find(o.Identity); c.lineage && is != nil && is.number() == o.number() {
		return is
	}
	is := c.after.find(c.names.forward.of(o.Identity))
	if is == nil || c.names.back.of(is.Identity) != o.Identity {
		return nil
	}
	return is
}

// origin is counterpart the other way round.
func (c *comparer) origin(o *Object) *Object {
	if was := c.before.find(o.Identity); c.lineage && was != nil && was.number() == o.number() {
		return was
	}
	was := c.before.find(c.names.back.of(o.Identity))
	if was == nil || c.names.forward.of(was.Identity) != o.Identity {
		return nil
	}
	return was
}

// groupBefore gives the group of an object that was there before, and makes it if need be.
func (c *comparer) groupBefore(o *Object) *group {
	root := c.before.root(o)
	if g := c.before.groups[root.Identity]; g != nil {
		return g
	}
	return c.newGroup(root, c.counterpart(root))
}

// groupAfter is groupBefore for an object that is there after.
func (c *comparer) groupAfter(o *Object) *group {
	root := c.after.root(o)
	if g := c.after.groups[root.Identity]; g != nil {
		return g
	}
	return c.newGroup(c.origin(root), root)
}

func (c *comparer) newGroup(before, after *Object) *group {
	g := &group{before: before, after: after}
	if before != nil {
		c.before.groups[before.Identity] = g
	}
	if after != nil {
		c.after.groups[after.Identity] = g
	}
	c.groups = append(c.groups, g)
	return g
}

// tellOne tells an object that came or went.
func (c *comparer) tellOne(p pair) {
	if p.before != nil {
		g := c.groupBefore(p.before)
		g.tell(Detail{Action: Removed, Object: p.before.Identity, Before: renderPart(*p.before)}, p)
		return
	}
	g := c.groupAfter(p.after)
	g.tell(Detail{Action: Added, Object: p.after.Identity, After: renderPart(*p.after)}, p)
}

// tellPair tells how an object differs. A part whose table gave way to a view of the same
// name went with the one and came with the other.
func (c *comparer) tellPair(p pair) {
	if c.silent(p) {
		return
	}
	g, is := c.groupBefore(p.before), c.groupAfter(p.after)
	if g != is {
		c.tellOne(pair{before: p.before})
		c.tellOne(pair{after: p.after})
		return
	}
	if p.after == g.after {
		g.root = p
		g.recreated, g.rewritten = c.recreated(p), c.otherFile(p)
		if !p.renamed && p.before.Identity != p.after.Identity {
			g.carried = c.carrier(p)
		}
	} else {
		c.tellPart(g, p)
	}
	g.details = append(g.details, c.names.fieldDetails(p)...)
}

// silent tells pairs that only have the name of their renamed table or schema.
func (c *comparer) silent(p pair) bool {
	return p.after.Parent != "" && !p.renamed && slices.Equal(p.before.Fields, p.after.Fields) &&
		!c.recreated(p) && !c.otherFile(p)
}

// tellPart tells what happened to a part as a whole. Indexes are always built anew with
// their table.
func (c *comparer) tellPart(g *group, p pair) {
	is := p.after.Identity
	switch {
	case p.renamed:
		was := p.before.Identity
		g.tell(Detail{Action: Renamed, Object: is, Was: &was}, p)
	case c.recreated(p):
		g.tell(Detail{Action: Recreated, Object: is}, p)
	}
	if c.otherFile(p) && g.before.Facts.File == g.after.Facts.File {
		g.tell(Detail{Action: Rewritten, Object: is}, p)
	}
}

func (g *group) tell(d Detail, p pair) { g.details = append(g.details, told{Detail: d, pair: p}) }

// carrier finds what gave an object another identity without being renamed itself: its
// schema, the type of an argument, or the owner of a sequence.
func (c *comparer) carrier(p pair) *Object {
	if p.before.Kind.spelled() {
		if by, _ := c.names.explain(p, p.before.Name, p.after.Name); by != nil {
			return by
		}
	}
	return c.names.schemas[p.before.Schema].by
}

// dropOwnedSequences leaves out that a sequence starts anew where its table or column was
// made anew, which says it.
func (g *group) dropOwnedSequences() {
	anew := func(column string) bool {
		return g.recreated || slices.ContainsFunc(g.details, func(d told) bool {
			return d.Action == Recreated && d.Object.Kind == Column && d.Object.Name == column
		})
	}
	g.details = slices.DeleteFunc(g.details, func(d told) bool {
		return d.Action == Recreated && d.Object.Kind == Sequence && d.pair.after != g.after && anew(d.pair.after.Get(ownerColumn))
	})
}
