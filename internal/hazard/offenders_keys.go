package hazard

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// keys are the columns or expressions of an index, and which rows are in it.
type keys struct {
	values []string
	where  string
	// nullsToo tells that two nulls are the same (NULLS NOT DISTINCT, since PostgreSQL 15).
	nullsToo bool
}

// indexOffenders is about CREATE UNIQUE INDEX, from the words behind that.
func indexOffenders(e recorder.StatementError, p phrase) (string, bool) {
	p.skipWords("CONCURRENTLY")
	p.skipWords("IF NOT EXISTS")
	if !p.begins("ON") {
		if _, ok := p.bare(); !ok {
			return "", false
		}
	}
	if !p.skipWords("ON") {
		return "", false
	}
	p.skipWords("ONLY")
	table, ok := p.relation()
	if !ok || p.skipWords("USING") && !p.skipWords("BTREE") {
		return "", false
	}
	group, ok := p.group()
	if !ok {
		return "", false
	}
	var k keys
	for _, element := range group.split(",") {
		value, ok := element.key()
		if !ok {
			return "", false
		}
		k.values = append(k.values, value)
	}
	p.before("NULLS", "WHERE")
	k.nullsToo = p.skipWords("NULLS NOT DISTINCT")
	p.before("WHERE")
	if p.skipWords("WHERE") {
		k.where = p.text()
	}
	return k.repeated(schemaOf(table, e)), true
}

// doubled is about UNIQUE and PRIMARY KEY, from the words behind these.
func doubled(table name, p phrase) (string, bool) {
	k := keys{nullsToo: p.skipWords("NULLS NOT DISTINCT")}
	p.skipWords("NULLS DISTINCT")
	group, ok := p.group()
	if !ok {
		return "", false
	}
	columns, ok := group.names()
	for _, c := range columns {
		k.values = append(k.values, always(c))
	}
	return k.repeated(table), ok
}

// key is an element of an index as an expression. A collation or an operator class may decide what
// is the same, so there is none for these.
func (p phrase) key() (string, bool) {
	for _, order := range []string{"ASC", "DESC", "NULLS"} {
		for i := range p.tokens {
			if i > 0 && p.tokens[i].is(order) && balanced(p.tokens[:i]) {
				p.tokens = p.tokens[:i]
				break
			}
		}
	}
	if len(p.tokens) == 1 {
		column, ok := p.bare()
		return always(column), ok
	}
	return p.text(), p.primary()
}

// repeated counts the rows that would have to go for the others to be unique.
func (k keys) repeated(table name) string {
	var columns, present, named []string
	for i, v := range k.values {
		n := fmt.Sprintf("k%d", i+1)
		columns = append(columns, v+" AS "+n)
		present = append(present, n+" IS NOT NULL")
		named = append(named, n)
	}
	inner := fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), table.always())
	if k.where != "" {
		inner += " WHERE (" + k.where + ")"
	}
	outer := fmt.Sprintf("SELECT count(*) AS n FROM (%s) AS keys", inner)
	if !k.nullsToo {
		outer += " WHERE " + strings.Join(present, " AND ")
	}
	return fmt.Sprintf("SELECT coalesce(sum(n - 1), 0)::bigint FROM (%s GROUP BY %s) AS same", outer, strings.Join(named, ", "))
}

// excluding counts the rows of which an exclusion constraint allows none beside another one.
func excluding(table name, p phrase) (string, bool) {
	if p.skipWords("USING") {
		if _, ok := p.bare(); !ok {
			return "", false
		}
	}
	group, ok := p.group()
	if !ok {
		return "", false
	}
	var columns, clash []string
	for i, element := range group.split(",") {
		e := element.before("WITH")
		value, ok := e.key()
		if !ok || !element.skipWords("WITH") || len(element.tokens) != 1 || element.tokens[0].kind != aOperator {
			return "", false
		}
		columns = append(columns, fmt.Sprintf("%s AS k%d", value, i+1))
		clash = append(clash, fmt.Sprintf("a.k%d %s b.k%d", i+1, element.text(), i+1))
	}
	where := ""
	p.before("WHERE")
	if p.skipWords("WHERE") {
		condition, ok := p.group()
		if !ok {
			return "", false
		}
		where = " WHERE (" + condition.text() + ")"
	}
	return fmt.Sprintf("WITH keys AS MATERIALIZED (SELECT tableoid AS part, ctid AS place, %s FROM %s%s) SELECT count(*) FROM keys AS a WHERE EXISTS "+
		"(SELECT FROM keys AS b WHERE (a.part, a.place) <> (b.part, b.place) AND %s)", strings.Join(columns, ", "), table.always(), where, strings.Join(clash, " AND ")), true
}
