package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// create makes an object of after that is not there.
func (w *writer) create(o *Object) {
	switch o.Kind {
	case Column:
		w.createColumn(o)
	case Constraint:
		w.createConstraint(o)
	case Index:
		w.createIndex(o)
	case Trigger, Policy, Rule, EventTrigger:
		w.createWatcher(o)
	case View, MaterializedView:
		w.addFor(createViews, o, strings.Join(viewText(canonicalOf(*o)), "\n"))
	case Table:
		w.createTable(o)
	case Sequence:
		w.createSequence(o)
	case Function, Procedure:
		w.createFunction(o, "CREATE ")
	case Statistics:
		w.add(createKeys, statisticsText(canonicalOf(*o))...)
	default:
		w.createRare(o)
	}
	w.describe(nil, o)
}

func (w *writer) createRare(o *Object) {
	c := canonicalOf(*o)
	switch o.Kind {
	case Schema:
		w.add(createSchemas, "CREATE SCHEMA IF NOT EXISTS "+quote(o.Name))
	case Extension:
		w.add(createSchemas, words("CREATE EXTENSION IF NOT EXISTS", quote(o.Name), c.with("SCHEMA ", "in_schema")))
	case Enum:
		w.addFor(createTypes, o, enumStatement(o))
	case Domain:
		w.addFor(createTypes, o, strings.Join(domainText(c, nil), " "))
	case Composite:
		w.addFor(createTypes, o, "CREATE TYPE "+o.QualifiedName()+" AS ("+strings.Join(w.columnLines(o), ", ")+")")
	case Range:
		if o.Has("canonical") { // takes a function that takes the type
			w.leave(pair{after: o}, "")
			return
		}
		text := rangeText(c)
		w.addFor(createTypes, o, text[0]+strings.TrimSuffix(strings.Join(trimmed(text[1:len(text)-1]), " "), ",")+")")
	case DefaultPrivileges: // nothing but privileges
	default:
		w.leave(pair{after: o}, "")
	}
}

func trimmed(text []string) []string {
	kept := make([]string, len(text))
	for i, line := range text {
		kept[i] = strings.TrimSpace(line)
	}
	return kept
}

func enumStatement(o *Object) string {
	var labels []string
	for _, label := range o.List(labelList) {
		labels = append(labels, literal(label))
	}
	return "CREATE TYPE " + o.QualifiedName() + " AS ENUM (" + strings.Join(labels, ", ") + ")"
}

// createTable makes a table with its columns; whatever else it has follows.
func (w *writer) createTable(o *Object) {
	c := canonicalOf(*o)
	if o.Has("typed") {
		w.leave(pair{after: o}, "")
		return
	}
	sql := words("CREATE", c.flag("UNLOGGED", "unlogged"), "TABLE", o.QualifiedName(), "(\n    "+strings.Join(w.columnLines(o), ",\n    ")+"\n)",
		c.list("INHERITS ", "inherits"), c.with("PARTITION BY ", "partition_by"), c.with("USING ", "access_method"),
		storageOptions(o), c.with("TABLESPACE ", "tablespace"))
	w.addFor(createTables, o, strings.ReplaceAll(sql, "(\n    \n)", "()"))
	alter := "ALTER TABLE " + o.QualifiedName() + " "
	w.add(alterColumns, c.flag(alter+"ENABLE ROW LEVEL SECURITY", "row_security"),
		c.flag(alter+"FORCE ROW LEVEL SECURITY", "force_row_security"),
		c.with(alter+"REPLICA IDENTITY ", "replica_identity"))
	w.attach(o)
}

func (w *writer) attach(o *Object) {
	if parent := o.Get(parentTable); parent != "" {
		w.add(attachPartitions, "ALTER TABLE "+parent+" ATTACH PARTITION "+o.QualifiedName()+" "+o.Get("bound"))
	}
}

// storageOptions writes WITH (…) with the options of the table and of its toast.
func storageOptions(o *Object) string {
	options := slices.Clone(o.List("option"))
	for _, option := range o.List("toast_option") {
		options = append(options, "toast."+option)
	}
	if len(options) == 0 {
		return ""
	}
	return "WITH (" + strings.Join(options, ", ") + ")"
}

// columnLines are the columns of a new table or composite type, in their order.
func (w *writer) columnLines(o *Object) []string {
	columns := w.c.after.snapshot.parts(Column, o.Identity)
	order := o.List(columnList)
	slices.SortStableFunc(columns, func(a, b Object) int {
		return cmp.Compare(slices.Index(order, a.Name), slices.Index(order, b.Name))
	})
	var text []string
	for i := range columns {
		if !columns[i].Has("inherited") {
			text = append(text, w.columnLine(&columns[i]))
		}
	}
	return text
}

// columnLine writes what CREATE TABLE and ADD COLUMN take of a column.
func (w *writer) columnLine(o *Object) string {
	c := canonicalOf(*o)
	return words(quote(o.Name), c.take("type"), c.with("COLLATE ", "collation"), c.notNull(), c.with("DEFAULT ", "default"),
		c.with("GENERATED ALWAYS AS ", "generated"), w.identity(o), c.serverOptions())
}

// identity writes GENERATED … AS IDENTITY with the properties of the column's sequence.
func (w *writer) identity(o *Object) string {
	kind := o.Get("identity")
	if kind == "" {
		return ""
	}
	options := ""
	if s := w.c.after.ownedSequence(o); s != nil {
		if s.Name != o.Parent+"_"+o.Name+"_seq" {
			options = "SEQUENCE NAME " + s.QualifiedName()
		}
		options = words(options, sequenceProperties(s))
	}
	if options != "" {
		options = " (" + options + ")"
	}
	return "GENERATED " + kind + " AS IDENTITY" + options
}

// ownedSequence is the sequence that a column owns, or nil.
func (s *side) ownedSequence(column *Object) *Object {
	for i := range s.snapshot.Objects {
		o := &s.snapshot.Objects[i]
		if o.Kind == Sequence && o.Schema == column.Schema && o.Get(ownerTable) == column.Parent && o.Get(ownerColumn) == column.Name {
			return o
		}
	}
	return nil
}

// sequenceProperties writes what is not the default of a sequence, but for its type and owner.
func sequenceProperties(o *Object) string {
	c := canonicalOf(*o)
	return words(c.with("START ", "start"), c.with("INCREMENT ", "increment"), c.with("MINVALUE ", "minimum"),
		c.with("MAXVALUE ", "maximum"), c.with("CACHE ", "cache"), c.flag("CYCLE", "cycle"))
}

func (w *writer) createSequence(o *Object) {
	if o.Has("identity") {
		return
	}
	c := canonicalOf(*o)
	w.add(createSequences, words("CREATE", c.flag("UNLOGGED", "unlogged"), "SEQUENCE", o.QualifiedName(), c.with("AS ", "type"), sequenceProperties(o)))
	w.own(o)
}

// own gives a sequence to its column. That of a column with rows goes on after them.
func (w *writer) own(o *Object) {
	if !o.Has(ownerTable) {
		return
	}
	w.add(ownSequences, "ALTER SEQUENCE "+o.QualifiedName()+" OWNED BY "+ownerName(o))
	if w.c.before.find(ownerIdentity(o)) != nil {
		w.add(ownSequences, continueAfter(o.QualifiedName(), o))
	}
}

func ownerIdentity(o *Object) Identity {
	return Identity{Kind: Column, Schema: o.Schema, Parent: o.Get(ownerTable), Name: o.Get(ownerColumn)}
}

func ownerName(o *Object) string { return ownerIdentity(o).QualifiedName() }

// continueAfter sets a sequence behind the greatest value of its column.
func continueAfter(sequence string, o *Object) string {
	column := quote(o.Get(ownerColumn))
	return "SELECT setval(" + literal(sequence) + ", coalesce(max(" + column + "), 0) + 1, false) FROM " +
		quote(o.Schema) + "." + quote(o.Get(ownerTable))
}

func (w *writer) createFunction(o *Object, verb string) {
	phase := createFunctions
	for name := range mentionedNames(o) {
		if w.comes(name) { // what takes or gives rows of a new table or view comes after it
			phase = createViews
		}
	}
	w.addFor(phase, o, functionStatement(o, verb))
}

// comes tells tables and views that are made by this script.
func (w *writer) comes(name qualified) bool {
	for _, kind := range []Kind{Table, View, MaterializedView} {
		id := Identity{Kind: kind, Schema: name.schema, Name: name.name}
		if w.c.after.find(id) != nil && (w.c.before.find(id) == nil || w.remade[id]) {
			return true
		}
	}
	return false
}

func functionStatement(o *Object, verb string) string {
	head := *o
	head.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(f Field) bool {
		return f.Name == "body" || f.Name == "setting" || f.Name == "transform" || f.Name == "object_file"
	})
	text := functionText(canonicalOf(head))
	text[0] = verb + strings.TrimPrefix(text[0], "CREATE ")
	var settings []string
	for _, of := range o.List("transform") {
		settings = append(settings, "TRANSFORM FOR TYPE "+of)
	}
	for _, setting := range o.List("setting") {
		settings = append(settings, "SET "+settingText(setting))
	}
	if o.Has("sql_body") {
		return strings.Join(append(text[:1], append(settings, text[1:]...)...), "\n")
	}
	text = append(text[:len(text)-1], settings...) // without its empty body
	tag := "$$"
	for strings.Contains(o.Get("body")+"$", tag) {
		tag = tag[:len(tag)-1] + "_$"
	}
	if file := o.Get("object_file"); file != "" {
		return strings.Join(append(text, "AS "+literal(file)+", "+literal(o.Get("body"))), "\n")
	}
	return strings.Join(append(text, "AS "+tag+o.Get("body")+tag), "\n")
}

// settingText quotes the value of a setting, unless it is a list of names, which are quoted already
// (GUC_LIST_QUOTE in src/backend/utils/misc/guc_tables.c).
func settingText(setting string) string {
	name, value, _ := strings.Cut(setting, "=")
	switch name {
	case "search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries", "shared_preload_libraries":
		return name + " TO " + value
	}
	return quote(name) + " TO " + literal(value)
}

func (w *writer) createWatcher(o *Object) {
	c := canonicalOf(*o)
	if strings.HasPrefix(o.Name, "RI_ConstraintTrigger_") {
		w.leave(pair{after: o}, "") // its name is another one in each database
		return
	}
	var text []string
	switch o.Kind {
	case Policy:
		text = policyText(c)
	case EventTrigger:
		text = eventTriggerText(c)
	default:
		text = triggerText(c)
	}
	if o.Kind != Policy && o.Has("enabled") {
		w.add(switchWatchers, text[len(text)-1])
		text = text[:len(text)-1]
	}
	w.add(createWatchers, strings.Join(text, "\n"))
}
