package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// alignment reads two texts of one field side by side. Both must be equal but for names that
// were renamed; the difference is then no more than a consequence.
//
// A name is looked for where PostgreSQL writes it: schema.name for what stands alone, and a
// bare name for a column of a table that the text is about or mentions.
type alignment struct {
	names *renames
	// own is the object whose field it is.
	own     pair
	was, is []token
	i, j    int
	// by is the first object whose new name explained something.
	by       *Object
	mentions *mentions
}

// explain tells whether renames alone make the one text of the other, and the first object
// whose rename it took; nil if that is the object itself.
func (r *renames) explain(own pair, was, is string) (by *Object, ok bool) {
	if r.none() && !own.renamed {
		return nil, false
	}
	a := alignment{names: r, own: own, was: tokens(was), is: tokens(is)}
	ok = a.run()
	return a.by, ok
}

func (a *alignment) run() bool {
	for a.i < len(a.was) && a.j < len(a.is) {
		if !a.step() {
			return false
		}
	}
	return a.i == len(a.was) && a.j == len(a.is)
}

// step goes past what corresponds next in both texts.
func (a *alignment) step() bool {
	was, is := a.was[a.i], a.is[a.j]
	switch {
	case was.gap != is.gap || was.kind != is.kind:
		return false
	case was.kind == wordToken && a.qualifiedName():
		return true
	case was.text == is.text, was.kind == textToken && a.literal(was.value, is.value):
		a.i++
		a.j++
		return true
	case was.kind == wordToken:
		return a.bareName(was.value, is.value)
	}
	return false
}

// took notes that a rename explained something.
func (a *alignment) took(by *Object) bool {
	if a.by == nil && by != a.own.after {
		a.by = by
	}
	return true
}

// qualifiedName goes past "schema.name" if it was renamed.
func (a *alignment) qualifiedName() bool {
	was, found := qualifiedAt(a.was, a.i)
	is, also := qualifiedAt(a.is, a.j)
	if !found || !also || was == is || isSign(a.was, a.i-1, ".") {
		return false
	}
	by := a.names.renamed(was, is)
	if by == nil {
		return false
	}
	a.i += 3
	a.j += 3
	a.passAlias(was.name, is.name)
	return a.took(by)
}

// passAlias goes past a name that a renamed table keeps within a query: PostgreSQL writes
// "FROM s.old", and after the rename "FROM s.new old" where the query has that alias.
func (a *alignment) passAlias(was, is string) {
	switch hadAlias, hasAlias := isWord(a.was, a.i, is), isWord(a.is, a.j, was); {
	case hasAlias && !isWord(a.was, a.i, was):
		a.j++
	case hadAlias && !isWord(a.is, a.j, is):
		a.i++
	}
}

// renamed gives the object that has one name before and the other after.
func (r *renames) renamed(was, is qualified) *Object {
	for _, to := range r.names[was] {
		if to.to == is {
			return to.by
		}
	}
	if schema, found := r.schemas[was.schema]; found && schema.to.name == is.schema && was.name == is.name {
		return schema.by
	}
	return nil
}

// bareName goes past a name without a schema: a column, an alias, or the object's own name.
func (a *alignment) bareName(was, is string) bool {
	by := a.column(was, is)
	switch {
	case by != nil:
	case a.ownName(was, is):
		by = a.own.after
	default:
		by = cmp.Or(a.announced(was, is), a.relation(was, is))
	}
	if by == nil {
		return false
	}
	a.i++
	a.j++
	if by.Kind == Column {
		a.passOutputName(was, is)
	}
	return a.took(by)
}

// passOutputName goes past the name that a view keeps for a renamed column: "t.old", and
// after the rename "t.new AS old".
func (a *alignment) passOutputName(was, is string) {
	names := func(list []token, at int, name string) bool {
		return isWord(list, at, "AS") && isWord(list, at+1, name)
	}
	switch {
	case names(a.is, a.j, was) && !isWord(a.was, a.i, "AS"):
		a.j += 2
	case names(a.was, a.i, is) && !isWord(a.is, a.j, "AS"):
		a.i += 2
	}
}

// ownName tells the object's own name, which is in the definition of indexes, triggers and
// rules and of nothing else.
func (a *alignment) ownName(was, is string) bool {
	if !a.own.renamed || a.own.before.Name != was || a.own.after.Name != is || a.i == 0 {
		return false
	}
	switch a.was[a.i-1].text {
	case "INDEX", "TRIGGER", "RULE":
		return true
	}
	return false
}

// column finds the table whose column has the two names.
func (a *alignment) column(was, is string) *Object {
	if len(a.names.columns) == 0 {
		return nil
	}
	if isSign(a.was, a.i-1, ".") && isSign(a.was, a.i-2, ")") {
		return a.names.columnOfValue(was, is)
	}
	qualifier := ""
	if isSign(a.was, a.i-1, ".") && a.i >= 2 {
		qualifier = a.was[a.i-2].value
	}
	m := a.mentioned()
	for _, table := range m.tables {
		to, found := a.names.columns[table][was]
		if found && to.to.name == is && m.mayBe(qualifier, table) {
			return to.by
		}
	}
	return nil
}

// columnOfValue finds the column of a "(value).column", whose type no text tells: the first
// of those that were renamed like this.
func (r *renames) columnOfValue(was, is string) *Object {
	var first *Object
	for _, columns := range r.columns {
		to, found := columns[was]
		if found && to.to.name == is && (first == nil || to.by.Compare(first.Identity) < 0) {
			first = to.by
		}
	}
	return first
}

// announced finds a name behind the word that says what it is of.
func (a *alignment) announced(was, is string) *Object {
	switch {
	case isWord(a.was, a.i-1, "SCHEMA"):
		if to, found := a.names.schemas[was]; found && to.to.name == is {
			return to.by
		}
	case isWord(a.was, a.i-1, "CONSTRAINT"): // ON CONFLICT ON CONSTRAINT
		for _, table := range a.mentioned().tables {
			for _, to := range a.names.names[qualified{table.schema, was}] {
				if to.to.name == is && to.by.Kind == Constraint {
					return to.by
				}
			}
		}
	}
	return nil
}

// relation finds the table that qualifies a column without its schema. Where a query has a
// table twice, PostgreSQL numbers the names: "users_1".
func (a *alignment) relation(was, is string) *Object {
	for _, table := range a.mentioned().tables {
		for _, to := range a.names.names[table] {
			suffix, numbered := strings.CutPrefix(was, table.name)
			if !numbered || is != to.to.name+suffix {
				continue
			}
			if isNumbering(suffix) || suffix == "" && isSign(a.was, a.i+1, ".") {
				return to.by
			}
		}
	}
	return nil
}

func isNumbering(suffix string) bool {
	digits, found := strings.CutPrefix(suffix, "_")
	return found && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// literal tells strings that are names: 's.name'::regclass, and values of enums.
func (a *alignment) literal(was, is string) bool {
	if !isSign(a.was, a.i+1, "::") || a.i+2 >= len(a.was) {
		return false
	}
	if strings.HasPrefix(a.was[a.i+2].text, "reg") {
		by, ok := a.names.explain(a.own, was, is)
		if ok && by != nil {
			a.took(by)
		}
		return ok
	}
	enum, _ := qualifiedAt(a.was, a.i+2)
	return a.label(enum, was, is) || a.labels(enum, was, is)
}

func (a *alignment) label(enum qualified, was, is string) bool {
	to, found := a.names.labels[enum][was]
	return found && to.to.name == is && a.took(to.by)
}

// labels tells arrays of one enum that are equal but for renamed values.
func (a *alignment) labels(enum qualified, was, is string) bool {
	before, after := arrayItems(was), arrayItems(is)
	if a.names.labels[enum] == nil || before == nil || len(before) != len(after) {
		return false
	}
	for i := range before {
		if before[i] != after[i] && !a.label(enum, before[i], after[i]) {
			return false
		}
	}
	return true
}

// arrayItems takes a one-dimensional array literal apart; nil for anything else.
func arrayItems(array string) []string {
	inner, opens := strings.CutPrefix(array, "{")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return nil
	}
	var items []string
	var item strings.Builder
	quoted := false
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && i+1 < len(inner):
			i++
			item.WriteByte(inner[i])
		case c == ',' && !quoted:
			items = append(items, item.String())
			item.Reset()
		default:
			item.WriteByte(c)
		}
	}
	return append(items, item.String())
}

func (a *alignment) mentioned() *mentions {
	if a.mentions == nil {
		a.mentions = mentionsIn(a.was)
		a.mentions.add(a.own.table())
	}
	return a.mentions
}

// table is the name before of the table that the object is or belongs to.
func (p pair) table() qualified {
	if p.before.Parent != "" {
		return qualified{p.before.Schema, p.before.Parent}
	}
	return qualified{p.before.Schema, p.before.Name}
}

// mentions are the names that a text knows tables by.
type mentions struct {
	tables []qualified
	// aliases are the tables behind each bare name.
	aliases map[string][]qualified
}

func mentionsIn(list []token) *mentions {
	m := &mentions{aliases: map[string][]qualified{}}
	for i := range list {
		name, found := qualifiedAt(list, i)
		if !found {
			continue
		}
		m.add(name)
		// Keywords are written in capitals, which an alias could have only in quotes.
		if next := i + 3; next < len(list) && list[next].kind == wordToken && list[next].text != strings.ToUpper(list[next].text) {
			m.aliases[list[next].value] = append(m.aliases[list[next].value], name)
		}
	}
	return m
}

func (m *mentions) add(table qualified) {
	if slices.Contains(m.tables, table) {
		return
	}
	m.tables = append(m.tables, table)
	m.aliases[table.name] = append(m.aliases[table.name], table)
}

// mayBe tells whether a bare name before a column can stand for the table. Names that the
// text does not explain, such as those of subqueries, may stand for any.
func (m *mentions) mayBe(alias string, table qualified) bool {
	tables, known := m.aliases[alias]
	return !known || slices.Contains(tables, table)
}
