package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// alter makes the one of a pair the other, attribute by attribute.
func (w *writer) alter(p pair) {
	if p.renamed {
		w.rename(p)
	}
	switch p.after.Kind {
	case Table, ForeignTable:
		w.alterTableItself(p)
	case Column:
		w.alterColumn(p)
	case Constraint:
		w.alterConstraint(p)
	case Index:
		w.alterIndexSettings(p)
	case Sequence:
		w.alterSequence(p)
	case Enum:
		w.alterEnum(p)
	case Domain:
		w.alterDomain(p)
	case Function, Procedure:
		w.alterFunction(p)
	case Trigger, Rule, EventTrigger:
		w.alterSwitch(p)
	case Extension:
		if w.differs(p, "in_schema") {
			w.add(createTypes, "ALTER EXTENSION "+quote(p.after.Name)+" SET SCHEMA "+quote(p.after.Get("in_schema")))
		}
	case Statistics:
		if w.differs(p, "statistics") {
			w.add(alterColumns, "ALTER STATISTICS "+p.after.QualifiedName()+" SET STATISTICS "+cmp.Or(p.after.Get("statistics"), "-1"))
		}
	case Composite, Schema, View, MaterializedView, Policy, DefaultPrivileges:
	default:
		for _, name := range fieldNames(*p.before, *p.after) {
			if w.differs(p, name) && (!described(name) || p.after.Kind == ExtensionMember || p.after.Kind == SystemObject) {
				w.leave(p, name)
			}
		}
		if p.after.Kind == ExtensionMember || p.after.Kind == SystemObject {
			return
		}
	}
	w.describe(p.before, p.after)
}

// rename gives an object its new name, and its schema if it moved.
func (w *writer) rename(p pair) {
	was, is := p.before.Identity, p.after.Identity
	if is.Parent != "" {
		w.renamePart(p)
		return
	}
	if is.Kind == Schema {
		w.add(renameSchemas, "ALTER SCHEMA "+quote(was.Name)+" RENAME TO "+quote(is.Name))
		return
	}
	was.Schema = w.now(Identity{Kind: Schema, Name: was.Schema}).Name
	address := func(id Identity) string { return canonicalOf(Object{Identity: id}).address() }
	if was.Schema != is.Schema {
		w.add(renameObjects, "ALTER "+address(was)+" SET SCHEMA "+quote(is.Schema))
		was.Schema = is.Schema
	}
	if baseName(was) != baseName(is) {
		w.add(renameObjects, "ALTER "+address(was)+" RENAME TO "+quote(baseName(is)))
	}
}

func (w *writer) renamePart(p pair) {
	was, is := p.before.Identity, p.after.Identity
	was.Schema, was.Parent = is.Schema, is.Parent
	switch is.Kind {
	case Column:
		word := "COLUMN"
		if w.c.after.root(p.after).Kind == Composite {
			word = "ATTRIBUTE"
		}
		w.add(renameParts, "ALTER "+w.ownerKind(p.after)+" "+w.parentName(p.after)+" RENAME "+word+" "+quote(was.Name)+" TO "+quote(is.Name))
	case Constraint:
		w.add(renameParts, "ALTER "+w.ownerKind(p.after)+" "+w.parentName(p.after)+" RENAME CONSTRAINT "+quote(was.Name)+" TO "+quote(is.Name))
	default:
		w.add(renameParts, "ALTER "+canonicalOf(Object{Identity: was}).address()+" RENAME TO "+quote(is.Name))
	}
}

// ownerKind is the word for what a part belongs to.
func (w *writer) ownerKind(o *Object) string {
	root := w.c.after.root(o)
	return canonicalOf(*root).keyword()
}

func (w *writer) alterTableItself(p pair) {
	o := p.after
	alter := "ALTER " + canonicalOf(*o).keyword() + " " + o.QualifiedName() + " "
	for _, name := range fieldNames(*p.before, *p.after) {
		if name == columnList || described(name) || !w.differs(p, name) {
			continue
		}
		if text, known := tableChange(p, name); known {
			for _, line := range text {
				w.add(alterColumns, alter+line)
			}
			continue
		}
		switch name {
		case parentTable, "bound":
			w.alterPartition(p, name)
		default:
			w.leave(p, name)
		}
	}
}

func (w *writer) alterPartition(p pair, name string) {
	if name == "bound" && w.differs(p, parentTable) {
		return
	}
	if parent := p.before.Get(parentTable); parent != "" {
		w.add(dropColumns, "ALTER TABLE "+parent+" DETACH PARTITION "+p.after.QualifiedName())
	}
	w.attach(p.after)
}

// tableChange writes the change of one attribute of a table, behind ALTER TABLE and its name.
func tableChange(p pair, name string) (text []string, known bool) {
	value, has := p.after.Get(name), p.after.Has(name)
	pick := func(yes, no string) []string {
		if has {
			return []string{yes}
		}
		return []string{no}
	}
	switch name {
	case "unlogged":
		return pick("SET UNLOGGED", "SET LOGGED"), true
	case "row_security":
		return pick("ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"), true
	case "force_row_security":
		return pick("FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"), true
	case "replica_identity":
		return []string{"REPLICA IDENTITY " + strings.ToUpper(cmp.Or(value, "default"))}, true
	case "tablespace":
		return []string{"SET TABLESPACE " + quote(cmp.Or(value, "pg_default"))}, true
	case "access_method":
		return []string{"SET ACCESS METHOD " + cmp.Or(value, "heap")}, !p.after.Has("partition_by")
	case "option":
		return optionChanges("", p, name, ""), true
	case "toast_option":
		return optionChanges("", p, name, "toast."), true
	case "typed":
		return pick("OF "+value, "NOT OF"), true
	case "inherits":
		for _, parent := range without(p.before.List(name), p.after.List(name)) {
			text = append(text, "NO INHERIT "+parent)
		}
		for _, parent := range without(p.after.List(name), p.before.List(name)) {
			text = append(text, "INHERIT "+parent)
		}
		return text, len(text) > 0
	}
	return nil, false
}

func (w *writer) alterSwitch(p pair) {
	if !w.differs(p, "enabled") {
		return
	}
	o := *p.after
	if !o.Has("enabled") {
		o.Fields = append(slices.Clone(o.Fields), Field{Name: "enabled", Value: "origin"})
	}
	var text []string
	if o.Kind == EventTrigger {
		text = eventTriggerText(canonicalOf(o))
		text[len(text)-1] = strings.Replace(text[len(text)-1], "ENABLE ORIGIN", "ENABLE", 1)
	} else {
		text = triggerText(canonicalOf(o))
	}
	w.add(switchWatchers, text[len(text)-1])
}

func (w *writer) alterFunction(p pair) {
	for _, name := range fieldNames(*p.before, *p.after) {
		if !described(name) && w.differs(p, name) {
			w.createFunction(p.after, "CREATE OR REPLACE ")
			return
		}
	}
}

func (w *writer) alterSequence(p pair) {
	o := p.after
	if p.before.Has("identity") != o.Has("identity") {
		return // with the column
	}
	if w.differs(p, ownerTable) || w.differs(p, ownerColumn) {
		if p.before.Has(ownerTable) { // else it is dropped with its old owner
			w.add(createSequences, "ALTER SEQUENCE "+o.QualifiedName()+" OWNED BY NONE")
		}
		if o.Has(ownerTable) {
			w.add(ownSequences, "ALTER SEQUENCE "+o.QualifiedName()+" OWNED BY "+ownerName(o))
		}
	}
	if w.differs(p, "unlogged") {
		text, _ := tableChange(p, "unlogged")
		w.add(alterColumns, "ALTER SEQUENCE "+o.QualifiedName()+" "+text[0])
	}
	changes := w.sequenceChanges(p)
	if changes != "" {
		w.add(ownSequences, "ALTER SEQUENCE "+o.QualifiedName()+" "+changes)
	}
}

func (w *writer) sequenceChanges(p pair) string {
	o := p.after
	has := func(name, with, without string) string {
		if !w.differs(p, name) {
			return ""
		}
		if o.Has(name) {
			return strings.TrimSpace(with + " " + strings.TrimPrefix(o.Get(name), "true"))
		}
		return without
	}
	start := "START 1"
	switch descending := strings.HasPrefix(o.Get("increment"), "-"); {
	case descending:
		start = "START " + cmp.Or(o.Get("maximum"), "-1")
	case o.Has("minimum"):
		start = "START " + o.Get("minimum")
	}
	if o.Has("start") {
		start = "START " + o.Get("start")
	}
	if !slices.ContainsFunc([]string{"start", "increment", "minimum", "maximum"}, func(name string) bool { return w.differs(p, name) }) {
		start = ""
	}
	return words(has("type", "AS", "AS bigint"), has("increment", "INCREMENT", "INCREMENT 1"),
		has("minimum", "MINVALUE", "NO MINVALUE"), has("maximum", "MAXVALUE", "NO MAXVALUE"),
		start, has("cache", "CACHE", "CACHE 1"), has("cycle", "CYCLE", "NO CYCLE"))
}
