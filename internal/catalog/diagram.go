package catalog

import (
	"cmp"
	"slices"
)

const (
	// MaxEntities is how many tables a [Diagram] shows; nobody reads a larger one.
	MaxEntities = 20
	// maxEntityColumns is how many columns it shows of one of them.
	maxEntityColumns = 16
)

// Diagram is the neighbourhood of what changed: the tables that were touched, those next to
// them, and the foreign keys between. It is the same for the same snapshots.
type Diagram struct {
	// Touched is how many tables the changes are about. With more than [MaxEntities] there
	// are no entities.
	Touched int `json:"touched,omitempty"`
	// Entities are in the order of [Identity.Compare].
	Entities []Entity `json:"entities,omitempty"`
	// References are in the order of their entities and names.
	References []Reference `json:"references,omitempty"`
	// Omitted is how many neighbours had no room. They are left out by groups: a part of
	// those that refer to a table would look like all of them.
	Omitted int `json:"omitted,omitempty"`
}

// Entity is one table of a [Diagram].
type Entity struct {
	// Table is its identity after the changes, or before them if it is gone.
	Table Identity  `json:"table"`
	Was   *Identity `json:"was,omitempty"`
	// Mark is what happened to the table; empty for a neighbour.
	Mark Action `json:"mark,omitempty"`
	// Columns are its keys and what changed; of a new table all.
	Columns []EntityColumn `json:"columns,omitempty"`
	// More is how many of these columns had no room.
	More int `json:"more,omitempty"`
}

// EntityColumn is one column of an [Entity].
type EntityColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Was is the name before; empty unless the column was renamed.
	Was string `json:"was,omitempty"`
	// Mark is what happened to the column; empty for what is new or gone with its table.
	Mark    Action `json:"mark,omitempty"`
	Primary bool   `json:"primary,omitempty"`
	Foreign bool   `json:"foreign,omitempty"`
	Unique  bool   `json:"unique,omitempty"`
}

// Reference is one foreign key of a [Diagram].
type Reference struct {
	// From and To are places in Entities.
	From int `json:"from"`
	To   int `json:"to"`
	// Name is the constraint's name, Columns those of From.
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"`
	// Mark is what happened to the foreign key; new and gone tables mark theirs too.
	Mark Action `json:"mark,omitempty"`
	// One tells that at most one row refers to the same other row, Optional that a row
	// need not refer to any.
	One      bool `json:"one,omitempty"`
	Optional bool `json:"optional,omitempty"`
}

// NewDiagram draws what changes tell of the tables of two snapshots.
func NewDiagram(before, after *Snapshot, changes []Change) Diagram {
	d := newDrawing(before, after, changes)
	if len(d.touched) == 0 || len(d.touched) > MaxEntities {
		return Diagram{Touched: len(d.touched)}
	}
	edges := d.edges()
	shown, omitted := d.choose(edges)
	result := Diagram{Touched: len(d.touched), Omitted: omitted}
	places := map[Identity]int{}
	for i, table := range shown {
		places[table] = i
	}
	drawn := slices.DeleteFunc(edges, func(e edge) bool {
		_, from := places[e.from]
		_, to := places[e.to]
		return !from || !to
	})
	for _, table := range shown {
		result.Entities = append(result.Entities, d.entity(table, drawn))
	}
	for _, e := range drawn {
		e.From, e.To = places[e.from], places[e.to]
		result.References = append(result.References, e.Reference)
	}
	return result
}

// edge is a reference whose ends are named and not yet placed.
type edge struct {
	Reference
	from, to Identity
}

// drawing knows what happened to each table, column and foreign key.
type drawing struct {
	before, after *Snapshot
	// touched are the changes by the identity of their table, marks what happened to parts.
	touched map[Identity]Change
	marks   map[Identity]Detail
	// renamed leads from identities before to those after.
	renamed map[Identity]Identity
}

func newDrawing(before, after *Snapshot, changes []Change) *drawing {
	d := &drawing{
		before: before, after: after,
		touched: map[Identity]Change{}, marks: map[Identity]Detail{}, renamed: map[Identity]Identity{},
	}
	for _, c := range changes {
		if !isTable(c.Object) {
			continue
		}
		d.touched[c.Object] = c
		if c.Was != nil {
			d.renamed[*c.Was] = c.Object
		}
		for _, detail := range c.Details {
			d.mark(detail)
		}
	}
	return d
}

func isTable(id Identity) bool { return id.Kind == Table || id.Kind == ForeignTable }

// mark keeps what happened to a part as a whole, rather than to one of its attributes, and
// passes over what has no place in a picture.
func (d *drawing) mark(detail Detail) {
	switch detail.Attribute {
	case "comment", "grant", "revoke", "statistics":
		return
	}
	if detail.Follows {
		return
	}
	if detail.Was != nil {
		d.renamed[*detail.Was] = detail.Object
	}
	if known, found := d.marks[detail.Object]; !found || known.Attribute != "" {
		d.marks[detail.Object] = detail
	}
}

// markOf is what happened to a part: an attribute that came or went changed it.
func (d *drawing) markOf(part Identity) Action {
	detail := d.marks[part]
	if detail.Attribute != "" {
		return Changed
	}
	return detail.Action
}

// now gives the identity after the changes of what had another one before.
func (d *drawing) now(id Identity) Identity {
	if to, found := d.renamed[id]; found {
		return to
	}
	if to, found := d.renamed[parentOf(id)]; found && id.Parent != "" {
		id.Schema, id.Parent = to.Schema, to.Name
		return cmp.Or(d.renamed[id], id)
	}
	return id
}

// parentOf is the table of a column, a constraint or an index.
func parentOf(part Identity) Identity {
	return Identity{Kind: Table, Schema: part.Schema, Name: part.Parent}
}

// edges are the foreign keys of which one end was touched: those that are there, and those
// that went.
func (d *drawing) edges() []edge {
	edges := d.edgesOf(d.after, func(id Identity) Identity { return id })
	there := map[Identity]bool{}
	for _, e := range edges {
		there[e.constraint()] = true
	}
	for _, e := range d.edgesOf(d.before, d.now) {
		if !there[e.constraint()] {
			e.Mark = Removed
			edges = append(edges, e)
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to), cmp.Compare(a.Name, b.Name))
	})
	return edges
}

func (e edge) constraint() Identity {
	return Identity{Kind: Constraint, Schema: e.from.Schema, Parent: e.from.Name, Name: e.Name}
}

// edgesOf reads the foreign keys of one snapshot; now gives the names that they have after it.
func (d *drawing) edgesOf(s *Snapshot, now func(Identity) Identity) []edge {
	tables := map[string]Identity{}
	for _, o := range s.Objects {
		if isTable(o.Identity) {
			tables[o.QualifiedName()] = o.Identity
		}
	}
	var edges []edge
	for _, o := range s.Objects {
		if o.Kind != Constraint || !o.Has("references") {
			continue
		}
		from, to := now(parentOf(o.Identity)), now(tables[o.Get("references")])
		if !d.isTouched(from) && !d.isTouched(to) || to.Name == "" {
			continue
		}
		columns := o.List("column")
		e := edge{from: from, to: to, Reference: Reference{Name: now(o.Identity).Name, Mark: d.markOf(now(o.Identity))}}
		if d.touched[from].Action == Added {
			e.Mark = Added
		}
		e.One, e.Optional = s.isKey(parentOf(o.Identity), columns), s.nullable(parentOf(o.Identity), columns)
		for _, name := range columns {
			e.Columns = append(e.Columns, now(Identity{Kind: Column, Schema: o.Schema, Parent: o.Parent, Name: name}).Name)
		}
		edges = append(edges, e)
	}
	return edges
}

func (d *drawing) isTouched(table Identity) bool {
	_, found := d.touched[table]
	return found
}

// choose gives the tables that are shown, sorted, and how many neighbours are not: first
// those at the other end of a foreign key that changed, then those that a touched table
// refers to, then those that refer to one.
func (d *drawing) choose(edges []edge) (shown []Identity, omitted int) {
	chosen := map[Identity]bool{}
	for table := range d.touched {
		chosen[table] = true
	}
	groups := []func(edge) bool{
		func(e edge) bool { return e.Mark != "" },
		func(e edge) bool { return d.isTouched(e.from) },
		func(edge) bool { return true },
	}
	left := map[Identity]bool{}
	for _, belongs := range groups {
		group := map[Identity]bool{}
		for _, e := range edges {
			for _, end := range []Identity{e.from, e.to} {
				if belongs(e) && !chosen[end] && !left[end] {
					group[end] = true
				}
			}
		}
		into := chosen
		if len(chosen)+len(group) > MaxEntities {
			into = left
		}
		for table := range group {
			into[table] = true
		}
	}
	for table := range chosen {
		shown = append(shown, table)
	}
	slices.SortFunc(shown, Identity.Compare)
	return shown, len(left)
}
