package catalog

import "slices"

// follow hands over what only follows from other changes to the groups that tell those.
func (c *comparer) follow() {
	c.inherit()
	for _, g := range c.groups {
		if into := c.cause(g); into != nil && into.teller() != g {
			g.into = into
		}
	}
	for _, g := range c.groups {
		if g.into != nil {
			into := g.into.teller()
			into.details = append(into.details, g.consequences()...)
		}
	}
}

// teller is the group in whose change a group is told.
func (g *group) teller() *group {
	for g.into != nil {
		g = g.into
	}
	return g
}

// cause is the group from which all that happened in g follows, or nil.
func (c *comparer) cause(g *group) *group {
	if g.before == nil || g.after == nil || g.recreated || g.root.renamed {
		return nil
	}
	var cause *group
	if g.carried != nil {
		cause = c.groupAfter(g.carried)
	}
	for _, d := range g.details {
		if !d.Follows {
			return nil
		}
		if cause == nil || cause == g {
			cause = c.source(d)
		}
	}
	// Partitions are rewritten by what is done to their parent; other tables are not.
	if cause == g || g.rewritten && !g.isHeirOf(cause) {
		return nil
	}
	return cause
}

func (c *comparer) source(d told) *group {
	if d.with != nil {
		return d.with
	}
	return c.groupAfter(d.by)
}

func (g *group) isHeirOf(parent *group) bool {
	return slices.ContainsFunc(g.details, func(d told) bool { return d.with == parent })
}

// consequences are the details of a group as another one tells them: for an object that
// moved with its schema that it did, for any other what differs.
func (g *group) consequences() []told {
	if g.rewritten {
		g.tell(Detail{Action: Rewritten, Object: g.after.Identity}, g.root)
	}
	if g.carried == nil {
		return g.details
	}
	was := g.before.Identity
	moved := told{Detail: Detail{Action: Renamed, Object: g.after.Identity, Was: &was, Follows: true}, pair: g.root}
	return append(slices.DeleteFunc(g.details, func(d told) bool { return d.Follows }), moved)
}
