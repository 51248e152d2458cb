package catalog

import (
	"strings"
	"sync"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// reserved are the words that quote_ident() quotes in PostgreSQL 18: all of
// pg_get_keywords() but the unreserved ones. Older versions have fewer.
const reserved = " all analyse analyze and any array as asc asymmetric authorization between bigint binary bit " +
	" boolean both case cast char character check coalesce collate collation column concurrently " +
	" constraint create cross current_catalog current_date current_role current_schema current_time " +
	" current_timestamp current_user dec decimal default deferrable desc distinct do else end except " +
	" exists extract false fetch float for foreign freeze from full grant greatest group grouping " +
	" having ilike in initially inner inout int integer intersect interval into is isnull join json " +
	" json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar " +
	" json_serialize json_table json_value lateral leading least left like limit localtime " +
	" localtimestamp merge_action national natural nchar none normalize not notnull null nullif " +
	" numeric offset on only or order out outer overlaps overlay placing position precision primary " +
	" real references returning right row select session_user setof similar smallint some substring " +
	" symmetric system_user table tablesample then time timestamp to trailing treat trim true union " +
	" unique user using values varchar variadic verbose when where window with xmlattributes " +
	" xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize " +
	" xmltable "

// quote writes a name as quote_ident() does: quoted only where it must be, so that texts
// made here agree with those that the server makes.
func quote(name string) string {
	if isPlain(name) && !isReserved(name) {
		return name
	}
	return postgres.QuoteIdentifier(name)
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}

// literal quotes a string for a canonical text; backslashes stay as they are, for the eye.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func isReserved(word string) bool { return reservedWords()[word] }

// reservedWords is the list as a set: a text of a large schema asks for it a million times.
var reservedWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(reserved) {
		words[word] = true
	}
	return words
})

// isPlain tells names of small letters, digits and underscores that begin with no digit.
func isPlain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9' || i == 0) {
			return false
		}
	}
	return name != ""
}
