package recorder

import "strings"

// tokenKind tells what a token is, as far as it matters here.
type tokenKind uint8

const (
	word    tokenKind = iota // a keyword or a plain name
	quoted                   // a name in double quotes
	literal                  // a string of any kind
	number                   // a number
	param                    // $1
	symbol                   // one character of anything else
)

// token is a piece of SQL. Comments and white space are none.
type token struct {
	kind tokenKind
	text string
	at   int // where it begins in the source
}

// is tells whether a token is one of the keywords, given in capitals, or a symbol.
func (t token) is(words ...string) bool {
	if t.kind != word && t.kind != symbol {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

// name gives a name as the catalog has it; false for what is none.
func (t token) name() (string, bool) {
	switch t.kind {
	case word:
		return strings.ToLower(t.text), true
	case quoted:
		return strings.ReplaceAll(strings.Trim(t.text, `"`), `""`, `"`), len(t.text) > 1
	default:
		return "", false
	}
}

// lexer splits SQL by PostgreSQL's lexical rules (its documentation, "Lexical Structure"). Text
// that breaks off within a string ends in a literal.
type lexer struct {
	src    string
	at     int
	escape bool // standard_conforming_strings is off: backslashes count in plain strings too
}

// lex gives the tokens of src.
func lex(src string, escape bool) []token {
	l := lexer{src: src, escape: escape}
	var tokens []token
	for l.skip(); l.at < len(src); l.skip() {
		from := l.at
		kind := l.one()
		tokens = append(tokens, token{kind, src[from:l.at], from})
	}
	return tokens
}

func (l *lexer) has(prefix string) bool { return strings.HasPrefix(l.src[l.at:], prefix) }

// skip passes white space and comments, which nest.
func (l *lexer) skip() {
	for l.at < len(l.src) {
		switch {
		case strings.IndexByte(" \t\r\n\f\v\x00", l.src[l.at]) >= 0:
			l.at++
		case l.has("--"):
			l.to("\n", l.at)
		case l.has("/*"):
			l.comment()
		default:
			return
		}
	}
}

// to moves past the next end at or after from, or to the end of all.
func (l *lexer) to(end string, from int) {
	if i := strings.Index(l.src[min(from, len(l.src)):], end); i >= 0 {
		l.at = from + i + len(end)
		return
	}
	l.at = len(l.src)
}

func (l *lexer) comment() {
	depth := 0
	for l.at < len(l.src) {
		switch {
		case l.has("/*"):
			depth++
			l.at += 2
		case l.has("*/"):
			depth--
			l.at += 2
		default:
			l.at++
		}
		if depth == 0 {
			return
		}
	}
}

// one moves past one token and tells its kind.
func (l *lexer) one() tokenKind {
	c := l.src[l.at]
	switch {
	case c == '\'':
		return l.str(l.escape)
	case c == '"':
		return l.identifier()
	case c == '$':
		return l.dollar()
	case digit(c) || c == '.' && l.at+1 < len(l.src) && digit(l.src[l.at+1]):
		return l.num()
	case starts(c):
		return l.word()
	default:
		l.at++
		return symbol
	}
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func starts(c byte) bool { return c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' }

func (l *lexer) word() tokenKind {
	from := l.at
	for l.at < len(l.src) && (starts(l.src[l.at]) || digit(l.src[l.at]) || l.src[l.at] == '$') {
		l.at++
	}
	prefix := strings.ToLower(l.src[from:l.at])
	switch {
	case l.has("'") && (prefix == "e" || prefix == "b" || prefix == "x" || prefix == "n"):
		return l.str(prefix == "e" || l.escape)
	case prefix == "u" && l.has("&'"):
		l.at++
		return l.str(false)
	case prefix == "u" && l.has(`&"`):
		l.at++
		return l.identifier()
	}
	return word
}

// str moves past a string whose first quote is next, and past the pieces that continue it: in them
// backslashes count as in the first.
func (l *lexer) str(escape bool) tokenKind {
	l.piece(escape)
	for l.continues() {
		l.piece(escape)
	}
	return literal
}

// piece moves past quote, text and quote.
func (l *lexer) piece(escape bool) {
	for l.at++; l.at < len(l.src); l.at++ {
		switch {
		case escape && l.src[l.at] == '\\':
			l.at++
		case l.has("''"):
			l.at++
		case l.src[l.at] == '\'':
			l.at++
			return
		}
	}
	l.at = len(l.src)
}

// continues moves to the next piece of a string, if there is one: white space with a line's end lies between.
func (l *lexer) continues() bool {
	from := l.at
	for l.at < len(l.src) && (strings.IndexByte(" \t\r\n\f\v", l.src[l.at]) >= 0 || l.has("--")) {
		if l.has("--") {
			l.to("\n", l.at)
			continue
		}
		l.at++
	}
	if l.has("'") && strings.ContainsAny(l.src[from:l.at], "\r\n") {
		return true
	}
	l.at = from
	return false
}

func (l *lexer) identifier() tokenKind {
	for l.at++; l.at < len(l.src); l.at++ {
		switch {
		case l.has(`""`):
			l.at++
		case l.src[l.at] == '"':
			l.at++
			return quoted
		}
	}
	return quoted
}

// dollar moves past $1, $tag$...$tag$, or the sign alone.
func (l *lexer) dollar() tokenKind {
	end := l.at + 1
	for end < len(l.src) && (starts(l.src[end]) || digit(l.src[end])) {
		end++
	}
	switch {
	case l.at+1 < len(l.src) && digit(l.src[l.at+1]):
		for l.at++; l.at < len(l.src) && digit(l.src[l.at]); l.at++ {
		}
		return param
	case end < len(l.src) && l.src[end] == '$':
		l.to(l.src[l.at:end+1], end+1)
		return literal
	}
	l.at++
	return symbol
}

func (l *lexer) num() tokenKind {
	for l.at < len(l.src) {
		c := l.src[l.at]
		exponent := (c == '+' || c == '-') && l.src[l.at-1]|0x20 == 'e' && !l.has("--")
		if !digit(c) && !starts(c) && c != '.' && !exponent || l.has("..") {
			break
		}
		l.at++
	}
	return number
}
