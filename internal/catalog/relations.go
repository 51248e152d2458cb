package catalog

import (
	"slices"
	"strings"
)

// relation is what constraints, indexes and sequences need to know of the table, view or type
// that they refer to by its OID.
type relation struct {
	// place is where it stands among the objects; -1 if it belongs to an extension.
	place   int
	schema  string
	name    string
	columns []column // by attnum
}

// column is one column of a relation.
type column struct {
	name  string
	place int // among the objects
	// ordered columns have a place of their own in the table's order.
	ordered bool
	// collated columns have another collation than the database's.
	collated bool
}

func (t *relation) qualifiedName() string { return quote(t.schema) + "." + quote(t.name) }

// column gives the column with that attnum; the zero value for an expression (0) and for what
// is not there.
func (t *relation) column(number int) column {
	if t == nil || number < 1 || number >= len(t.columns) {
		return column{}
	}
	return t.columns[number]
}

func (t *relation) collated(name string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return c.collated && c.name == name })
}

// finishParent notes what a relation inherits from.
func finishParent(r *reading, p *row) bool {
	r.parents[p.relation] = append(r.parents[p.relation], Object{Fields: p.raw}.Get("parent"))
	return false
}

// makeRoom makes room for what belongs to the tables, at once: to grow step by step takes twice the
// memory. Room that nothing comes into takes none.
func (r *reading) makeRoom() {
	r.result.Objects = slices.Grow(r.result.Objects, r.expected)
}

// finishTable keeps the name of a table that belongs to an extension, and nothing else of it.
func finishTable(r *reading, table *row) bool {
	const besides = 7 // keys, checks, indexes, sequences
	r.expected += int(table.width) + besides
	if !r.members[address{classRelation, table.relation, 0}] {
		return true
	}
	r.relations[table.relation] = &relation{place: -1, schema: r.namespaces[table.namespace].name, name: table.object.Name}
	return false
}

// finishView puts the check option behind the others, where a dump has it.
func finishView(_ *reading, view *row) bool {
	fields := view.object.Fields
	for i := range len(fields) - 1 {
		if strings.HasPrefix(fields[i].Value, "check_option=") && fields[i].Name == "option" && fields[i+1].Name == "option" {
			fields[i], fields[i+1] = fields[i+1], fields[i]
		}
	}
	return true
}

// finishColumn enters a column under its number.
func finishColumn(r *reading, c *row) bool {
	o := &c.object
	o.Facts.OID = c.of
	t := r.relations[c.of]
	if t == nil {
		return false
	}
	number, raw := int(o.Facts.Number), Object{Fields: c.raw}
	if missing := number + 1 - len(t.columns); missing > 0 {
		t.columns = append(t.columns, make([]column, missing)...)
	}
	t.columns[number] = column{
		name: o.Name, place: len(r.result.Objects), collated: raw.Has("collation"),
		ordered: o.Has("type") && !o.Has("inherited"),
	}
	if granted := raw.List("granted"); len(granted) > 0 && t.place >= 0 {
		r.columnPrivileges = append(r.columnPrivileges, columnGrant(c, granted))
	}
	return t.place >= 0
}

// orderColumns gives tables and composite types their columns in order, as a list: one
// column's place is no attribute of it, else every drop would change all that follow.
// Columns that come from a parent have no place of their own, but in partitions, which a
// dump makes as tables first.
func (r *reading) orderColumns() {
	for _, t := range r.relations {
		if t.place < 0 {
			continue
		}
		parent := &r.result.Objects[t.place]
		parent.Fields = slices.Grow(parent.Fields, len(t.columns))
		for _, c := range t.columns {
			if c.ordered {
				parent.Fields = append(parent.Fields, Field{Name: columnList, Value: c.name})
			}
		}
	}
}

// columnList is the field with the names of a table's columns, in their order.
const columnList = "column_order"

// finishConstraint names the table that a foreign key refers to, and says which checks are
// inherited: none of a partition's, which a dump makes as a table first.
func finishConstraint(r *reading, c *row) bool {
	if t := r.relations[c.target]; t != nil {
		c.object.Fields = append(c.object.Fields, Field{Name: "references", Value: r.texts.of([]byte(t.qualifiedName()))})
	}
	t := r.relations[c.of]
	if len(c.raw) > 0 {
		r.inherited[c.object.Facts.OID] = true
	}
	if len(c.raw) > 0 && t != nil && t.place >= 0 && !r.result.Objects[t.place].Has("partition_of") {
		c.object.Fields = append(c.object.Fields, Field{Name: "inherited", Value: "true"})
	}
	return true
}

// notNullPrefix begins the names of what a column, or a domain, has by its NOT NULL constraint.
const notNullPrefix = "not_null_"

// finishNotNull tells of a column's NOT NULL constraint what does not go without saying.
func finishNotNull(r *reading, n *row) bool {
	column, found := r.find(n.attached)
	if !found {
		return false
	}
	r.addresses[address{classConstraint, n.constraint, 0}] = target{column.place, notNullPrefix}
	o, table := r.result.Objects[column.place], r.relations[n.attached.oid]
	raw := Object{Fields: n.raw}
	if name := raw.Get("name"); !isNotNullName(name, o) {
		n.object.Fields = append(n.object.Fields, Field{Name: notNullField, Value: name})
	}
	if raw.Has("inherited") && !r.result.Objects[table.place].Has("partition_of") {
		n.object.Fields = append(n.object.Fields, Field{Name: "not_null_inherited", Value: "true"})
	}
	return true
}

// isNotNullName tells that a column's NOT NULL constraint has the name that PostgreSQL gives it.
func isNotNullName(name string, column Object) bool {
	name, standard := strings.CutSuffix(name, "_not_null")
	name, first := strings.CutPrefix(name, column.Parent+"_")
	return standard && first && name == column.Name
}

// finishSequence names the table of the column that owns the sequence.
func finishSequence(r *reading, s *row) bool {
	if t := r.relations[s.target]; t != nil {
		s.object.Fields = append(s.object.Fields, Field{Name: "owned_by_table", Value: t.name})
	}
	return true
}
