package catalog

import (
	"slices"
	"strings"
)

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
	beforeSign := a.i+2 < len(a.was) && isSign(a.was, a.i+1, ".") && a.was[a.i+2].kind == signToken
	switch {
	case isWord(a.was, a.i-1, "SCHEMA"), beforeSign: // an operator: s.<>
		return a.names.global(Schema, was, is)
	case isWord(a.was, a.i-1, "SERVER"):
		return a.names.global(Server, was, is)
	case isWord(a.was, a.i-1, "LANGUAGE"):
		return a.names.global(Language, was, is)
	case isWord(a.was, a.i-1, "CONSTRAINT"): // ON CONFLICT ON CONSTRAINT
		return a.constraint(was, is)
	}
	return nil
}

func (a *alignment) constraint(was, is string) *Object {
	for _, table := range a.mentioned().tables {
		for _, to := range a.names.names[qualified{table.schema, was}] {
			if to.to.name == is && to.by.Kind == Constraint {
				return to.by
			}
		}
	}
	return nil
}

// global finds an object that is in no schema.
func (r *renames) global(kind Kind, was, is string) *Object {
	if to, found := r.schemas[was]; found && kind == Schema && to.to.name == is {
		return to.by
	}
	for _, to := range r.names[qualified{name: was}] {
		if to.to.name == is && to.by.Kind == kind {
			return to.by
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
