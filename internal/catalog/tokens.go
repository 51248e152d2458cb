package catalog

import "strings"

// token is a piece of SQL as PostgreSQL writes it back from its catalogs. The texts of a
// list of tokens with the gaps before them are the whole text.
type token struct {
	kind tokenKind
	gap  string // white space before it
	text string // as it stands there
	// value is a name or a string without its quotes.
	value string
}

type tokenKind int

const (
	signToken tokenKind = iota // an operator, a parenthesis, a number
	wordToken                  // a name or a keyword
	textToken                  // a string
)

// tokens takes SQL apart. It never fails: what it does not know is one sign for each byte.
func tokens(sql string) []token {
	var list []token
	for at := 0; at < len(sql); {
		start := at
		for at < len(sql) && strings.IndexByte(" \t\n\r", sql[at]) >= 0 {
			at++
		}
		t := token{gap: sql[start:at]}
		if at < len(sql) {
			t.kind, t.text, t.value = tokenAt(sql[at:])
			at += len(t.text)
		}
		list = append(list, t)
	}
	return list
}

func tokenAt(sql string) (kind tokenKind, whole, value string) {
	switch c := sql[0]; {
	case c == '"':
		whole, value = quotedAt(sql)
		return wordToken, whole, value
	case c == '\'':
		whole, value = quotedAt(sql)
		return textToken, whole, value
	case inWord(c) && (c < '0' || c > '9'):
		whole = wordAt(sql)
		return wordToken, whole, whole
	case inWord(c):
		return signToken, wordAt(sql), ""
	case strings.HasPrefix(sql, "::"):
		return signToken, "::", ""
	}
	return signToken, sql[:1], ""
}

// quotedAt reads a quoted name or string, in which a doubled quote stands for one.
func quotedAt(sql string) (whole, value string) {
	quote := sql[:1]
	end := 1
	for end < len(sql) {
		next := strings.Index(sql[end:], quote)
		if next < 0 {
			end = len(sql)
			break
		}
		end += next + 1
		if !strings.HasPrefix(sql[end:], quote) {
			break
		}
		end++
	}
	whole = sql[:end]
	return whole, strings.ReplaceAll(strings.TrimSuffix(whole[1:], quote), quote+quote, quote)
}

func wordAt(sql string) string {
	end := 0
	for end < len(sql) && inWord(sql[end]) {
		end++
	}
	return sql[:end]
}

func inWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// isWord tells that there is the given name or keyword at that place of a list.
func isWord(list []token, at int, value string) bool {
	return at >= 0 && at < len(list) && list[at].kind == wordToken && list[at].value == value
}

func isSign(list []token, at int, sign string) bool {
	return at >= 0 && at < len(list) && list[at].text == sign
}

// qualifiedAt reads "schema.name".
func qualifiedAt(list []token, at int) (name qualified, found bool) {
	if at < 0 || at+2 >= len(list) || list[at].kind != wordToken || !isSign(list, at+1, ".") || list[at+2].kind != wordToken {
		return qualified{}, false
	}
	return qualified{list[at].value, list[at+2].value}, true
}
