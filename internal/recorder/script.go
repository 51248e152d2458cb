package recorder

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxTextBytes is how much of a statement's text is kept.
const maxTextBytes = 4096

// sentence is one SQL statement of a script.
type sentence []token

// script is the text of one Query or Parse message, looked at once.
type script struct {
	// shown is the text for people, redacted; equal data statements have equal ones.
	shown     string
	sentences []sentence
	class     class
	cut       bool // there is more than what was looked at
}

// class sorts statements by how the recorder treats them.
type class uint8

const (
	// control begins and ends transactions and changes settings: it takes no locks that stay.
	control class = iota
	// data reads and writes rows: equal statements lock the same.
	data
	// other is everything else: definitions, DO, CALL, LOCK.
	other
)

// controlVerbs take no lock on a table, or none that a statement before them had not taken.
var controlVerbs = []string{
	"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "SET", "RESET", "SHOW", "FETCH",
	"DISCARD", "DEALLOCATE", "LISTEN", "UNLISTEN", "NOTIFY", "CLOSE", "MOVE", "CHECKPOINT",
}

var dataVerbs = []string{
	"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "VALUES", "TABLE", "WITH", "EXECUTE", "DECLARE", "EXPLAIN", "PREPARE", "(",
}

// readScript looks at SQL text. escape says that standard_conforming_strings is off.
func readScript(src string, isCut, escape bool) *script {
	s := &script{sentences: split(lex(src, escape)), cut: isCut}
	for _, one := range s.sentences {
		s.class = max(s.class, one.class())
	}
	if isCut && s.class == control {
		s.class = other
	}
	s.shown = redact(src, s.sentences, escape)
	if isCut {
		s.shown = shorten(s.shown+" …", maxTextBytes)
	}
	return s
}

// verb is the first word in capitals.
func (s sentence) verb() string {
	if len(s) == 0 {
		return ""
	}
	return strings.ToUpper(s[0].text)
}

func (s sentence) class() class {
	switch verb := s.verb(); {
	case verb == "":
		return control
	case verb == "PREPARE" && s.at(1, "TRANSACTION"), slices.Contains(controlVerbs, verb):
		return control
	case verb == "SELECT" && s.index("INTO") > 0: // makes a table
		return other
	case slices.Contains(dataVerbs, verb):
		return data
	default:
		return other
	}
}

// at tells whether the token at i is one of the keywords.
func (s sentence) at(i int, words ...string) bool { return i >= 0 && i < len(s) && s[i].is(words...) }

// begins tells whether the sentence starts with these keywords.
func (s sentence) begins(words ...string) bool {
	for i, w := range words {
		if !s.at(i, w) {
			return false
		}
	}
	return true
}

// index finds the first of some keywords outside of parentheses; -1 if there is none.
func (s sentence) index(words ...string) int {
	depth := 0
	for i, t := range s {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth == 0 && t.kind == word && t.is(words...):
			return i
		}
	}
	return -1
}

// ends tells whether the sentence ends its transaction.
func (s sentence) ends() bool {
	switch s.verb() {
	case "COMMIT", "END", "ABORT":
		return true
	case "ROLLBACK":
		return s.index("TO") < 0
	case "PREPARE":
		return s.at(1, "TRANSACTION")
	default:
		return false
	}
}

// savepointBack tells whether the sentence goes back to a savepoint, which frees locks.
func (s sentence) savepointBack() bool { return s.verb() == "ROLLBACK" && s.index("TO") > 0 }

// any tells whether one of the script's sentences is so.
func (s *script) any(is func(sentence) bool) bool { return slices.ContainsFunc(s.sentences, is) }

// plain tells that the script takes its locks at its beginning: one statement that runs no
// code of its own.
func (s *script) plain() bool {
	if s.cut || len(s.sentences) != 1 {
		return false
	}
	switch s.sentences[0].verb() {
	case "DO", "CALL", "EXECUTE", "SELECT", "WITH":
		return false
	default:
		return true
	}
}

// outline keeps each sentence's first word and the names in it, and nothing of the text that they came from.
func (s *script) outline() *script {
	o := &script{class: s.class, cut: s.cut}
	for _, one := range s.sentences {
		kept := sentence{{one[0].kind, strings.Clone(one[0].text), 0}}
		for _, t := range one[1:] {
			if (t.kind == word || t.kind == quoted) && len(kept) < maxWords {
				kept = append(kept, token{t.kind, strings.Clone(t.text), 0})
			}
		}
		o.sentences = append(o.sentences, kept)
	}
	return o
}

// split parts tokens into statements. Semicolons in parentheses (rules) and in the body of a
// function in SQL (BEGIN ATOMIC ... END) do not count.
func split(tokens []token) []sentence {
	var all []sentence
	from, depth, body := 0, 0, 0
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case t.is("ATOMIC"), body > 0 && t.is("CASE"):
			body++
		case body > 0 && t.is("END"):
			body--
		case t.is(";") && depth <= 0 && body == 0:
			if i > from {
				all = append(all, tokens[from:i])
			}
			from = i + 1
		}
	}
	if from < len(tokens) {
		all = append(all, tokens[from:])
	}
	return all
}

// shorten cuts text between characters to at most limit bytes.
func shorten(text string, limit int) string {
	const more = "…"
	if len(text) <= limit {
		return text
	}
	end := limit - len(more)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}

// qualified reads a name with or without a schema that begins at token i, and where it ends.
func (s sentence) qualified(i int) (schema, name string, next int) {
	for ; i < len(s); i += 2 {
		n, ok := s[i].name()
		if !ok {
			return "", "", i
		}
		schema, name = name, n
		if !s.at(i+1, ".") {
			return schema, name, i + 1
		}
	}
	return "", "", i
}
