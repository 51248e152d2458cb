package catalog

import (
	"strconv"
	"strings"
)

// createColumn adds a column to a table that is there, and says what CREATE TABLE has no words for.
func (w *writer) createColumn(o *Object) {
	root := w.c.after.root(o)
	existing := w.c.before.find(root.Identity) != nil || w.whole && w.c.origin(root) != nil
	switch root.Kind {
	case Composite:
		if existing {
			w.add(createTables, "ALTER TYPE "+w.parentName(o)+" ADD ATTRIBUTE "+w.columnLine(o))
		}
		return
	case View, MaterializedView:
		w.viewColumn(o)
		return
	case Table, ForeignTable:
	default:
		return
	}
	if o.Has("inherited") || existing && w.fromParent(o, root) {
		return
	}
	if existing {
		w.add(createTables, w.alterTable(o)+"ADD COLUMN "+w.columnLine(o))
	}
	w.columnSettings(o)
}

func (w *writer) columnSettings(o *Object) {
	c := canonicalOf(*o)
	alter := w.alterTable(o) + "ALTER COLUMN " + quote(o.Name) + " SET "
	w.add(alterColumns, c.with(alter+"STORAGE ", "storage"), c.with(alter+"COMPRESSION ", "compression"),
		c.with(alter+"STATISTICS ", "statistics"), c.list(alter, "option"))
}

// viewColumn gives a view's column its default, and a materialized view's its settings.
func (w *writer) viewColumn(o *Object) {
	if o.Has("default") {
		w.add(createWatchers, "ALTER VIEW "+w.parentName(o)+" ALTER COLUMN "+quote(o.Name)+" SET DEFAULT "+o.Get("default"))
	}
	for _, s := range canonicalSettings(o) {
		w.add(createWatchers, "ALTER MATERIALIZED VIEW "+w.parentName(o)+" ALTER COLUMN "+quote(o.Name)+" SET "+s)
	}
}

func canonicalSettings(o *Object) []string {
	c := canonicalOf(*o)
	return lines(c.with("STORAGE ", "storage"), c.with("COMPRESSION ", "compression"), c.with("STATISTICS ", "statistics"), c.list("", "option"))
}

func (w *writer) parentName(o *Object) string { return quote(o.Schema) + "." + quote(o.Parent) }

// alterTable begins a statement about the table of a part.
func (w *writer) alterTable(o *Object) string {
	verb := "ALTER TABLE "
	if w.c.after.root(o).Kind == ForeignTable {
		verb = "ALTER FOREIGN TABLE "
	}
	return verb + w.parentName(o) + " "
}

func (w *writer) createConstraint(o *Object) {
	root := w.c.after.root(o)
	kind := o.Get("type")
	if o.Has("inherited") || kind == "check" && w.fromParent(o, root) && w.c.before.find(root.Identity) != nil {
		return
	}
	line := constraintLine(canonicalOf(*o))
	if at := strings.Index(line, " /* "); at >= 0 {
		line = line[:at]
	}
	phase := createKeys
	if kind == "foreign key" {
		phase = createReferences
	}
	switch {
	case root.Kind == Domain:
		w.add(createTypes, "ALTER DOMAIN "+root.QualifiedName()+" ADD "+line)
	case root.Has("partition_by") && kind != "foreign key" && kind != "check":
		w.add(phase, "ALTER TABLE ONLY "+w.parentName(o)+" ADD "+line)
	default:
		w.add(phase, "ALTER TABLE "+w.parentName(o)+" ADD "+line)
	}
	w.indexSettings(o)
}

// indexSettings says of an index, also that of a constraint, what CREATE has no words for.
func (w *writer) indexSettings(o *Object) {
	table := "ALTER TABLE " + w.parentName(o) + " "
	if o.Has("clustered") {
		w.add(attachPartitions, table+"CLUSTER ON "+quote(o.Name))
	}
	if o.Has("replica_identity") {
		w.add(attachPartitions, table+"REPLICA IDENTITY USING INDEX "+quote(o.Name))
	}
	if parent := o.Get(parentTable); parent != "" {
		w.add(attachPartitions, "ALTER INDEX "+parent+" ATTACH PARTITION "+quote(o.Schema)+"."+quote(o.Name))
	}
	for _, item := range o.List("statistics") {
		if number, target, found := strings.Cut(item, " "); found {
			w.add(attachPartitions, "ALTER INDEX "+quote(o.Schema)+"."+quote(o.Name)+" ALTER COLUMN "+number+" SET STATISTICS "+target)
		}
	}
}

func (w *writer) createIndex(o *Object) {
	if o.Has("invalid") || o.Has("not_ready") {
		w.leave(pair{after: o}, "")
		return
	}
	definition := o.Get("definition")
	if space := o.Get("tablespace"); space != "" {
		before, predicate, found := strings.Cut(definition, " WHERE ")
		definition = before + " TABLESPACE " + space
		if found {
			definition += " WHERE " + predicate
		}
	}
	w.add(createKeys, definition)
	w.indexSettings(o)
}

// validated tells a constraint that differs in nothing but that it was NOT VALID.
func validated(p pair, name string) bool {
	return name == "definition" && p.before.Get(name) == p.after.Get(name)+" NOT VALID"
}

func (w *writer) alterConstraint(p pair) {
	o := p.after
	if w.differs(p, "inherited") {
		w.leave(p, "inherited")
	}
	if validated(p, "definition") || p.before.Has("not_valid") && !o.Has("not_valid") {
		verb := "ALTER TABLE "
		if w.c.after.root(o).Kind == Domain {
			verb = "ALTER DOMAIN "
		}
		w.add(createReferences, verb+w.parentName(o)+" VALIDATE CONSTRAINT "+quote(o.Name))
	}
	w.alterIndexSettings(p)
}

func (w *writer) alterIndexSettings(p pair) {
	o := p.after
	table := "ALTER TABLE " + w.parentName(o) + " "
	if w.differs(p, "option") {
		w.add(alterColumns, optionChanges("ALTER INDEX "+quote(o.Schema)+"."+quote(o.Name)+" ", p, "option", "")...)
	}
	if w.differs(p, "clustered") && !o.Has("clustered") {
		w.add(renameSchemas, table+"SET WITHOUT CLUSTER")
	}
	if w.differs(p, "replica_identity") && !o.Has("replica_identity") {
		w.add(renameSchemas, table+"REPLICA IDENTITY DEFAULT")
	}
	for _, item := range without(p.before.List("statistics"), o.List("statistics")) {
		number, _, _ := strings.Cut(item, " ")
		if _, err := strconv.Atoi(number); err == nil {
			w.add(alterColumns, "ALTER INDEX "+quote(o.Schema)+"."+quote(o.Name)+" ALTER COLUMN "+number+" SET STATISTICS -1")
		}
	}
	if p.before.Has(parentTable) && w.differs(p, parentTable) {
		w.leave(p, parentTable)
		return
	}
	w.indexSettings(o)
}

// optionChanges writes SET and RESET of options, each of which says "name=value".
func optionChanges(alter string, p pair, name, prefix string) []string {
	nameOf := func(item string) string { return prefix + key(name, item) }
	var set, reset []string
	now := map[string]bool{}
	for _, item := range p.after.List(name) {
		now[nameOf(item)] = true
	}
	for _, item := range without(p.after.List(name), p.before.List(name)) {
		set = append(set, prefix+item)
	}
	for _, item := range p.before.List(name) {
		if !now[nameOf(item)] {
			reset = append(reset, nameOf(item))
		}
	}
	list := func(verb string, items []string) string {
		if len(items) == 0 {
			return ""
		}
		return alter + verb + " (" + strings.Join(items, ", ") + ")"
	}
	return lines(list("SET", set), list("RESET", reset))
}
