package catalog

import "strings"

// literal tells strings that are names: 's.name'::regclass, and values of enums.
func (a *alignment) literal(was, is string) bool {
	if !isSign(a.was, a.i+1, "::") || a.i+2 >= len(a.was) {
		return false
	}
	if strings.HasPrefix(a.was[a.i+2].text, "reg") {
		by, ok := a.names.explain(a.own, was, is)
		if ok && by != nil {
			a.took(by)
		}
		return ok
	}
	enum, _ := qualifiedAt(a.was, a.i+2)
	return a.label(enum, was, is) || a.labels(enum, was, is)
}

func (a *alignment) label(enum qualified, was, is string) bool {
	to, found := a.names.labels[enum][was]
	return found && to.to.name == is && a.took(to.by)
}

// labels tells arrays of one enum that are equal but for renamed values.
func (a *alignment) labels(enum qualified, was, is string) bool {
	before, after := arrayItems(was), arrayItems(is)
	if a.names.labels[enum] == nil || before == nil || len(before) != len(after) {
		return false
	}
	for i := range before {
		if before[i] != after[i] && !a.label(enum, before[i], after[i]) {
			return false
		}
	}
	return true
}

// arrayItems takes a one-dimensional array literal apart; nil for anything else.
func arrayItems(array string) []string {
	inner, opens := strings.CutPrefix(array, "{")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return nil
	}
	var items []string
	var item strings.Builder
	quoted := false
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && i+1 < len(inner):
			i++
			item.WriteByte(inner[i])
		case c == ',' && !quoted:
			items = append(items, item.String())
			item.Reset()
		default:
			item.WriteByte(c)
		}
	}
	return append(items, item.String())
}
