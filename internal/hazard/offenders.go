package hazard

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Offenders gives the query that counts the rows on which a statement failed; false where there is
// none. It must be asked in a read-only transaction with a time limit, in which the schema is still
// that of before the statement.
//
// Names in it are quoted anew. The condition of a check is taken from the statement as it stands: PostgreSQL
// has just evaluated it for the same rows on behalf of the same role, so asking again gives it no power
// that it had not; and it is taken only if it is one expression in parentheses.
func Offenders(e recorder.StatementError, text string) (sql string, ok bool) {
	s := &recorder.Statement{Text: text}
	if found := createIndex.FindStringSubmatch(one(text)); found != nil && e.SQLState == "23505" {
		return doubled(nameOf(found[3]), plainColumns.FindStringSubmatch(found[4]))
	}
	a, is := alters(s)
	if !is || !a.single() {
		return "", false
	}
	c, _ := a.adds()
	switch e.SQLState {
	case "23502":
		return nulls(a, e)
	case "23505":
		return doubled(a.name(), inParentheses.FindStringSubmatch(c.rest))
	case "23514":
		return violating(a, c)
	case "23503":
		return orphans(a, c)
	}
	return unfit(a, e)
}

var inParentheses = regexp.MustCompile(`^\s*\(([^()]*)\)`)

// nulls counts the rows without a value; of a new column, all rows.
func nulls(a altering, e recorder.StatementError) (string, bool) {
	if _, _, adds := a.addedColumn(); adds {
		return "SELECT count(*) FROM " + a.name().String(), true
	}
	if e.Column == "" {
		return "", false
	}
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NULL", a.name(), quote(e.Column)), true
}

// doubled counts the rows that would have to go for the others to be unique.
func doubled(table name, found []string) (string, bool) {
	if found == nil {
		return "", false
	}
	var names, present []string
	for c := range strings.SplitSeq(found[1], ",") {
		if len(strings.Fields(c)) != 1 {
			return "", false // a direction, an operator class or an expression
		}
		_, bare := parts(c)
		names = append(names, quote(bare))
		present = append(present, quote(bare)+" IS NOT NULL")
	}
	return fmt.Sprintf("SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n FROM %s WHERE %s GROUP BY %s) AS same",
		table, strings.Join(present, " AND "), strings.Join(names, ", ")), true
}

func violating(a altering, c constraint) (string, bool) {
	condition, ok := parenthesised(c.rest)
	if c.kind != "CHECK" || !ok {
		return "", false
	}
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT %s", a.name(), condition), true
}

// parenthesised is the expression in parentheses at the beginning of a text, with them.
func parenthesised(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "(") || dollar.MatchString(text) || strings.Contains(text, "--") || strings.Contains(text, "/*") || strings.Contains(text, `\`) {
		return "", false
	}
	masked := outside.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
	depth := 0
	for i, r := range masked {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ';', '\'', '"':
			return "", false
		}
		if depth == 0 {
			return text[:i+1], true
		}
	}
	return "", false
}

// dollar begins a string that no simple look at quotes understands.
var dollar = regexp.MustCompile(`\$[A-Za-z_0-9]*\$`)

// orphans counts the rows that refer to nothing.
func orphans(a altering, c constraint) (string, bool) {
	found := referring.FindStringSubmatch(c.rest)
	if c.kind != "FOREIGN KEY" || found == nil {
		return "", false
	}
	from, to := columns(found[1]), columns(found[3])
	if len(from) != len(to) {
		return "", false
	}
	var present, same []string
	for i := range from {
		present = append(present, "f."+quote(from[i])+" IS NOT NULL")
		same = append(same, fmt.Sprintf("t.%s = f.%s", quote(to[i]), quote(from[i])))
	}
	return fmt.Sprintf("SELECT count(*) FROM %s AS f WHERE %s AND NOT EXISTS (SELECT FROM %s AS t WHERE %s)",
		a.name(), strings.Join(present, " AND "), nameOf(found[2]), strings.Join(same, " AND ")), true
}

var (
	referring = pattern(`\(([^)]*)\) REFERENCES NAME ?\(([^)]*)\)`)
	length    = regexp.MustCompile(`(?i)^(?:character varying|varchar|character|char)\s*\((\d+)\)$`)
	aType     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_ ]*(?:\(\d+(?:,\s*\d+)?\))?$`)
)

// ranges are the integers that a type holds.
var ranges = map[string]string{
	"SMALLINT": "-32768 AND 32767", "INT2": "-32768 AND 32767",
	"INTEGER": "-2147483648 AND 2147483647", "INT": "-2147483648 AND 2147483647", "INT4": "-2147483648 AND 2147483647",
}

// unfit counts the values that do not fit a new type. What text can be read as a type is asked of
// pg_input_is_valid, which PostgreSQL has from 16 on.
func unfit(a altering, e recorder.StatementError) (string, bool) {
	found := changeType.FindStringSubmatch(a.action)
	if found == nil {
		return "", false
	}
	column, kind := quote(nameOf(found[1]).table), strings.TrimSpace(found[2])
	holds, whole := ranges[strings.ToUpper(kind)]
	switch long := length.FindStringSubmatch(kind); {
	case e.SQLState == "22001" && long != nil:
		return fmt.Sprintf("SELECT count(*) FROM %s WHERE char_length(rtrim(%s::text)) > %s", a.name(), column, long[1]), true
	case e.SQLState == "22003" && whole:
		return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s NOT BETWEEN %s", a.name(), column, holds), true
	case strings.HasPrefix(e.SQLState, "22") && found[3] != "" && aType.MatchString(kind):
		return fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT pg_catalog.pg_input_is_valid(%s::text, '%s')", a.name(), column, kind), true
	}
	return "", false
}
