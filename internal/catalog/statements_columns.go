package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// alterColumn changes a column in an order in which each step leaves a valid one: the default goes before the type
// changes and comes back after it.
func (w *writer) alterColumn(p pair) {
	root := w.c.after.root(p.after)
	switch root.Kind {
	case Table, ForeignTable:
	case Composite:
		if w.differs(p, "type") || w.differs(p, "collation") {
			w.add(alterColumns, words("ALTER TYPE", w.parentName(p.after), "ALTER ATTRIBUTE", quote(p.after.Name), "TYPE", p.after.Get("type"),
				canonicalOf(*p.after).with("COLLATE ", "collation")))
		}
		return
	default:
		w.alterViewColumn(p)
		return
	}
	if w.inheritedChange(p, root) {
		return
	}
	alter := w.alterTable(p.after) + "ALTER COLUMN " + quote(p.after.Name) + " "
	if w.differs(p, "generated") {
		w.regenerate(p, alter)
		return
	}
	w.changeType(p, alter)
	w.changeNotNull(p, alter)
	for _, name := range []string{"storage", "compression", "statistics", "option"} {
		if w.differs(p, name) {
			w.changeSetting(p, alter, name)
		}
	}
	for _, name := range []string{"inherited", "server_option", "not_null_no_inherit", "not_null_not_valid", "not_null_inherited"} {
		if w.differs(p, name) {
			w.leave(p, name)
		}
	}
}

func (w *writer) alterViewColumn(p pair) {
	if w.differs(p, "default") {
		verb := "SET DEFAULT " + p.after.Get("default")
		if !p.after.Has("default") {
			verb = "DROP DEFAULT"
		}
		w.add(createWatchers, "ALTER VIEW "+w.parentName(p.after)+" ALTER COLUMN "+quote(p.after.Name)+" "+verb)
	}
	for _, name := range []string{"statistics", "storage", "compression", "option"} {
		if w.differs(p, name) {
			w.changeSetting(p, "ALTER MATERIALIZED VIEW "+w.parentName(p.after)+" ALTER COLUMN "+quote(p.after.Name)+" ", name)
		}
	}
}

// inheritedChange tells that a partition's column changed with its parent's.
func (w *writer) inheritedChange(p pair, root *Object) bool {
	for _, name := range parentNames(root) {
		id := p.after.Identity
		id.Schema, id.Parent = name.schema, name.name
		for _, other := range w.pairs {
			if other.before != nil && other.after != nil && other.after.Identity == id && w.differs(other, "type") == w.differs(p, "type") {
				return true
			}
		}
	}
	return false
}

// regenerate makes a computed column anew, which computes it for every row; or an ordinary one of it.
func (w *writer) regenerate(p pair, alter string) {
	if !p.after.Has("generated") {
		w.add(alterColumns, alter+"DROP EXPRESSION")
		return
	}
	w.add(alterColumns, w.alterTable(p.after)+"DROP COLUMN "+quote(p.after.Name), w.alterTable(p.after)+"ADD COLUMN "+w.columnLine(p.after))
	w.columnSettings(p.after)
}

// changeType changes type, collation, default and identity.
func (w *writer) changeType(p pair, alter string) {
	was, is := p.before, p.after
	retype := w.differs(p, "type") || w.differs(p, "collation")
	redefault := w.differs(p, "default")
	if was.Has("default") && (redefault || retype) {
		w.add(alterColumns, alter+"DROP DEFAULT")
	}
	numbered := w.differs(p, "identity")
	if numbered && was.Has("identity") && !is.Has("identity") {
		w.add(alterColumns, alter+"DROP IDENTITY")
	}
	if retype {
		w.add(alterColumns, words(alter+"TYPE", is.Get("type"), canonicalOf(*is).with("COLLATE ", "collation"), using(was, is)))
	}
	if numbered {
		w.changeIdentity(p, alter)
	}
	if is.Has("default") && (redefault || retype) {
		w.add(alterColumns, alter+"SET DEFAULT "+is.Get("default"))
	}
}

// using casts what PostgreSQL does not cast by itself: to a type of the user's, by way of text.
func using(was, is *Object) string {
	family := func(o *Object) string { name, _, _ := strings.Cut(o.Get("type"), "("); return name }
	column, to := quote(is.Name), is.Get("type")
	switch {
	case family(was) == family(is):
		return ""
	case strings.Contains(to, ".") || strings.Contains(was.Get("type"), "."):
		return "USING " + column + "::text::" + to
	}
	return "USING " + column + "::" + to
}

// changeIdentity lets a column number its rows, or otherwise. Its sequence goes on after the rows that are there.
func (w *writer) changeIdentity(p pair, alter string) {
	is := p.after
	switch {
	case !is.Has("identity"):
		if s := w.c.after.ownedSequence(is); s != nil {
			c := canonicalOf(*s)
			w.add(alterColumns, words("CREATE SEQUENCE", s.QualifiedName(), c.with("AS ", "type"), sequenceProperties(s)))
			w.own(s)
		}
	case p.before.Has("identity"):
		w.add(alterColumns, alter+"SET GENERATED "+is.Get("identity"))
	default:
		if s := w.c.before.ownedSequence(p.before); s != nil && !s.Has("identity") {
			w.add(alterColumns, "DROP SEQUENCE "+s.QualifiedName())
		}
		w.add(alterColumns, alter+"ADD "+w.identity(is))
		owner := &Object{Identity: is.Identity, Fields: []Field{{Name: ownerTable, Value: is.Parent}, {Name: ownerColumn, Value: is.Name}}}
		name := qualified{is.Schema, is.Parent + "_" + is.Name + "_seq"}
		if s := w.c.after.ownedSequence(is); s != nil {
			name.name = s.Name
		}
		w.add(alterColumns, continueAfter(quote(name.schema)+"."+quote(name.name), owner))
	}
}

func (w *writer) changeNotNull(p pair, alter string) {
	table := w.alterTable(p.after)
	name := func(o *Object) string {
		return cmp.Or(o.Get(notNullField), p.after.Parent+"_"+p.after.Name+"_not_null")
	}
	switch was, is := p.before.Has("not_null"), p.after.Has("not_null"); {
	case was && !is:
		w.add(alterColumns, alter+"DROP NOT NULL")
	case is && !was && p.after.Has(notNullField):
		w.add(alterColumns, table+"ADD CONSTRAINT "+quote(name(p.after))+" NOT NULL "+quote(p.after.Name))
	case is && !was:
		w.add(alterColumns, alter+"SET NOT NULL")
	case is && w.differs(p, notNullField):
		w.add(renameParts, table+"RENAME CONSTRAINT "+quote(name(p.before))+" TO "+quote(name(p.after)))
	}
}

func (w *writer) changeSetting(p pair, alter, name string) {
	value := p.after.Get(name)
	switch name {
	case "storage":
		if value == "" && w.c.before.snapshot.ServerVersion < 160000 {
			w.leave(p, name) // only the type knows what it was, and SET STORAGE DEFAULT came with 16
			return
		}
		w.add(alterColumns, alter+"SET STORAGE "+cmp.Or(value, "DEFAULT"))
	case "compression":
		w.add(alterColumns, alter+"SET COMPRESSION "+cmp.Or(value, "default"))
	case "statistics":
		w.add(alterColumns, alter+"SET STATISTICS "+cmp.Or(value, "-1"))
	case "option":
		w.add(alterColumns, optionChanges(alter, p, name, "")...)
	}
}

// rebuilds tells that an enum cannot become the other by values that are added or renamed.
func (w *writer) rebuilds(p pair) bool {
	if !w.differs(p, labelList) {
		return false
	}
	stayed := without(p.after.List(labelList), without(p.after.List(labelList), w.labelsNow(p)))
	return !slices.Equal(w.labelsNow(p), stayed)
}

// labelsNow are the values of before under today's names.
func (w *writer) labelsNow(p pair) []string {
	labels := slices.Clone(p.before.List(labelList))
	for i, label := range labels {
		if to, found := w.c.names.labels[p.table()][label]; found {
			labels[i] = to.to.name
		}
	}
	return labels
}

func (w *writer) alterEnum(p pair) {
	if w.rebuilds(p) {
		w.rebuildEnum(p)
		return
	}
	name, now := p.after.QualifiedName(), w.labelsNow(p)
	for i, label := range p.before.List(labelList) {
		if label != now[i] {
			w.add(createTypes, "ALTER TYPE "+name+" RENAME VALUE "+literal(label)+" TO "+literal(now[i]))
		}
	}
	previous := ""
	for i, label := range p.after.List(labelList) {
		if !slices.Contains(now, label) {
			place := "AFTER " + literal(previous)
			if i == 0 {
				place = "BEFORE " + literal(now[0])
			}
			w.add(createTypes, "ALTER TYPE "+name+" ADD VALUE "+literal(label)+" "+place)
		}
		previous = label
	}
}

// rebuildEnum makes the type anew and moves all columns over: PostgreSQL takes no value out of an enum. It fails where a
// row has a value that goes.
func (w *writer) rebuildEnum(p pair) {
	was, is := p.after.QualifiedName(), p.after.QualifiedName()
	old := p.after.Name + "_old"
	w.add(createTypes, "ALTER TYPE "+was+" RENAME TO "+quote(old), enumStatement(p.after))
	for i := range w.c.before.snapshot.Objects {
		o := &w.c.before.snapshot.Objects[i]
		kind := o.Get("type")
		if o.Kind != Column || strings.TrimSuffix(kind, "[]") != is || w.goes(o) || w.c.before.root(o).Kind != Table || o.Has("inherited") || w.c.before.root(o).Has(parentTable) {
			continue
		}
		alter := "ALTER TABLE " + quote(o.Schema) + "." + quote(o.Parent) + " ALTER COLUMN " + quote(o.Name) + " "
		if o.Has("default") {
			w.add(createTypes, alter+"DROP DEFAULT")
		}
		w.add(createTypes, alter+"TYPE "+kind+" USING "+quote(o.Name)+"::text"+strings.TrimPrefix(kind, is)+"::"+kind)
		if is := w.target(o); is.Has("default") {
			w.add(createTypes, alter+"SET DEFAULT "+is.Get("default"))
		}
	}
	w.add(createTypes, "DROP TYPE "+quote(p.after.Schema)+"."+quote(old))
}

func (w *writer) alterDomain(p pair) {
	alter := "ALTER DOMAIN " + p.after.QualifiedName() + " "
	for _, name := range fieldNames(*p.before, *p.after) {
		if described(name) || !w.differs(p, name) {
			continue
		}
		switch value, has := p.after.Get(name), p.after.Has(name); {
		case name == "default" && has:
			w.add(alterColumns, alter+"SET DEFAULT "+value)
		case name == "default":
			w.add(alterColumns, alter+"DROP DEFAULT")
		case name == "not_null" && has:
			w.add(alterColumns, alter+"SET NOT NULL")
		case name == "not_null":
			w.add(alterColumns, alter+"DROP NOT NULL")
		default:
			w.leave(p, name)
		}
	}
}
