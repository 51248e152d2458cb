package catalog

import "slices"

// parentTable is the field with the qualified name of what a partition, or an index of one,
// is part of.
const parentTable = "partition_of"

// inherit marks what happened to the parts of a partition, or of a table that inherits, only
// because it happened to those of its parent.
func (c *comparer) inherit() {
	for _, g := range c.groups {
		if g.before == nil || g.after == nil {
			continue
		}
		for _, parent := range c.parentsOf(g) {
			for i := range g.details {
				if d := &g.details[i]; !d.Follows && (parent.didToo(g, d) || c.namedByParent(parent, d)) {
					d.Follows, d.with = true, parent
				}
			}
		}
	}
}

// parentsOf gives the groups of the tables that a table inherits from, before and after.
func (c *comparer) parentsOf(g *group) []*group {
	var parents []*group
	was := parentNames(g.before)
	for _, name := range parentNames(g.after) {
		for _, kind := range []Kind{Table, ForeignTable} {
			parent := c.after.groups[Identity{Kind: kind, Schema: name.schema, Name: name.name}]
			if parent != nil && parent != g && parent.before != nil &&
				slices.Contains(was, qualified{parent.before.Schema, parent.before.Name}) {
				parents = append(parents, parent)
			}
		}
	}
	return parents
}

func parentNames(o *Object) []qualified {
	var names []qualified
	for _, text := range append(o.List(parentTable), o.List("inherits")...) {
		if name, found := qualifiedAt(tokens(text), 0); found {
			names = append(names, name)
		}
	}
	return names
}

// deed is what happened to a part of a table, by itself: whatever the table.
type deed struct {
	action    Action
	kind      Kind
	name      string // "" for the table itself
	attribute string
	was, is   string
}

// didToo tells whether a table did what its heir did: the same to its own part of the same
// name. An attached index has a name of its own, and its parent's in a field.
func (g *group) didToo(heir *group, d *told) bool {
	if g.did == nil {
		g.did = make(map[deed]bool, len(g.details))
		for i := range g.details {
			what := deedOf(g, &g.details[i])
			g.did[what], g.did[what.indexed()] = true, true
		}
	}
	what := deedOf(heir, d)
	switch {
	case what.action == Rewritten || verbatim(what.attribute), what.name == "" && what.attribute != "column order":
		return false
	case g.did[what]:
		return true
	}
	what = what.indexed()
	what.name = attachedTo(d.pair)
	return what.name != "" && (what.attribute == "" || what.attribute == "definition") && g.did[what]
}

// indexed leaves out the texts, in which an index and one that is attached to it differ.
func (d deed) indexed() deed {
	d.was, d.is = "", ""
	return d
}

func deedOf(g *group, d *told) deed {
	what := deed{action: d.Action, kind: d.Object.Kind, name: d.Object.Name, attribute: d.Attribute, was: d.Before, is: d.After}
	switch {
	case d.Object == g.after.Identity:
		what.name = ""
	case d.Was != nil:
		what.was = d.Was.Name
	case d.Attribute == "":
		what.was, what.is = inherited(d.pair.before), inherited(d.pair.after)
	}
	return what
}

// inherited is the text of a part without what tells that it comes from a parent.
func inherited(o *Object) string {
	if o == nil {
		return ""
	}
	part := *o
	part.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(f Field) bool {
		switch f.Name {
		case "inherited", "not_null_inherited", notNullField, parentTable:
			return true
		}
		return false
	})
	return renderPart(part)
}

// attachedTo is the bare name of the parent's index to which an index is attached, the same
// before and after if it exists on both sides; else "".
func attachedTo(p pair) string {
	var names []string
	for _, o := range []*Object{p.before, p.after} {
		if o != nil && (o.Kind == Index || o.Kind == Constraint) {
			name, _ := qualifiedAt(tokens(o.Get(parentTable)), 0)
			names = append(names, name.name)
		}
	}
	if names = slices.Compact(names); len(names) != 1 {
		return ""
	}
	return names[0]
}

// namedByParent tells that a NOT NULL constraint has its name from the parent's, which
// PostgreSQL gives to those of all heirs.
func (c *comparer) namedByParent(parent *group, d *told) bool {
	if d.Attribute != notNullField || d.Object.Kind != Column {
		return false
	}
	same := func(s *side, o, table *Object) bool {
		own := s.find(Identity{Kind: Column, Schema: table.Schema, Parent: table.Name, Name: o.Name})
		return own != nil && own.Has("not_null") == o.Has("not_null") &&
			(!o.Has("not_null") || notNullName(own, own.List(notNullField)) == notNullName(o, o.List(notNullField)))
	}
	return same(c.before, d.pair.before, parent.before) && same(c.after, d.pair.after, parent.after)
}
