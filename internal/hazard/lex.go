package hazard

import (
	"slices"
	"strings"
)

// tokenKind tells what a token is, as far as it matters here.
type tokenKind uint8

const (
	aWord     tokenKind = iota // a keyword or a plain name
	aQuoted                    // a name in double quotes
	aLiteral                   // a string
	aNumber                    // a number
	aSymbol                    // ( ) [ ] , ; . : or ::
	aOperator                  // a run of operator characters
)

// token is a piece of SQL; comments and white space are none.
type token struct {
	kind     tokenKind
	text     string
	from, to int // where it stands in the source
}

// is tells whether a token is a keyword, given in capitals, or a symbol.
func (t token) is(text string) bool {
	return (t.kind == aWord || t.kind == aSymbol) && strings.EqualFold(t.text, text)
}

// name gives a name as the catalog has it; false for what is none.
func (t token) name() (string, bool) {
	switch t.kind {
	case aWord:
		return strings.ToLower(t.text), true
	case aQuoted:
		return strings.ReplaceAll(t.text[1:len(t.text)-1], `""`, `"`), true
	default:
		return "", false
	}
}

// lexer splits SQL by PostgreSQL's lexical rules (its documentation, "Lexical Structure").
type lexer struct {
	src string
	at  int
}

// lex gives the tokens of one statement whose brackets match. It is false for a text whose tokens
// are not certain: one that was cut, a string that a setting decides about (a backslash without E),
// a parameter, and more than one statement.
func lex(src string) ([]token, bool) {
	l := lexer{src: strings.TrimRight(src, "; \t\r\n")}
	if strings.ContainsAny(src, "\x00…") {
		return nil, false
	}
	var tokens []token
	for l.skip(); l.at < len(l.src); l.skip() {
		from := l.at
		kind, ok := l.one()
		if !ok {
			return nil, false
		}
		tokens = append(tokens, token{kind, l.src[from:l.at], from, l.at})
	}
	return tokens, balanced(tokens)
}

// balanced tells whether brackets match, and that there is no semicolon.
func balanced(tokens []token) bool {
	var open []string
	for _, t := range tokens {
		switch {
		case t.is(";"):
			return false
		case t.is("("):
			open = append(open, ")")
		case t.is("["):
			open = append(open, "]")
		case t.is(")"), t.is("]"):
			if len(open) == 0 || open[len(open)-1] != t.text {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

const operatorCharacters = "+-*/<>=~!@#%^&|`?"

func (l *lexer) has(prefix string) bool { return strings.HasPrefix(l.src[l.at:], prefix) }

func (l *lexer) in(characters string) bool { return strings.IndexByte(characters, l.src[l.at]) >= 0 }

// skip passes white space and comments, which nest.
func (l *lexer) skip() {
	for l.at < len(l.src) {
		switch {
		case l.in(" \t\r\n\f\v"):
			l.at++
		case l.has("--"):
			for l.at < len(l.src) && !l.in("\r\n") {
				l.at++
			}
		case l.has("/*"):
			l.comment()
		default:
			return
		}
	}
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

// one moves past one token; false where it does not end or is not certain.
func (l *lexer) one() (tokenKind, bool) {
	c := l.src[l.at]
	switch {
	case c == '\'':
		return aLiteral, l.str(false)
	case c == '"':
		return aQuoted, l.until('"')
	case c == '$':
		return aLiteral, l.dollar()
	case isDigit(c):
		return aNumber, l.number()
	case begins(c):
		return l.word()
	case l.has("::"):
		l.at += 2
		return aSymbol, true
	case l.in("()[],;.:"):
		l.at++
		return aSymbol, true
	case l.in(operatorCharacters):
		for l.at++; l.at < len(l.src) && l.in(operatorCharacters) && !l.has("--") && !l.has("/*"); l.at++ {
		}
		return aOperator, true
	}
	return aSymbol, false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func begins(c byte) bool  { return c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' }

// word moves past a word, or past a string that a letter introduces.
func (l *lexer) word() (tokenKind, bool) {
	from := l.at
	for l.at < len(l.src) && (begins(l.src[l.at]) || isDigit(l.src[l.at]) || l.src[l.at] == '$') {
		l.at++
	}
	prefix := strings.ToLower(l.src[from:l.at])
	switch {
	case prefix == "u" && l.has("&"):
		return aLiteral, false
	case l.at < len(l.src) && l.src[l.at] == '\'' && slices.Contains([]string{"e", "b", "x", "n"}, prefix):
		return aLiteral, l.str(prefix == "e")
	}
	return aWord, true
}

// str moves past a string. What a backslash means without E is up to standard_conforming_strings.
func (l *lexer) str(escape bool) bool {
	for l.at++; l.at < len(l.src); l.at++ {
		switch {
		case l.src[l.at] == '\\' && !escape:
			return false
		case l.src[l.at] == '\\', l.has("''"):
			l.at++
		case l.src[l.at] == '\'':
			l.at++
			return true
		}
	}
	return false
}

// until moves past what the same quote ends; two of them are one within.
func (l *lexer) until(quote byte) bool {
	for l.at++; l.at < len(l.src); l.at++ {
		switch {
		case l.src[l.at] != quote:
		case l.at+1 < len(l.src) && l.src[l.at+1] == quote:
			l.at++
		default:
			l.at++
			return true
		}
	}
	return false
}

// dollar moves past $tag$...$tag$. A parameter, $1, is not certain.
func (l *lexer) dollar() bool {
	end := l.at + 1
	for end < len(l.src) && (begins(l.src[end]) || isDigit(l.src[end]) && end > l.at+1) {
		end++
	}
	if end >= len(l.src) || l.src[end] != '$' {
		return false
	}
	tag := l.src[l.at : end+1]
	length := strings.Index(l.src[end+1:], tag)
	l.at = end + 1 + length + len(tag)
	return length >= 0
}

func (l *lexer) number() bool {
	for l.at < len(l.src) && (isDigit(l.src[l.at]) || begins(l.src[l.at]) || l.src[l.at] == '.') {
		exponent := l.src[l.at]|0x20 == 'e'
		l.at++
		if exponent && l.at+1 < len(l.src) && l.in("+-") && isDigit(l.src[l.at+1]) {
			l.at++
		}
	}
	return true
}
