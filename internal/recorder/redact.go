package recorder

import (
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

const placeholder = "?"

// definitionVerbs begin statements whose literals are part of the schema, and so are kept.
var definitionVerbs = []string{
	"CREATE", "ALTER", "DROP", "COMMENT", "TRUNCATE", "REINDEX", "CLUSTER", "VACUUM", "ANALYZE", "ANALYSE", "REFRESH", "LOCK",
	"GRANT", "REVOKE", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "SHOW", "RESET",
}

// secretObjects are defined with passwords and connection strings.
var secretObjects = []string{"ROLE", "USER", "GROUP", "SUBSCRIPTION", "SERVER", "FOREIGN", "SYSTEM", "DATABASE"}

// shownSettings are settings whose values say nothing about anybody.
var shownSettings = []string{
	"LOCK_TIMEOUT", "STATEMENT_TIMEOUT", "SEARCH_PATH", "TRANSACTION", "SESSION", "TIMEZONE", "TIME", "CONSTRAINTS", "ROLE",
	"CLIENT_ENCODING", "DATESTYLE", "STANDARD_CONFORMING_STRINGS", "MAINTENANCE_WORK_MEM", "WORK_MEM", "CLIENT_MIN_MESSAGES",
	"IDLE_IN_TRANSACTION_SESSION_TIMEOUT", "DEFAULT_TRANSACTION_ISOLATION", "EXTRA_FLOAT_DIGITS", "APPLICATION_NAME",
}

// keeps tells whether a statement's literals are part of the schema.
func (s sentence) keeps() bool {
	verb := s.verb()
	switch {
	case verb == "SET":
		i := 1
		if s.at(i, "LOCAL", "SESSION") && len(s) > 2 {
			i++
		}
		return len(s) > i && slices.ContainsFunc(shownSettings, func(n string) bool { return s[i].is(n) })
	case !slices.Contains(definitionVerbs, verb):
		return false
	case slices.ContainsFunc(s[1:min(len(s), 3)], func(t token) bool { return t.is(secretObjects...) }):
		return false
	case verb == "CREATE" && s.index("TABLE") > 0 && s.index("AS") > 0: // its query is about data
		return false
	default:
		return true
	}
}

// redact writes a script for people: definitions as they are, everything else with its
// literals replaced, white space evened out and repetitions shortened.
func redact(src string, sentences []sentence, escape bool) string {
	var parts []string
	room := maxTextBytes
	for _, s := range sentences {
		var text string
		if s.keeps() {
			last := s[len(s)-1]
			text = strings.Clone(src[s[0].at : last.at+len(last.text)]) // or all of src would stay
		} else {
			text = strings.Join(squash(atoms(s, escape)), "")
		}
		parts = append(parts, text)
		if room -= len(text); room < 0 {
			break
		}
	}
	return shorten(strings.ToValidUTF8(strings.Join(parts, ";\n"), "?"), maxTextBytes)
}

// atoms gives the tokens of a data statement without their values, each with the space before it.
func atoms(s sentence, escape bool) []string {
	var out []string
	end := s[0].at
	doBody := s.verb() == "DO"
	for i, t := range s {
		gap := ""
		if t.at > end {
			gap = " "
		}
		end = t.at + len(t.text)
		switch {
		case doBody && t.kind == literal && strings.HasPrefix(t.text, "$"):
			out = append(out, gap+redactBody(t.text, escape))
		case t.kind == literal, t.kind == number, t.is("TRUE", "FALSE"), t.is("NULL") && !s.at(i-1, "IS", "NOT"):
			if n := len(out); n > 1 && strings.TrimSpace(out[n-1]) == "-" && strings.ContainsAny(out[n-2], "(,=") {
				out = out[:n-1] // a sign is part of its number
			}
			if n := len(out); n > 0 && strings.TrimSpace(out[n-1]) == placeholder {
				continue // a string in several pieces
			}
			out = append(out, gap+placeholder)
		default:
			out = append(out, gap+t.text)
		}
	}
	return out
}

// redactBody does the same within the body of a DO block.
func redactBody(text string, escape bool) string {
	end := strings.IndexByte(text[1:], '$') + 2
	tag := text[:end]
	inner := strings.TrimSuffix(text[end:], tag)
	tokens := lex(inner, escape)
	if len(tokens) == 0 {
		return tag + " " + tag
	}
	return tag + " " + strings.Join(squash(atoms(tokens, escape)), "") + " " + tag
}

// squash leaves one of several equal groups of values: (?, ?), (?, ?) and (?, ?, ?) after IN.
func squash(atoms []string) []string {
	var out []string
	for i := 0; i < len(atoms); i++ {
		out = append(out, atoms[i])
		if !strings.HasSuffix(atoms[i], "(") && !strings.HasSuffix(atoms[i], "[") {
			continue
		}
		end := closing(atoms, i)
		if end < 0 {
			continue
		}
		group := shape(atoms[i : end+1])
		out = append(out, listOf(atoms, i, end)...)
		next := end
		for next+2 < len(atoms) && atoms[next+1] == "," {
			following := closing(atoms, next+2)
			if !strings.HasSuffix(atoms[next+2], "(") || following < 0 || shape(atoms[next+2:following+1]) != group {
				break
			}
			next = following
		}
		if next > end {
			out = append(out, ", ...")
		}
		i = next
	}
	return out
}

// listOf writes what a group holds: a list of values after IN or in an array as one value, a list
// of values with others squashed in turn.
func listOf(atoms []string, from, end int) []string {
	inner := atoms[from+1 : end]
	listed := strings.HasSuffix(atoms[from], "[") || from > 0 && strings.EqualFold(strings.TrimSpace(atoms[from-1]), "IN")
	if listed && len(inner) > 1 && onlyValues(inner) {
		return []string{placeholder, ", ...", atoms[end]}
	}
	return append(squash(inner), atoms[end])
}

// onlyValues tells whether atoms are placeholders and commas.
func onlyValues(atoms []string) bool {
	for _, a := range atoms {
		if a = strings.TrimSpace(a); a != "," && a != placeholder && !strings.HasPrefix(a, "$") {
			return false
		}
	}
	return true
}

// shape is what two groups of values have in common.
func shape(atoms []string) string {
	var b strings.Builder
	for _, a := range atoms {
		a = strings.TrimSpace(a)
		if strings.HasPrefix(a, "$") || strings.EqualFold(a, "DEFAULT") {
			a = placeholder
		}
		b.WriteString(a)
		b.WriteByte(' ')
	}
	return b.String()
}

// closing finds the parenthesis that closes the one at from; -1 where the text breaks off before.
func closing(atoms []string, from int) int {
	depth := 0
	for i := from; i < len(atoms); i++ {
		switch a := atoms[i]; a[len(a)-1] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth <= 0 {
			return i
		}
	}
	return -1
}

var (
	// Messages of these classes of SQLSTATE quote values: data exceptions, and a syntax error at a
	// literal (PostgreSQL's appendix A).
	quotesValues = regexp.MustCompile(`^(22|42601)`)
	// Those of a function's own are any text, made of any values.
	raised = regexp.MustCompile(`^(P0|38|39)`)
)

// withoutWords stands for a message that may be made of rows.
const withoutWords = "(an error that a function or a DO block raised itself; its words can hold values, so they are left out)"

var (
	quotedValue = regexp.MustCompile(`(?s)["'].*["']`)
	digits      = regexp.MustCompile(`\b(0x)?[0-9a-f]*[0-9][0-9a-f]*\b`)
)

// redactMessage takes values out of an error message.
func redactMessage(code, message string) string {
	if raised.MatchString(code) {
		return withoutWords
	}
	if !quotesValues.MatchString(code) {
		return shorten(message, maxTextBytes)
	}
	message = quotedValue.ReplaceAllString(message, `"…"`)
	return shorten(digits.ReplaceAllString(message, "…"), maxTextBytes)
}

// statementError takes over what an error says about the schema. Detail, context and
// hint are left: they quote rows.
func statementError(m *pgproto3.ErrorResponse) *StatementError {
	return &StatementError{
		SQLState: m.Code, Message: redactMessage(m.Code, m.Message),
		Schema: m.SchemaName, Table: m.TableName, Column: m.ColumnName, Constraint: m.ConstraintName,
	}
}
