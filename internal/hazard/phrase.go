package hazard

import "strings"

// phrase is a part of a statement that is read from its beginning to its end. Its brackets match.
type phrase struct {
	src    string
	tokens []token
}

// skipWords passes these keywords, if the phrase begins with them.
func (p *phrase) skipWords(text string) bool {
	words := strings.Fields(text)
	if len(p.tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if !p.tokens[i].is(w) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

// begins tells whether a keyword or symbol is next.
func (p *phrase) begins(text string) bool { return len(p.tokens) > 0 && p.tokens[0].is(text) }

// bare takes one name off the beginning.
func (p *phrase) bare() (string, bool) {
	if len(p.tokens) == 0 {
		return "", false
	}
	n, ok := p.tokens[0].name()
	if ok {
		p.tokens = p.tokens[1:]
	}
	return n, ok
}

// relation takes a name with or without a schema off the beginning.
func (p *phrase) relation() (name, bool) {
	first, ok := p.bare()
	if !ok || !p.skipWords(".") {
		return name{table: first}, ok
	}
	second, ok := p.bare()
	return name{first, second}, ok && !p.begins(".")
}

// group takes what is in parentheses off the beginning, without them.
func (p *phrase) group() (phrase, bool) {
	if !p.begins("(") {
		return phrase{}, false
	}
	depth := 0
	for i, t := range p.tokens {
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			depth--
		}
		if depth == 0 {
			inner := phrase{p.src, p.tokens[1:i]}
			p.tokens = p.tokens[i+1:]
			return inner, true
		}
	}
	return phrase{}, false
}

// before takes off what stands before the first of these keywords or symbols outside of brackets; all of it
// where there is none.
func (p *phrase) before(stops ...string) phrase {
	depth := 0
	for i, t := range p.tokens {
		for _, stop := range stops {
			if depth == 0 && t.is(stop) {
				head := phrase{p.src, p.tokens[:i]}
				p.tokens = p.tokens[i:]
				return head
			}
		}
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			depth--
		}
	}
	all := *p
	p.tokens = nil
	return all
}

// split parts a phrase at a symbol outside of brackets.
func (p phrase) split(symbol string) []phrase {
	var all []phrase
	for {
		all = append(all, p.before(symbol))
		if len(p.tokens) == 0 {
			return all
		}
		p.tokens = p.tokens[1:]
	}
}

// names are the names in a list of nothing else.
func (p phrase) names() ([]string, bool) {
	var all []string
	for _, item := range p.split(",") {
		n, ok := item.bare()
		if !ok || len(item.tokens) > 0 {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// text is a phrase as it was written, comments between its tokens too; the last one ends it.
func (p phrase) text() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.src[p.tokens[0].from:p.tokens[len(p.tokens)-1].to]
}

// same tells whether two phrases say the same, token by token.
func (p phrase) same(other phrase) bool {
	if len(p.tokens) != len(other.tokens) {
		return false
	}
	for i, t := range p.tokens {
		o := other.tokens[i]
		a, named := t.name()
		b, alike := o.name()
		if named != alike || a != b || !named && t.text != o.text {
			return false
		}
	}
	return true
}

// primary tells whether a phrase is a name, a call, or an expression in parentheses: what a cast behind it
// is about as a whole (PostgreSQL's grammar, c_expr).
func (p phrase) primary() bool {
	if _, ok := p.group(); ok {
		return len(p.tokens) == 0
	}
	if _, ok := p.relation(); !ok {
		return false
	}
	if p.begins("(") {
		p.group()
	}
	return len(p.tokens) == 0
}
