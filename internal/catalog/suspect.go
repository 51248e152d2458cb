package catalog

import (
	"cmp"
	"slices"
)

// Between two lineages nothing says for sure that an object was renamed. It is suspected
// where exactly one object went and exactly one came of one shape, which is all its fields
// and parts but for the name. It is then told as a rename, and its parts with it.

// suspicious tells kinds that hold enough to be recognised by. Two empty schemas or two
// extensions are alike and not the same.
func (k Kind) suspicious() bool {
	switch k {
	case Table, ForeignTable, View, MaterializedView, Sequence, Enum, Domain, Composite, Range, Function, Procedure, Aggregate,
		Statistics, SearchDictionary, SearchConfiguration, Server, Publication, EventTrigger:
		return true
	default:
		return false
	}
}

// candidates are the objects of one side by their shape, each with what belongs to it.
type candidates map[shape][][]*Object

// matchShapes pairs what went with what came by shape: objects that stand alone with their
// parts, and the parts of objects that stayed.
func (c *comparer) matchShapes(gone, come []*Object) (left, new []*Object) {
	if len(gone) == 0 || len(come) == 0 {
		return gone, come
	}
	partners, taken := map[*Object]*Object{}, map[*Object]bool{}
	is := shapes(c.after, c.before, come)
	for shape, was := range shapes(c.before, c.after, gone) {
		if others := is[shape]; len(was) == 1 && len(others) == 1 {
			for i, o := range was[0] {
				partners[o], taken[others[0][i]] = others[0][i], true
			}
		}
	}
	for _, o := range gone {
		if partner := partners[o]; partner != nil {
			c.pairs = append(c.pairs, pair{before: o, after: partner, suspected: true})
		}
	}
	left = slices.DeleteFunc(gone, func(o *Object) bool { return partners[o] != nil })
	return left, slices.DeleteFunc(come, func(o *Object) bool { return taken[o] })
}

// shapes gives the candidates among the objects that only one side has.
func shapes(s, other *side, objects []*Object) candidates {
	list := candidates{}
	for _, members := range families(s, objects) {
		root := members[0]
		of := shape{kind: root.Kind, schema: root.Schema, sum: sum(members)}
		list[of] = append(list[of], members)
	}
	places := placing{s: s, other: other}
	for _, o := range objects {
		root := s.root(o)
		if root == o || other.find(root.Identity) == nil {
			continue
		}
		of := shape{kind: o.Kind, schema: o.Schema, parent: o.Parent, sum: sum([]*Object{o})}
		if o.Kind == Column {
			var found bool
			if of.place, found = places.of(root, o); !found {
				continue
			}
		}
		list[of] = append(list[of], []*Object{o})
	}
	return list
}

// families gives each object that stands alone with its parts. Their order does not depend
// on its name, so that the parts of two families of one shape lie side by side.
func families(s *side, objects []*Object) [][]*Object {
	at := map[*Object]int{}
	var list [][]*Object
	for _, o := range objects {
		if s.root(o) == o && o.Kind.suspicious() {
			at[o] = len(list)
			list = append(list, []*Object{o})
		}
	}
	for _, o := range objects {
		if i, found := at[s.root(o)]; found && s.root(o) != o {
			list[i] = append(list[i], o)
		}
	}
	for _, members := range list {
		own := baseName(members[0].Identity)
		slices.SortStableFunc(members[1:], func(a, b *Object) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(nameless(a.Name, own), nameless(b.Name, own)))
		})
	}
	return list
}

// placing tells where the columns of tables are, by the columns that both sides have.
type placing struct {
	s, other *side
	table    *Object
	places   map[string]string
}

// of gives the name of the nearest column before it that is on both sides, "" if there is
// none. Inherited columns have no place.
func (p *placing) of(table, column *Object) (place string, found bool) {
	if p.table != table {
		p.table, p.places = table, map[string]string{}
		last := ""
		for _, name := range table.List(columnList) {
			p.places[name] = last
			if p.other.find(Identity{Kind: Column, Schema: table.Schema, Parent: table.Name, Name: name}) != nil {
				last = name
			}
		}
	}
	place, found = p.places[column.Name]
	return place, found
}
