package catalog

import "slices"

// drop takes an object of before away. What goes with its table is not told.
func (w *writer) drop(o *Object) {
	if root := w.c.before.root(o); root != o && w.takenAlong(o, root) {
		return
	}
	switch o.Kind {
	case Trigger, Policy, Rule, EventTrigger:
		switch {
		case o.Get("definition") != "" || o.Kind == Policy || o.Kind == EventTrigger:
			w.add(dropWatchers, "DROP "+canonicalOf(*o).address())
		case !w.remade[o.Identity]:
			w.leave(pair{before: o}, "") // a partition's own switch of a trigger of its parent's
		}
	case View, MaterializedView:
		w.addFor(dropViews, o, "DROP "+canonicalOf(*o).address())
	case Column:
		w.dropColumn(o)
	case Constraint:
		w.dropConstraint(o)
	case Index:
		if !o.Has(parentTable) || !w.parentGoes(o) {
			w.add(dropKeys, "DROP "+canonicalOf(*o).address())
		}
	case Statistics:
		w.add(dropKeys, "DROP "+canonicalOf(*o).address())
	default:
		w.dropAlone(o)
	}
}

// takenAlong tells parts that DROP of their table, view or type takes along.
func (w *writer) takenAlong(o, root *Object) bool {
	if !w.goes(root) && !w.remade[root.Identity] {
		return false
	}
	// Two tables that refer to each other can only be dropped without their references.
	return o.Kind != Constraint || o.Get("type") != "foreign key"
}

// parentGoes tells an index or a key of a partition that goes with that of the partitioned table.
func (w *writer) parentGoes(o *Object) bool {
	name, found := qualifiedAt(tokens(o.Get(parentTable)), 0)
	if !found {
		return false
	}
	return slices.ContainsFunc(w.pairs, func(p pair) bool {
		return p.before != nil && p.before.Schema == name.schema && p.before.Name == name.name &&
			(p.before.Kind == Index || p.before.Kind == Constraint) && (p.after == nil || w.remade[p.before.Identity])
	})
}

func (w *writer) dropColumn(o *Object) {
	parent := w.c.before.root(o)
	switch {
	case o.Has("inherited") || w.fromParent(o, parent):
	case parent.Kind == Composite:
		w.add(dropColumns, "ALTER TYPE "+w.parentName(o)+" DROP ATTRIBUTE "+quote(o.Name))
	case parent.Kind == Table || parent.Kind == ForeignTable:
		w.add(dropColumns, w.alterTable(o)+"DROP COLUMN "+quote(o.Name))
	default: // of a view, which says its columns itself, but for what was set besides
		w.alterViewColumn(pair{before: o, after: &Object{Identity: o.Identity}})
		w.describe(o, &Object{Identity: o.Identity})
	}
}

// fromParent tells a part of a partition that its parent has as well, and that comes and goes with it.
func (w *writer) fromParent(o, table *Object) bool {
	if table == nil || !table.Has(parentTable) {
		return false
	}
	for _, name := range parentNames(table) {
		id := o.Identity
		id.Schema, id.Parent = name.schema, name.name
		same := func(other *Object) bool { return other != nil && other.Identity == id }
		if slices.ContainsFunc(w.pairs, func(p pair) bool { return same(p.before) || same(p.after) }) {
			return true
		}
	}
	return false
}

func (w *writer) dropConstraint(o *Object) {
	root := w.c.before.root(o)
	phase := dropKeys
	if o.Get("type") == "foreign key" {
		phase = dropReferences
	}
	switch {
	case o.Has("inherited"), o.Has(parentTable) && w.parentGoes(o), o.Get("type") == "check" && w.fromParent(o, root):
	case root.Kind == Domain:
		w.add(phase, "ALTER DOMAIN "+root.QualifiedName()+" DROP CONSTRAINT "+quote(o.Name))
	case phase == dropReferences && w.goes(root) && !w.amongGoing(o):
	default:
		w.add(phase, "ALTER TABLE "+quote(o.Schema)+"."+quote(o.Parent)+" DROP CONSTRAINT "+quote(o.Name))
	}
}

// amongGoing tells a reference between two tables that both go.
func (w *writer) amongGoing(reference *Object) bool {
	name, _ := qualifiedAt(tokens(reference.Get("references")), 0)
	table := w.c.before.parent(name)
	return table != nil && table.Name != reference.Parent && w.goes(table)
}

func (w *writer) dropAlone(o *Object) {
	phase := dropTypes
	switch o.Kind {
	case Table, ForeignTable:
		phase = dropTables
	case Sequence:
		if o.Has("identity") || w.ownerGoes(o) {
			return
		}
		phase = dropSequences
	case Function, Procedure, Aggregate:
		phase = dropFunctions
		if w.remade[o.Identity] {
			phase = dropViews
		}
	case Enum, Domain, Composite, Range, Collation:
	case Schema, Extension:
		phase = dropSchemas
	case DefaultPrivileges:
		w.privileges(&Object{Identity: o.Identity}, o)
		return
	default:
		w.leave(pair{before: o}, "")
		return
	}
	w.addFor(phase, o, "DROP "+canonicalOf(*o).address())
}

// ownerGoes tells a sequence that is dropped with the column that owns it.
func (w *writer) ownerGoes(o *Object) bool {
	return o.Has(ownerTable) && w.goes(&Object{Identity: Identity{Kind: Column, Schema: o.Schema, Parent: o.Get(ownerTable), Name: o.Get(ownerColumn)}})
}
