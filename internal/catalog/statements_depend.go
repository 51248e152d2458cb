package catalog

import (
	"slices"
)

// obstacle is something that PostgreSQL does not change or drop while others depend on it.
type obstacle struct {
	name qualified
	// column is set where only what uses that column of a table is in the way.
	column string
	// key is set where foreign keys need these columns of the table to be unique.
	key []string
}

// remakeDependents finds what must go before the pairs can be written and come back afterwards, and what
// must because of that.
func (w *writer) remakeDependents() {
	var obstacles []obstacle
	for _, p := range w.pairs {
		if p.before == nil {
			continue
		}
		if p.after != nil && w.needsRemake(p) {
			w.remade[p.before.Identity] = true
		}
		obstacles = append(obstacles, w.obstaclesOf(p)...)
	}
	for len(obstacles) > 0 {
		var next []obstacle
		for i := w.c.before.next(0); i < len(w.c.before.snapshot.Objects); i = w.c.before.next(i + 1) {
			o := &w.c.before.snapshot.Objects[i]
			if w.remade[o.Identity] || w.goes(o) || !slices.ContainsFunc(obstacles, func(s obstacle) bool { return s.holds(o) }) {
				continue
			}
			w.remade[o.Identity] = true
			next = append(next, obstaclesOfRemade(o)...)
		}
		obstacles = next
	}
}

func (w *writer) goes(o *Object) bool {
	p, found := w.of[o.Identity]
	return found && p.after == nil
}

// obstaclesOf says what is in the way of a pair.
func (w *writer) obstaclesOf(p pair) []obstacle {
	o := p.before
	switch {
	case p.after == nil && o.Kind != Column, w.remade[o.Identity]:
		return obstaclesOfRemade(o)
	case o.Kind == Column && (p.after == nil || w.differs(p, "type") || w.differs(p, "collation") || w.differs(p, "generated")):
		return []obstacle{{name: qualified{o.Schema, o.Parent}, column: o.Name}}
	case o.Kind == Enum && p.after != nil && w.rebuilds(p):
		return obstaclesOfRemade(o)
	}
	return nil
}

func obstaclesOfRemade(o *Object) []obstacle {
	switch o.Kind {
	case View, MaterializedView, Function, Procedure, Aggregate, Table, Enum, Domain, Composite, Range:
		return []obstacle{{name: qualified{o.Schema, baseName(o.Identity)}}}
	case Constraint:
		if kind := o.Get("type"); kind == "primary key" || kind == "unique" {
			return []obstacle{{name: qualified{o.Schema, o.Parent}, key: o.List("column")}}
		}
	case Index:
		if (Object{Fields: o.Notes}).Has("unique") {
			return []obstacle{{name: qualified{o.Schema, o.Parent}, key: (Object{Fields: o.Notes}).List("column")}}
		}
	default: // nothing depends on them
	}
	return nil
}

// holds tells that an object is in the way of a change of the obstacle.
func (s obstacle) holds(o *Object) bool {
	if s.key != nil {
		return o.Kind == Constraint && o.Get("type") == "foreign key" && mentionedNames(o)[s.name] &&
			slices.Equal(slices.Sorted(slices.Values(o.List("references_column"))), slices.Sorted(slices.Values(s.key)))
	}
	own := qualified{o.Schema, o.Parent} == s.name
	switch o.Kind {
	case View, MaterializedView, Policy, Rule, Trigger, EventTrigger:
	case Function:
		if o.Get("sql_body") == "" && s.column != "" {
			return false
		}
	case Constraint:
		if kind := o.Get("type"); s.column != "" || kind != "check" && kind != "exclude" {
			return false
		}
	case Index:
		if s.column != "" {
			return false
		}
	default:
		return false
	}
	if s.column == "" {
		return o.named() != s.name && mentionedNames(o)[s.name]
	}
	return (own || mentionedNames(o)[s.name]) && mentionsWord(o, s.column)
}

// named is what the object is called elsewhere; parts are not.
func (o *Object) named() qualified {
	if o.Parent != "" {
		return qualified{}
	}
	return qualified{o.Schema, baseName(o.Identity)}
}

func mentionsWord(o *Object, word string) bool {
	for _, f := range o.Fields {
		for _, t := range tokens(f.Value) {
			if t.kind == wordToken && t.value == word {
				return true
			}
		}
	}
	return false
}

// needsRemake tells pairs that no ALTER makes the one of the other.
func (w *writer) needsRemake(p pair) bool {
	any := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return w.differs(p, name) })
	}
	switch p.after.Kind {
	case View, MaterializedView:
		return any("definition", "option", "toast_option", "access_method", "tablespace")
	case Function, Procedure:
		return any("arguments", "returns", "window")
	case Trigger, Rule, Statistics:
		return any("definition")
	case Policy:
		return any("command", "restrictive", "role", "using", "check")
	case Index:
		return any("definition", "invalid", "not_ready", "tablespace")
	case Constraint:
		return slices.ContainsFunc(fieldNames(*p.before, *p.after), func(name string) bool {
			return !slices.Contains([]string{"comment", "index_comment", "clustered", "replica_identity", "option", "not_valid", "partition_of", "inherited"}, name) &&
				w.differs(p, name) && !validated(p, name)
		}) || w.differs(p, "not_valid") && !p.before.Has("not_valid") || w.differs(p, "option")
	case EventTrigger:
		return any("event", "tag", "function")
	default:
		return false
	}
}

// remadeObjects are the objects to remake with what goes with them, in their order.
func (w *writer) remadeObjects() []*Object {
	var list []*Object
	for i := w.c.before.next(0); i < len(w.c.before.snapshot.Objects); i = w.c.before.next(i + 1) {
		o := &w.c.before.snapshot.Objects[i]
		if w.remade[o.Identity] || w.remade[w.c.before.root(o).Identity] && !w.goes(o) {
			w.remade[o.Identity] = true
			list = append(list, o)
		}
	}
	return list
}
