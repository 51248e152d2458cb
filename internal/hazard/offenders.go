package hazard

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Offenders gives the query that counts the rows on which a statement failed: one statement without
// parameters that gives one number; false where there is none. It is meant for the database as it was before
// the transaction that failed, in a transaction that is READ ONLY and has a statement_timeout, as
// the role that ran the statement. Where it fails itself, the number is unknown: a server older than
// 16 lacks pg_input_is_valid, and columns of the same transaction are gone with it.
//
// Names are taken apart and quoted anew. Only expressions of the statement itself are pasted, by a
// lexer that gives up on whatever is not certain: a condition in parentheses up to the one that closes them,
// an element of an index between commas, a condition up to the end. By PostgreSQL's grammar there is
// exactly one expression in these places, and PostgreSQL has parsed the statement before it failed; so what
// is pasted cannot end the query and begin another. PostgreSQL has also just evaluated the expression, for
// the same rows on behalf of the same role, in a transaction that could write: asking again in one that
// cannot gives it no power that it had not.
func Offenders(e recorder.StatementError, text string) (sql string, ok bool) {
	tokens, ok := lex(text)
	if !ok {
		return "", false
	}
	p := phrase{text, tokens}
	if e.SQLState == "23505" && p.skipWords("CREATE UNIQUE INDEX") {
		return indexOffenders(e, p)
	}
	if !p.skipWords("ALTER TABLE") {
		return "", false
	}
	p.skipWords("IF EXISTS")
	p.skipWords("ONLY")
	table, ok := p.relation()
	if !ok {
		return "", false
	}
	c := counted{table: schemaOf(table, e), error: e, actions: p.split(",")}
	switch e.SQLState {
	case "23502":
		return c.nulls()
	case "23503", "23505", "23514", "23P01":
		return c.violating()
	case "22001", "22003", "22007", "22008", "22P02":
		return c.unfit()
	}
	return "", false
}

// counted is what a query is made of: the table, the error, and what ALTER TABLE was to do.
type counted struct {
	table   name
	error   recorder.StatementError
	actions []phrase
}

// schemaOf gives a table the schema that the error names, if the statement names none.
func schemaOf(table name, e recorder.StatementError) name {
	if table.schema == "" && table.table == e.Table {
		table.schema = e.Schema
	}
	return table
}

// always writes a name in quotes.
func always(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (n name) always() string {
	if n.schema == "" {
		return always(n.table)
	}
	return always(n.schema) + "." + always(n.table)
}

// nulls counts the rows without a value; of a new column, all rows.
func (c counted) nulls() (string, bool) {
	if c.error.Column == "" {
		return "", false
	}
	for _, p := range c.actions {
		if !p.skipWords("ADD") {
			continue
		}
		p.skipWords("COLUMN")
		p.skipWords("IF NOT EXISTS")
		if column, ok := p.bare(); ok && column == c.error.Column {
			return "SELECT count(*) FROM " + c.table.always(), true
		}
	}
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NULL", c.table.always(), always(c.error.Column)), true
}

// violating counts the rows that break the constraint which the error names.
func (c counted) violating() (string, bool) {
	rules := map[string]map[string]func(name, phrase) (string, bool){
		"23503": {"FOREIGN KEY": orphans},
		"23505": {"UNIQUE": doubled, "PRIMARY KEY": doubled},
		"23514": {"CHECK": breaking},
		"23P01": {"EXCLUDE": excluding},
	}
	var queries []string
	for _, p := range c.actions {
		if !p.skipWords("ADD") {
			continue
		}
		named := ""
		if p.skipWords("CONSTRAINT") {
			named, _ = p.bare()
		}
		if named != "" && c.error.Constraint != "" && named != c.error.Constraint {
			continue
		}
		for kind, count := range rules[c.error.SQLState] {
			if !p.skipWords(kind) {
				continue
			}
			query, ok := count(c.table, p)
			if !ok {
				return "", false
			}
			queries = append(queries, query)
		}
	}
	if len(queries) != 1 { // none, or it is not certain which
		return "", false
	}
	return queries[0], true
}

// breaking counts the rows for which the condition of a check is false.
func breaking(table name, p phrase) (string, bool) {
	condition, ok := p.group()
	if !ok || len(condition.tokens) == 0 {
		return "", false
	}
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT (%s)", table.always(), condition.text()), true
}

// orphans counts the rows that refer to nothing. The columns on the other side must be given.
func orphans(table name, p phrase) (string, bool) {
	group, ok := p.group()
	if !ok || !p.skipWords("REFERENCES") {
		return "", false
	}
	from, ok := group.names()
	target, named := p.relation()
	group, given := p.group()
	if !ok || !named || !given {
		return "", false
	}
	to, ok := group.names()
	if !ok || len(from) != len(to) {
		return "", false
	}
	var present, missing, same []string
	for i := range from {
		present = append(present, "f."+always(from[i])+" IS NOT NULL")
		missing = append(missing, "f."+always(from[i])+" IS NULL")
		same = append(same, fmt.Sprintf("t.%s = f.%s", always(to[i]), always(from[i])))
	}
	where := fmt.Sprintf("%s AND NOT EXISTS (SELECT FROM %s AS t WHERE %s)", strings.Join(present, " AND "), target.always(), strings.Join(same, " AND "))
	if p.skipWords("MATCH FULL") { // all of the columns have a value, or none has
		where = fmt.Sprintf("%s OR (%s) AND (%s)", where, strings.Join(present, " OR "), strings.Join(missing, " OR "))
	}
	return fmt.Sprintf("SELECT count(*) FROM %s AS f WHERE %s", table.always(), where), true
}
