package hazard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// retyped is one ALTER COLUMN ... TYPE.
type retyped struct {
	column string
	kind   phrase
	// value is the expression whose values do not fit; cast tells that USING casts it to the new type
	// itself, so that it may be text.
	value string
	cast  bool
	// computed is a USING that does something else.
	computed bool
}

// unfit counts the values that do not fit a new type.
func (c counted) unfit() (string, bool) {
	var all []retyped
	for _, p := range c.actions {
		if r, ok := p.retypes(); ok {
			all = append(all, r)
		}
	}
	if len(all) != 1 {
		return "", false
	}
	condition, ok := all[0].misfit(c.error.SQLState)
	return fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", c.table.always(), condition), ok
}

// retypes reads a change of type; false for anything else.
func (p phrase) retypes() (retyped, bool) {
	if !p.skipWords("ALTER") {
		return retyped{}, false
	}
	p.skipWords("COLUMN")
	column, ok := p.bare()
	p.skipWords("SET DATA")
	if !ok || !p.skipWords("TYPE") {
		return retyped{}, false
	}
	r := retyped{column: column, kind: p.before("COLLATE", "USING"), value: always(column)}
	p.before("USING")
	if p.skipWords("USING") {
		r.value, r.cast = p.castTo(r.kind)
		r.computed = !r.cast
	}
	return r, len(r.kind.tokens) > 0
}

// castTo gives what an expression casts to a type, if it does that and nothing else; else itself.
func (p phrase) castTo(kind phrase) (string, bool) {
	q := p
	if q.skipWords("CAST") {
		inner, ok := q.group()
		value := inner.before("AS")
		if ok && len(q.tokens) == 0 && inner.skipWords("AS") && inner.sameType(kind) {
			return value.text(), true
		}
		return p.text(), false
	}
	parts := p.split("::")
	last := parts[len(parts)-1]
	if len(parts) < 2 || !parts[0].primary() || !last.sameType(kind) {
		return p.text(), false
	}
	for _, between := range parts[1:] {
		if !between.isType() {
			return p.text(), false
		}
	}
	value := phrase{p.src, p.tokens[:len(p.tokens)-len(last.tokens)-1]}
	return value.text(), true
}

// sameType tells whether two types are one, by another name perhaps.
func (p phrase) sameType(other phrase) bool {
	holds, whole := ranges[strings.ToLower(p.text())]
	return p.same(other) || whole && holds == ranges[strings.ToLower(other.text())]
}

// isType tells that a phrase has nothing that a type has not: no operator, no string.
func (p phrase) isType() bool {
	for _, t := range p.tokens {
		if t.kind == aOperator || t.kind == aLiteral {
			return false
		}
	}
	return len(p.tokens) > 0
}

// ranges are the integers that a type holds.
var ranges = map[string]string{
	"smallint": "-32768 AND 32767", "int2": "-32768 AND 32767",
	"integer": "-2147483648 AND 2147483647", "int": "-2147483648 AND 2147483647", "int4": "-2147483648 AND 2147483647",
	"bigint": "-9223372036854775808 AND 9223372036854775807", "int8": "-9223372036854775808 AND 9223372036854775807",
}

// lengthy are types that say how many characters they hold.
var lengthy = []string{"varchar", "character varying", "char", "character"}

// misfit is the condition for a value that does not fit. Lengths and ranges every server can tell; what
// else text can be read as, pg_input_is_valid says.
func (r retyped) misfit(state string) (string, bool) {
	kind, modifiers := r.kindOf()
	holds, whole := ranges[kind]
	const number = `'^[[:space:]]*[-+]?[0-9]+%s[[:space:]]*$'`
	switch {
	case state == "22001" && len(modifiers) == 1 && slices.Contains(lengthy, kind) && !r.cast:
		return fmt.Sprintf("char_length(rtrim((%s)::text, ' ')) > %d", r.value, modifiers[0]), true
	case r.computed:
		return "", false
	case whole && !r.cast:
		return fmt.Sprintf("round((%s)::numeric) NOT BETWEEN %s", r.value, holds), true
	case whole:
		pattern := fmt.Sprintf(number, "")
		if state == "22003" { // the values may be numbers already, which are rounded
			pattern = fmt.Sprintf(number, `([.][0-9]*)?(e[-+]?[0-9]+)?`)
		}
		return fmt.Sprintf("CASE WHEN (%s)::text ~* %s THEN round((%s)::text::numeric) NOT BETWEEN %s ELSE (%s) IS NOT NULL END",
			r.value, pattern, r.value, holds, r.value), true
	case (kind == "numeric" || kind == "decimal") && len(modifiers) > 0 && !r.cast:
		return tooLarge(r.value, modifiers)
	}
	return fmt.Sprintf("NOT pg_catalog.pg_input_is_valid((%s)::text, '%s')", r.value, strings.ReplaceAll(r.kind.text(), "'", "''")), r.kind.isType()
}

// tooLarge is the condition for a number with more digits before the point than numeric(p, s) has.
func tooLarge(value string, modifiers []int) (string, bool) {
	scale := 0
	if len(modifiers) > 1 {
		scale = modifiers[1]
	}
	if modifiers[0] < scale {
		return "", false
	}
	return fmt.Sprintf("(%s)::numeric <> 'NaN' AND abs(round((%s)::numeric, %d)) >= 1e%d::numeric", value, value, scale, modifiers[0]-scale), true
}

// kindOf is the type's name in small letters, and the numbers in its parentheses.
func (r retyped) kindOf() (kind string, modifiers []int) {
	p := r.kind
	head := p.before("(")
	var words []string
	for _, t := range head.tokens {
		words = append(words, strings.ToLower(t.text))
	}
	group, _ := p.group()
	for _, t := range group.tokens {
		if n, err := strconv.Atoi(t.text); err == nil {
			modifiers = append(modifiers, n)
		}
	}
	if len(p.tokens) > 0 { // an array, or with time zone
		return "", nil
	}
	return strings.Join(words, " "), modifiers
}
