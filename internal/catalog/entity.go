package catalog

import "slices"

// entity shows one table: its keys, what changed, and everything that is new with it.
func (d *drawing) entity(table Identity, drawn []edge) Entity {
	c, touched := d.touched[table]
	e := Entity{Table: table, Was: c.Was, Mark: c.Action}
	if own := d.marks[table]; own.Physical() && c.Action == Changed {
		e.Mark = own.Action
	}
	inKey := d.keys(table, touched, drawn)
	for _, column := range d.columns(table) {
		if c.Action == Added || column.Mark != "" || inKey(column) {
			e.Columns = append(e.Columns, column)
		}
	}
	e.Columns, e.More = fewer(e.Columns)
	return e
}

// keys tells the columns that hold a table together with what is drawn beside it, and all keys
// of a touched one.
func (d *drawing) keys(table Identity, touched bool, drawn []edge) func(EntityColumn) bool {
	return func(c EntityColumn) bool {
		return c.Primary || c.Foreign && touched ||
			slices.ContainsFunc(drawn, func(e edge) bool { return e.from == table && slices.Contains(e.Columns, c.Name) })
	}
}

// fewer keeps as many columns as there is room for: keys and what changed before the others.
func fewer(columns []EntityColumn) (kept []EntityColumn, more int) {
	if len(columns) <= maxEntityColumns {
		return columns, 0
	}
	telling := func(c EntityColumn) bool { return c.Mark != "" || c.Primary || c.Foreign }
	others := maxEntityColumns // how many that tell nothing have room
	for _, c := range columns {
		if telling(c) {
			others--
		}
	}
	for _, c := range columns {
		if len(kept) < maxEntityColumns && (telling(c) || others > 0) {
			kept = append(kept, c)
		}
		if !telling(c) {
			others--
		}
	}
	return kept, len(columns) - len(kept)
}

// columns gives all columns of a table in their order; those that went come last.
func (d *drawing) columns(table Identity) []EntityColumn {
	if d.touched[table].Action == Removed {
		return d.columnsOf(d.before, table)
	}
	columns := d.columnsOf(d.after, table)
	before := table
	if was := d.touched[table].Was; was != nil {
		before = *was
	}
	for _, gone := range d.columnsOf(d.before, before) {
		id := Identity{Kind: Column, Schema: before.Schema, Parent: before.Name, Name: gone.Name}
		if !slices.ContainsFunc(columns, func(c EntityColumn) bool { return c.Name == d.now(id).Name }) {
			gone.Mark = Removed
			columns = append(columns, gone)
		}
	}
	return columns
}

// columnsOf gives the columns of a table in one snapshot.
func (d *drawing) columnsOf(s *Snapshot, table Identity) []EntityColumn {
	primary, foreign, unique := s.keyColumns(table)
	var columns []EntityColumn
	for _, o := range s.parts(Column, table) {
		c := EntityColumn{Name: o.Name, Type: o.Get("type"), Mark: d.markOf(o.Identity)}
		if was := d.marks[o.Identity].Was; was != nil {
			c.Was = was.Name
		}
		c.Primary, c.Foreign = slices.Contains(primary, o.Name), slices.Contains(foreign, o.Name)
		c.Unique = slices.Contains(unique, o.Name)
		columns = append(columns, c)
	}
	parent, _ := s.Find(table)
	order := parent.List(columnList)
	slices.SortStableFunc(columns, func(a, b EntityColumn) int {
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
	return columns
}

// keyColumns gives the columns of the primary key and of foreign keys, and those that are
// unique by themselves.
func (s *Snapshot) keyColumns(table Identity) (primary, foreign, unique []string) {
	for _, o := range s.parts(Constraint, table) {
		columns := o.List("column")
		switch o.Get("type") {
		case "primary key":
			primary = columns
		case "foreign key":
			foreign = append(foreign, columns...)
		case "unique":
			if len(columns) == 1 {
				unique = append(unique, columns...)
			}
		}
	}
	return primary, foreign, unique
}

// isKey tells that no two rows of a table have the same values in these columns.
func (s *Snapshot) isKey(table Identity, columns []string) bool {
	sorted := slices.Sorted(slices.Values(columns))
	return slices.ContainsFunc(s.parts(Constraint, table), func(o Object) bool {
		kind := o.Get("type")
		return (kind == "primary key" || kind == "unique") && slices.Equal(slices.Sorted(slices.Values(o.List("column"))), sorted)
	})
}

// nullable tells that one of the columns may be NULL.
func (s *Snapshot) nullable(table Identity, columns []string) bool {
	return slices.ContainsFunc(s.parts(Column, table), func(o Object) bool {
		return slices.Contains(columns, o.Name) && !o.Has("not_null")
	})
}

// parts gives the columns, constraints or other parts of a table. They stand together in the
// order of the snapshot.
func (s *Snapshot) parts(kind Kind, table Identity) []Object {
	first := Identity{Kind: kind, Schema: table.Schema, Parent: table.Name}
	from, _ := slices.BinarySearchFunc(s.Objects, first, func(o Object, id Identity) int { return o.Identity.Compare(id) })
	to := from
	for to < len(s.Objects) && s.Objects[to].Kind == kind && s.Objects[to].Schema == table.Schema && s.Objects[to].Parent == table.Name {
		to++
	}
	return s.Objects[from:to]
}
