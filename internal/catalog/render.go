package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// canonical is one object on its way to text. Every field that a renderer takes is ticked
// off; what nobody took is written as a comment line, so that no difference is ever
// invisible.
type canonical struct {
	Object
	taken map[string]bool
}

func canonicalOf(o Object) *canonical { return &canonical{Object: o, taken: map[string]bool{}} }

// take returns a field's value and ticks it off.
func (c *canonical) take(name string) string {
	c.taken[name] = true
	return c.Get(name)
}

func (c *canonical) takeList(name string) []string {
	c.taken[name] = true
	return c.List(name)
}

// with is prefix and value, or "" without one: with("DEFAULT ", "default").
func (c *canonical) with(prefix, name string) string {
	if value := c.take(name); value != "" {
		return prefix + value
	}
	return ""
}

// flag is the word, if the field is set.
func (c *canonical) flag(word, name string) string {
	c.taken[name] = true
	if c.Has(name) {
		return word
	}
	return ""
}

// list is the values of a field in parentheses after prefix, or "".
func (c *canonical) list(prefix, name string) string {
	if values := c.takeList(name); len(values) > 0 {
		return prefix + "(" + strings.Join(values, ", ") + ")"
	}
	return ""
}

// names is list for bare identifiers, which it quotes.
func (c *canonical) names(prefix, name string) string {
	if values := c.takeList(name); len(values) > 0 {
		return prefix + "(" + quoteAll(values) + ")"
	}
	return ""
}

// words joins what is not empty by spaces.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// lines gives what is not empty as lines of their own.
func lines(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// render writes an object that stands alone with all its parts, one fact a line. It reads
// like SQL and is meant for the eye: every column ends in a comma, so that a new last one
// does not touch the line before it. It is "" if root is not among the objects.
func render(root Identity, objects []Object) string {
	at := slices.IndexFunc(objects, func(o Object) bool { return o.Identity == root })
	if at < 0 {
		return ""
	}
	c := canonicalOf(objects[at])
	parts := make([]*canonical, 0, len(objects)-1)
	for i, o := range objects {
		if i != at {
			parts = append(parts, canonicalOf(o))
		}
	}
	text := definition(c, parts)
	for _, p := range parts {
		switch {
		case !inBody(p):
			text = append(text, definition(p, nil)...)
		case c.Kind == View || c.Kind == MaterializedView:
			text = append(text, viewColumn(p)...)
		}
		// PostgreSQL gives a table and its own sequences one owner: once is enough.
		p.taken["owner"] = p.Get("owner") == c.Get("owner")
	}
	text = append(text, about(c)...)
	for _, p := range parts {
		text = append(text, about(p)...)
	}
	return strings.Join(text, "\n") + "\n"
}

// renderPart writes one part by itself, for a detail.
func renderPart(o Object) string {
	c := canonicalOf(o)
	if inBody(c) {
		return bodyLine(c)
	}
	return strings.Join(definition(c, nil), "\n")
}

// inBody tells parts that are lines within their table's parentheses.
func inBody(c *canonical) bool { return c.Kind == Column || c.Kind == Constraint }

// definition writes the object itself, without comment, owner and privileges.
func definition(c *canonical, parts []*canonical) []string {
	switch c.Kind {
	case Table, ForeignTable:
		return tableText(c, parts)
	case View, MaterializedView:
		return viewText(c)
	case Sequence:
		return sequenceText(c)
	case Enum:
		return enumText(c)
	case Domain:
		return domainText(c, parts)
	case Composite:
		return compositeText(c, parts)
	case Range:
		return rangeText(c)
	case Function, Procedure:
		return functionText(c)
	case Aggregate:
		return aggregateText(c)
	case Index:
		return indexText(c)
	case Trigger, Rule:
		return triggerText(c)
	case Policy:
		return policyText(c)
	case Schema, Extension:
		return []string{words("CREATE", c.keyword(), c.QualifiedName(), c.with("SCHEMA ", "in_schema")) + ";"}
	default:
		return rareText(c)
	}
}

// rareText is definition for the kinds that few schemas have.
func rareText(c *canonical) []string {
	switch c.Kind {
	case BaseType, ShellType:
		return baseTypeText(c)
	case Statistics:
		return statisticsText(c)
	case Operator:
		return operatorText(c)
	case OperatorClass, OperatorFamily:
		return operatorClassText(c)
	case Cast, Transform:
		return castText(c)
	case Collation:
		return collationText(c)
	case Conversion:
		return conversionText(c)
	case SearchParser, SearchTemplate, SearchDictionary, SearchConfiguration:
		return searchText(c)
	case DataWrapper, Server, UserMapping:
		return foreignText(c)
	case Publication:
		return publicationText(c)
	case Subscription:
		return subscriptionText(c)
	case EventTrigger:
		return eventTriggerText(c)
	case Language, AccessMethod:
		return handlerText(c)
	default: // default privileges, members and system objects are nothing but what was granted
		return nil
	}
}

// block writes CREATE with properties in parentheses, one a line; "" is none.
func (c *canonical) block(properties ...string) []string {
	text := []string{"CREATE " + c.address() + " ("}
	for _, line := range lines(properties...) {
		text = append(text, "    "+line+",")
	}
	return append(text, ");")
}

// keyword is the kind as SQL says it.
func (c *canonical) keyword() string {
	switch c.Kind {
	case Enum, Composite, Range, BaseType, ShellType:
		return "TYPE"
	default:
		return strings.ToUpper(string(c.Kind))
	}
}

// address is how COMMENT ON and its like name the object.
func (c *canonical) address() string {
	switch c.Kind {
	case Constraint, Trigger, Policy, Rule:
		return c.keyword() + " " + c.quotedName() + " ON " + quote(c.Schema) + "." + quote(c.Parent)
	case Index:
		return "INDEX " + quote(c.Schema) + "." + c.quotedName()
	case ExtensionMember, SystemObject:
		return c.Name
	default:
		return c.keyword() + " " + c.QualifiedName()
	}
}

// about writes what is said of an object besides its definition, and at last all fields
// that nothing else has written.
func about(c *canonical) []string {
	var text []string
	if !c.taken["owner"] && c.Has("owner") {
		text = append(text, "ALTER "+c.address()+" OWNER TO "+quote(c.take("owner"))+";")
	}
	text = append(text, lines(
		c.comment(c.address(), "comment"),
		// The index of a constraint has the constraint's name.
		c.comment("INDEX "+quote(c.Schema)+"."+quote(c.Name), "index_comment"),
		c.comment("CONSTRAINT "+quote(cmp.Or(c.Get("not_null_name"), c.Parent+"_"+c.Name+"_not_null"))+
			" ON "+quote(c.Schema)+"."+quote(c.Parent), "not_null_comment"),
	)...)
	for _, label := range c.takeList("security_label") {
		provider, words, _ := strings.Cut(label, " ")
		text = append(text, "SECURITY LABEL FOR "+provider+" ON "+c.address()+" IS "+words+";")
	}
	text = append(text, c.dependence(c.address(), "depends_on_extension")...)
	text = append(text, c.dependence("INDEX "+quote(c.Schema)+"."+quote(c.Name), "index_depends_on_extension")...)
	text = append(text, c.privileges("GRANT", "grant", " TO ")...)
	text = append(text, c.privileges("REVOKE", "revoke", " FROM ")...)
	for _, f := range c.Fields {
		if !c.taken[f.Name] {
			text = append(text, "-- "+c.address()+": "+f.Name+" "+f.Value)
		}
	}
	return text
}

func (c *canonical) comment(target, name string) string {
	if !c.Has(name) {
		return ""
	}
	return "COMMENT ON " + target + " IS " + literal(c.take(name)) + ";"
}

// dependence tells the extensions that the object is dropped with.
func (c *canonical) dependence(target, name string) []string {
	var text []string
	for _, extension := range c.takeList(name) {
		text = append(text, "ALTER "+target+" DEPENDS ON EXTENSION "+quote(extension)+";")
	}
	return text
}

// privileges writes one line for each role; a field says "SELECT TO role".
func (c *canonical) privileges(verb, name, preposition string) []string {
	target := c.address()
	switch c.Kind {
	case View, MaterializedView, ForeignTable:
		target = "TABLE " + c.QualifiedName()
	case Server:
		target = "FOREIGN " + target
	case DefaultPrivileges:
		at := strings.LastIndex(c.Name, " ON ")
		verb, target = "ALTER DEFAULT PRIVILEGES "+c.Name[:at]+" "+verb, c.Name[at+len(" ON "):]
	default: // have the same name in GRANT
	}
	byRole := map[string][]string{}
	var roles []string
	for _, item := range c.takeList(name) {
		privilege, role, _ := strings.Cut(item, " TO ")
		if byRole[role] == nil {
			roles = append(roles, role)
		}
		byRole[role] = append(byRole[role], privilege)
	}
	slices.Sort(roles)
	var text []string
	for _, role := range roles {
		text = append(text, verb+" "+strings.Join(byRole[role], ", ")+" ON "+target+preposition+role+";")
	}
	return text
}
