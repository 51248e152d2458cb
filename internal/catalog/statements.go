package catalog

import (
	"slices"
	"strings"
)

// Statements gives the SQL that makes of a database like from one like to, in an order in which
// it runs, one statement an element without a semicolon at its end. What cannot be written is returned as
// well: rare kinds of objects, a type's inner workings, an index that is not valid.
//
// Objects that exist on both sides are altered where PostgreSQL can, and rows are kept; a view, a function
// or an index is made anew, and so is what depends on it. What has another name and the same shape is
// renamed. The order of columns is left alone, and version tables of migration tools are.
func Statements(from, to *Snapshot) (sql []string, unwritten []Change) {
	return NewScript(from, to, Options{}).Whole()
}

// Script writes all or some of the differences of two snapshots as SQL.
type Script struct{ c *comparer }

// Part is one difference, as [Detail] and [Change] tell it.
type Part struct {
	// Object is its identity in the snapshot that the script leads to, or in the one from which it leads where it
	// is not in the other. An object that stands alone brings all that comes or goes with it.
	Object Identity
	// Attribute is the field that differs. Empty where the object came, went or has another name.
	Attribute string
}

// NewScript compares two snapshots once for any number of calls, as [CompareWith] does.
func NewScript(from, to *Snapshot, options Options) *Script {
	c := &comparer{
		before: newSide(from, options), after: newSide(to, options),
		lineage: from.Lineage != "" && from.Lineage == to.Lineage,
		names:   newRenames(),
		tables:  options.TableRenames,
	}
	c.match()
	return &Script{c: c}
}

// Whole writes all differences. See [Statements].
func (s *Script) Whole() (sql []string, unwritten []Change) {
	w := newWriter(s.c, s.c.pairs)
	w.whole = true
	return w.write()
}

// Of writes some differences, for a database that has the others still, but for new names of tables: those come first.
func (s *Script) Of(parts ...Part) (sql []string, unwritten []Change) {
	chosen := map[Identity][]string{}
	for _, p := range parts {
		chosen[p.Object] = append(chosen[p.Object], p.Attribute)
	}
	var pairs []pair
	for _, p := range s.c.pairs {
		if p, found := s.choose(p, chosen); found {
			pairs = append(pairs, p)
		}
	}
	return newWriter(s.c, pairs).write()
}

// choose gives what is to be written of a pair: it is as before but for what was chosen.
func (s *Script) choose(p pair, chosen map[Identity][]string) (pair, bool) {
	switch {
	case p.before == nil:
		return p, chosen[p.after.Identity] != nil || chosen[s.c.after.root(p.after).Identity] != nil && s.alone(p.after, s.c.after)
	case p.after == nil:
		found := chosen[p.before.Identity] != nil || chosen[s.c.before.root(p.before).Identity] != nil && s.alone(p.before, s.c.before)
		if p.before.Parent != "" { // its table has its new name by then
			gone := *p.before
			gone.Identity = s.c.names.forward.of(gone.Identity)
			p.before = &gone
		}
		return p, found
	}
	attributes := chosen[p.after.Identity]
	if len(attributes) == 0 {
		return p, false
	}
	is := *p.before
	is.Identity = p.after.Identity
	if !slices.Contains(attributes, "") {
		if p.after.Parent != "" {
			is.Name = p.before.Name
		}
		p.renamed = false
	}
	is.Fields = nil
	for _, name := range fieldNames(*p.before, *p.after) {
		source := p.before
		if slices.Contains(attributes, name) {
			source = p.after
		}
		for _, value := range source.List(name) {
			is.Fields = append(is.Fields, Field{Name: name, Value: value})
		}
	}
	p.after = &is
	return p, true
}

// alone tells that what an object belongs to is on its own side only.
func (s *Script) alone(o *Object, own *side) bool {
	root := own.root(o)
	partner := s.c.counterpart
	if own == s.c.after {
		partner = s.c.origin
	}
	return root != o && partner(root) == nil
}

// Text is the object's canonical text without what belongs to it: a column or a constraint is one line. It reads
// like SQL and is meant for the eye.
func (o Object) Text() string { return renderPart(o) }

// writer gathers the statements for some pairs.
type writer struct {
	c     *comparer
	pairs []pair
	// whole tells that nothing differs but what is written, so that objects have their new names at the end.
	whole bool
	// of finds the pair of an object before.
	of map[Identity]pair
	// remade are objects before that must go for a while, because of what they depend on.
	remade     map[Identity]bool
	statements []statement
	// left is what cannot be written.
	left []Change
}

func newWriter(c *comparer, pairs []pair) *writer {
	w := &writer{c: c, pairs: pairs, of: map[Identity]pair{}, remade: map[Identity]bool{}}
	for _, p := range pairs {
		if p.before != nil {
			w.of[p.before.Identity] = p
		}
	}
	return w
}

func (w *writer) write() (sql []string, unwritten []Change) {
	w.remakeDependents()
	remade := w.remadeObjects()
	for _, p := range w.pairs {
		if p.after == nil {
			w.drop(p.before)
		}
	}
	for _, p := range w.pairs {
		switch {
		case p.before == nil:
			w.create(p.after)
		case p.after != nil && !w.remade[p.before.Identity]:
			w.alter(p)
		}
	}
	for _, o := range remade {
		is, from := w.target(o), len(w.statements)
		w.drop(o)
		if is != nil {
			w.create(is)
			continue
		}
		for i := from; i < len(w.statements); i++ {
			w.statements[i].sql = ifExists(w.statements[i].sql)
		}
	}
	return w.ordered(), w.left
}

// target is what becomes of an object that was there before; nil if it goes.
func (w *writer) target(o *Object) *Object {
	if p, found := w.of[o.Identity]; found {
		return p.after
	}
	if w.namesLostLabel(o) || w.namesLostObject(o) {
		return w.c.after.find(o.Identity)
	}
	is := *o
	is.Identity = w.now(o.Identity)
	return &is
}

// namesLostObject tells that a text has the name of something that goes.
func (w *writer) namesLostObject(o *Object) bool {
	names := mentionedNames(o)
	return slices.ContainsFunc(w.pairs, func(p pair) bool {
		return p.after == nil && p.before.Parent == "" && p.before.Schema != "" && names[qualified{p.before.Schema, baseName(p.before.Identity)}] &&
			p.before.Identity != o.Identity
	})
}

// ifExists makes a DROP of what another statement may have dropped already.
func ifExists(sql string) string {
	if table, constraint, found := strings.Cut(sql, " DROP CONSTRAINT "); found {
		return strings.Replace(table, "ALTER TABLE ", "ALTER TABLE IF EXISTS ", 1) + " DROP CONSTRAINT IF EXISTS " + constraint
	}
	for _, kind := range []string{"MATERIALIZED VIEW", "EVENT TRIGGER", "VIEW", "TRIGGER", "POLICY", "RULE", "INDEX", "FUNCTION", "PROCEDURE"} {
		if rest, found := strings.CutPrefix(sql, "DROP "+kind+" "); found {
			return "DROP " + kind + " IF EXISTS " + rest
		}
	}
	return sql
}

// namesLostLabel tells that a text has a value of an enum that is about to go: no database bears it any longer.
func (w *writer) namesLostLabel(o *Object) bool {
	for _, p := range w.pairs {
		if p.before == nil || p.after == nil || p.before.Kind != Enum {
			continue
		}
		for _, label := range without(p.before.List(labelList), p.after.List(labelList)) {
			if slices.ContainsFunc(o.Fields, func(f Field) bool { return strings.Contains(f.Value, literal(label)) }) {
				return true
			}
		}
	}
	return false
}

// now is the name by which an object of before is known once the renames are written.
func (w *writer) now(id Identity) Identity {
	if !w.whole {
		return id
	}
	return w.c.names.forward.of(id)
}

// leave tells that a pair, or one attribute of it, cannot be written.
func (w *writer) leave(p pair, attribute string) {
	c := Change{Action: Changed}
	switch {
	case p.before == nil:
		c.Action, c.Object, c.After = Added, p.after.Identity, renderPart(*p.after)
	case p.after == nil:
		c.Action, c.Object, c.Before = Removed, p.before.Identity, renderPart(*p.before)
	default:
		c.Object, c.Before, c.After = p.after.Identity, renderPart(*p.before), renderPart(*p.after)
		d := singleDetail(attribute, p.before.List(attribute), p.after.List(attribute))
		d.Object = c.Object
		c.Details = []Detail{d}
		c.showDifference()
	}
	w.left = append(w.left, c)
}

// differs tells whether an attribute of a pair is to be written: not if it only follows a rename.
func (w *writer) differs(p pair, name string) bool {
	was, is := p.before.List(name), p.after.List(name)
	if slices.Equal(was, is) {
		return false
	}
	carried, _ := w.c.names.carry(p, name, was, is)
	return !slices.Equal(carried, is)
}
