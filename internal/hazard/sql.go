package hazard

import (
	"regexp"
	"strings"
)

// The text of a statement only tells which of PostgreSQL's statements it is and what it names; whether
// it did harm is measured. Texts that no pattern knows end in the general rules.

// identifier is a name as SQL has it, qualified one with or without a schema before it.
const (
	identifier = `(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)`
	qualified  = `(` + identifier + `(?:\.` + identifier + `)?)`
)

// pattern compiles a pattern for statements: case does not matter, a blank is any space, and
// NAME stands for a name.
func pattern(text string) *regexp.Regexp {
	text = strings.ReplaceAll(text, " ", `\s+`)
	text = strings.ReplaceAll(text, "NAME", qualified)
	return regexp.MustCompile(`(?is)^\s*` + text)
}

// name is a relation's name as a statement has it: without a schema it may be in any.
type name struct{ schema, table string }

func nameOf(text string) name {
	schema, table := parts(text)
	return name{schema, table}
}

// parts takes a qualified name apart, without its quotes.
func parts(text string) (schema, table string) {
	var all []string
	for _, part := range identifiers.FindAllString(text, -1) {
		if bare, quoted := strings.CutPrefix(part, `"`); quoted {
			part = strings.ReplaceAll(strings.TrimSuffix(bare, `"`), `""`, `"`)
		} else {
			part = strings.ToLower(part)
		}
		all = append(all, part)
	}
	switch len(all) {
	case 0:
		return "", ""
	case 1:
		return "", all[0]
	}
	return all[0], all[1]
}

var identifiers = regexp.MustCompile(identifier)

// isNamed tells whether a relation has this name.
func (n name) isNamed(schema, table string) bool {
	return n.table == table && (n.schema == "" || n.schema == schema)
}

// String is the name as SQL has it.
func (n name) String() string { return quoted(n.schema, n.table) }

// wordsOf are all names in a text, without quotes.
func wordsOf(text string) map[string]bool {
	all := map[string]bool{}
	for _, word := range identifiers.FindAllString(text, -1) {
		_, bare := parts(word)
		all[bare] = true
	}
	return all
}

var plainIdentifier = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// quoted writes a name for SQL. Keywords are rare as names of tables, and quoted without harm.
func quoted(schema, table string) string {
	if schema == "" || schema == "public" {
		return quote(table)
	}
	return quote(schema) + "." + quote(table)
}

func quote(s string) string {
	if plainIdentifier.MatchString(s) && !reserved[s] {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// reserved are the keywords of PostgreSQL that people name tables and columns by (its appendix C).
var reserved = map[string]bool{
	"user": true, "order": true, "group": true, "table": true, "column": true, "check": true, "default": true, "end": true,
	"desc": true, "asc": true, "from": true, "to": true, "all": true, "select": true, "where": true, "limit": true, "offset": true,
	"references": true, "primary": true, "unique": true, "grant": true, "both": true, "case": true, "when": true, "window": true,
}

// one is the text without what ends it, for putting something behind it.
func one(text string) string { return strings.TrimRight(strings.TrimSpace(text), "; \n\t") }
