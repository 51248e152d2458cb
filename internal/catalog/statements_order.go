package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// statement is one statement and when it runs.
type statement struct {
	phase phase
	sql   string
	// of is what it makes or takes away; nil for what needs no order within its phase.
	of *Object
}

// phase is a stage of a script. Within one, what is named by another statement comes before it, or when
// things go, after it.
type phase int

const (
	dropWatchers phase = iota // triggers, policies, rules, event triggers
	dropViews
	dropReferences
	dropKeys
	renameSchemas
	renameObjects
	renameParts
	createSchemas
	createTypes
	createSequences
	createFunctions
	createTables
	alterColumns
	dropColumns
	dropTables
	dropFunctions
	dropSequences
	dropTypes
	dropSchemas
	ownSequences
	createKeys
	attachPartitions
	createReferences
	createViews
	createWatchers
	switchWatchers
	describe
)

// drops tells phases whose statements run dependents first.
func (p phase) drops() bool {
	return p == dropViews || p == dropTables || p == dropFunctions || p == dropTypes
}

// add takes statements down. Those of one call stay together and in their order.
func (w *writer) add(p phase, sql ...string) { w.addFor(p, nil, sql...) }

// addFor is add for statements that make or drop an object, or need others for it.
func (w *writer) addFor(p phase, o *Object, sql ...string) {
	for _, s := range lines(sql...) {
		w.statements = append(w.statements, statement{phase: p, of: o, sql: strings.TrimSuffix(strings.TrimSpace(s), ";")})
	}
}

func (w *writer) ordered() []string {
	slices.SortStableFunc(w.statements, func(a, b statement) int { return cmp.Compare(a.phase, b.phase) })
	var sql []string
	for from := 0; from < len(w.statements); {
		to := from
		for to < len(w.statements) && w.statements[to].phase == w.statements[from].phase {
			to++
		}
		list := w.statements[from:to]
		if p := list[0].phase; p.drops() || p == createTypes || p == createFunctions || p == createTables || p == createViews {
			list = byMention(list, p.drops())
		}
		for _, s := range list {
			if !slices.Contains(sql, s.sql) || s.of == nil {
				sql = append(sql, s.sql)
			}
		}
		from = to
	}
	return sql
}

// byMention puts what an object is made of before it; when things go, behind it.
func byMention(list []statement, reverse bool) []statement {
	texts := map[*Object]map[qualified]bool{}
	for i := range list {
		if o := list[i].of; o != nil && texts[o] == nil {
			texts[o] = mentionedNames(o)
		}
	}
	done, open := make([]bool, len(list)), make([]bool, len(list))
	var order []statement
	var visit func(i int)
	visit = func(i int) {
		if done[i] || open[i] {
			return
		}
		open[i] = true
		for j := range list {
			if a, b := list[i].of, list[j].of; a != nil && b != nil && a != b && texts[a][qualified{b.Schema, baseName(b.Identity)}] {
				visit(j)
			}
		}
		done[i] = true
		order = append(order, list[i])
	}
	for i := range list {
		visit(i)
	}
	if reverse {
		slices.Reverse(order)
	}
	return order
}

// mentionedNames are the qualified names in the texts of an object.
func mentionedNames(o *Object) map[qualified]bool {
	names := map[qualified]bool{}
	for _, f := range o.Fields {
		if f.Name == "owner" || f.Name == "grant" || strings.HasSuffix(f.Name, "comment") {
			continue
		}
		list := tokens(f.Value)
		for i := range list {
			if name, found := qualifiedAt(list, i); found {
				names[name] = true
			}
			if list[i].kind == textToken && isSign(list, i+1, "::") { // 'app.ticket'::regclass
				if name, found := qualifiedAt(tokens(list[i].value), 0); found {
					names[name] = true
				}
			}
		}
	}
	if o.Kind.spelled() { // the types of a function's arguments
		list := tokens(o.Name)
		for i := range list {
			if name, found := qualifiedAt(list, i); found {
				names[name] = true
			}
		}
	}
	return names
}
