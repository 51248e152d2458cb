package drift

import (
	"regexp"
	"strings"
)

// sameDefault tells defaults that give the same value although PostgreSQL keeps them in other words: 0 and '0'::bigint,
// 'new'::text and 'new'::character varying in one column, now() and CURRENT_TIMESTAMP.
func sameDefault(a, b string) bool { return a == b || canonicalDefault(a) == canonicalDefault(b) }

// constant is a string or a number, with or without a cast. Both sides cast it to the column's type at last.
var constant = regexp.MustCompile(`^\(*('(?:[^']|'')*'|-?[0-9.]+|true|false)\)*(?:::[a-z"][\w ."]*(?:\([0-9, ]*\))?(?:\[\])?)*\)*$`)

func canonicalDefault(text string) string {
	text = strings.TrimSpace(text)
	if m := constant.FindStringSubmatch(text); m != nil {
		value := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(m[1], "'"), "'"), "''", "'")
		return "constant " + value
	}
	switch text {
	case "now()", "CURRENT_TIMESTAMP", "transaction_timestamp()":
		return "now()"
	case "NULL", "NULL::character varying", "NULL::text":
		return "NULL"
	}
	return text
}

// numbers tells a default that takes the next number of a sequence.
func numbers(text string) bool { return strings.HasPrefix(text, "nextval(") }
