package drift

import (
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// comparison is a comparison in the making. The words of catalog's changes lead from what is found to what is wanted.
type comparison struct {
	sides
	wanted, found *catalog.Snapshot
	items         []item
}

// item is a difference with what its cure has to write.
type item struct {
	Difference
	// parts lead from what is found to what is wanted, back the other way.
	parts, back []catalog.Part
	// column is the column that a sequence numbers, or the column itself.
	column catalog.Identity
	// action is what happened to the object on the way from found to wanted.
	action catalog.Action
	// attribute is the first field that differs, "" for what came, went or was renamed.
	attribute string
}

// tell makes items of a change.
func (c *comparison) tell(change catalog.Change) {
	switch change.Action {
	case catalog.Added, catalog.Removed:
		c.oneSided(catalog.Detail{Action: change.Action, Object: change.Object, Before: change.Before, After: change.After})
		return
	case catalog.Renamed:
		c.renamed(catalog.Detail{Object: change.Object, Was: change.Was})
	default:
	}
	for _, d := range change.Details {
		switch {
		case d.Follows || d.Physical() || d.Attribute == "column order" && d.Object.Kind != catalog.Constraint:
		case d.Attribute != "":
			c.attribute(d, change)
		case d.Action == catalog.Renamed:
			c.renamed(d)
		default:
			c.oneSided(d)
		}
	}
}

// oneSided tells what is on one side only.
func (c *comparison) oneSided(d catalog.Detail) {
	it := item{action: d.Action, parts: []catalog.Part{{Object: d.Object}}, back: []catalog.Part{{Object: d.Object}}}
	it.Object, it.column = d.Object, c.columnOf(d.Object)
	it.Wanted, it.Found = clipped(d.After), clipped(d.Before)
	it.Tier = c.onlyWanted
	here, there := c.sides.wanted, c.sides.found
	if d.Action == catalog.Removed {
		it.Tier = c.onlyFound
		here, there = there, here
	}
	it.What = upper(name(d.Object)) + " is in " + here + " and not in " + there + "."
	if o, _ := c.object(d.Object); o.Get("type") == "primary key" {
		it.Tier = Contradiction
		it.What = "Table " + tableName(d.Object) + " has a primary key in " + here + " and none in " + there + "."
	}
	c.items = append(c.items, it)
}

// renamed tells what has another name. A program asks for tables, columns and types by their names, and for nothing else.
func (c *comparison) renamed(d catalog.Detail) {
	it := item{action: catalog.Renamed, parts: []catalog.Part{{Object: d.Object}}, back: []catalog.Part{{Object: *d.Was}}}
	it.Object, it.column = d.Object, c.columnOf(d.Object)
	it.Wanted, it.Found = d.Object.QualifiedName(), d.Was.QualifiedName()
	it.Tier = NameOnly
	switch d.Object.Kind {
	case catalog.Constraint, catalog.Index, catalog.Sequence, catalog.Trigger, catalog.Policy, catalog.Rule, catalog.Statistics:
		it.Wanted, it.Found = d.Object.Name, d.Was.Name
	default:
		it.Tier = Contradiction
	}
	it.What = upper(name(d.Object)) + " has another name in " + c.sides.found + ": " + d.Was.Name + "."
	c.items = append(c.items, it)
}

// attribute tells one attribute of what is on both sides, or adds to what is told of the same object already.
func (c *comparison) attribute(d catalog.Detail, change catalog.Change) {
	field := strings.TrimSuffix(d.Attribute, " order")
	wanted, _ := c.wanted.Find(d.Object)
	was := before(d.Object, change)
	found, _ := c.found.Find(was)
	group := groupOf(d.Object.Kind, field)
	if group == "default" && wanted.Has("default") && found.Has("default") && sameDefault(wanted.Get("default"), found.Get("default")) {
		group = "type" // it only has the column's other type; without one there is no difference
	}
	for i := range c.items {
		if it := &c.items[i]; it.Object == d.Object && it.attribute != "" && groupOf(d.Object.Kind, it.attribute) == group {
			it.parts = append(it.parts, catalog.Part{Object: d.Object, Attribute: field})
			it.back = append(it.back, catalog.Part{Object: was, Attribute: field})
			it.Tier = slices.MinFunc([]Tier{it.Tier, c.tierOf(wanted, found, d)}, func(a, b Tier) int { return a.rank() - b.rank() })
			return
		}
	}
	if field == "default" && group == "type" {
		return
	}
	it := item{action: catalog.Changed, attribute: field, parts: []catalog.Part{{Object: d.Object, Attribute: field}}, back: []catalog.Part{{Object: was, Attribute: field}}}
	it.Object, it.column = d.Object, c.columnOf(d.Object)
	it.Tier = c.tierOf(wanted, found, d)
	it.Wanted, it.Found = valueOf(wanted, field, group), valueOf(found, field, group)
	it.What = c.sentence(d, wanted, found, group)
	c.items = append(c.items, it)
}

// before is the identity in found of an object of a change: its table may have another name there.
func before(id catalog.Identity, change catalog.Change) catalog.Identity {
	switch {
	case change.Was == nil:
	case id == change.Object:
		return *change.Was
	case id.Schema == change.Object.Schema && id.Parent == change.Object.Name:
		id.Schema, id.Parent = change.Was.Schema, change.Was.Name
	}
	return id
}

// groupOf puts the attributes together that are told as one difference: each of a column or a table by itself, those of
// other objects as their definition.
func groupOf(kind catalog.Kind, field string) string {
	switch field {
	case "comment", "index_comment", "not_null_comment":
		return "comment"
	case "grant", "revoke":
		return "privileges"
	case "owner", "enabled", "label":
		return field
	}
	switch kind {
	case catalog.Column, catalog.Table, catalog.ForeignTable:
		return field
	default:
		return "definition"
	}
}

// tierOf weighs an attribute.
func (c *comparison) tierOf(wanted, found catalog.Object, d catalog.Detail) Tier {
	field := strings.TrimSuffix(d.Attribute, " order")
	switch kind := d.Object.Kind; {
	case field == "owner" || field == "grant" || field == "revoke" || field == "security_label":
		if c.production && !found.Has(field) {
			return c.onlyWanted
		}
		return c.onlyFound
	case strings.HasSuffix(field, "comment") && kind != catalog.Table && kind != catalog.Column && found.Has(field):
		return c.onlyFound
	case field == "not_null_name":
		return NameOnly
	case field == "label" && d.Attribute != "label" && !c.production && sameSet(wanted.List("label"), found.List("label")):
		return c.onlyFound // values that were added by a revision are the last
	case !additive(kind, field):
		return Contradiction
	case !found.Has(field):
		return c.onlyWanted
	case !wanted.Has(field):
		return c.onlyFound
	}
	return Contradiction
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// additive tells attributes without which an object is what it was, so that one side alone may have them.
func additive(kind catalog.Kind, field string) bool {
	switch field {
	case "comment", "index_comment", "not_null_comment", "option", "toast_option", "tablespace", "clustered", "replica_identity",
		"depends_on_extension", "index_depends_on_extension", "server_option":
		return true
	}
	switch kind {
	case catalog.Column:
		return slices.Contains([]string{"default", "identity", "storage", "compression", "statistics"}, field)
	case catalog.Table:
		return slices.Contains([]string{"unlogged", "access_method", "row_security", "force_row_security", "partition_by", "inherits", "typed"}, field)
	case catalog.Sequence:
		return field == "owned_by_table" || field == "owned_by_column"
	case catalog.Index:
		return field == "statistics"
	default:
		return false
	}
}

// object finds an object on whichever side it is.
func (c *comparison) object(id catalog.Identity) (catalog.Object, bool) {
	if o, found := c.wanted.Find(id); found {
		return o, true
	}
	return c.found.Find(id)
}

// columnOf is the column that an object is, or as a sequence numbers.
func (c *comparison) columnOf(id catalog.Identity) catalog.Identity {
	switch id.Kind {
	case catalog.Column:
		return id
	case catalog.Sequence:
		for _, s := range []*catalog.Snapshot{c.wanted, c.found} {
			if o, found := s.Find(id); found && o.Has("owned_by_table") {
				return catalog.Identity{Kind: catalog.Column, Schema: id.Schema, Parent: o.Get("owned_by_table"), Name: o.Get("owned_by_column")}
			}
		}
	default:
	}
	return catalog.Identity{}
}
