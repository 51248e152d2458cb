package catalog

import "strings"

// baseTypeText writes one line for each property, under PostgreSQL's names for them. A shell
// type has none.
func baseTypeText(c *canonical) []string {
	if c.Kind == ShellType {
		return []string{"CREATE TYPE " + c.QualifiedName() + ";"}
	}
	element, delimiter, category := c.with("ELEMENT = ", "element"), c.take("delimiter"), c.take("category")
	return c.block(
		c.with("INPUT = ", "input"), c.with("OUTPUT = ", "output"), c.with("RECEIVE = ", "receive"), c.with("SEND = ", "send"),
		c.with("TYPMOD_IN = ", "typmod_in"), c.with("TYPMOD_OUT = ", "typmod_out"), c.with("ANALYZE = ", "analyze"),
		c.with("SUBSCRIPT = ", "subscript"), c.with("INTERNALLENGTH = ", "internal_length"),
		c.flag("PASSEDBYVALUE", "passed_by_value"), c.with("ALIGNMENT = ", "alignment"), c.with("STORAGE = ", "storage"),
		quotedProperty("CATEGORY", category), c.flag("PREFERRED = true", "preferred"),
		quotedProperty("DEFAULT", c.take("default")), element, quotedProperty("DELIMITER", delimiter),
		c.flag("COLLATABLE = true", "collatable"))
}

// quotedProperty is "NAME = 'value'", or "" without a value.
func quotedProperty(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " = " + literal(value)
}

func collationText(c *canonical) []string {
	return c.block(c.with("PROVIDER = ", "provider"),
		quotedProperty("LOCALE", c.take("locale")), quotedProperty("LC_COLLATE", c.take("lc_collate")),
		quotedProperty("LC_CTYPE", c.take("lc_ctype")), quotedProperty("RULES", c.take("rules")),
		c.flag("DETERMINISTIC = false", "nondeterministic"))
}

func conversionText(c *canonical) []string {
	return []string{words("CREATE", c.flag("DEFAULT", "default"), c.address(),
		"FOR", literal(c.take("source")), "TO", literal(c.take("destination")), c.with("FROM ", "function")) + ";"}
}

func statisticsText(c *canonical) []string {
	return append(terminated(strings.Split(c.take("definition"), "\n")),
		lines(semicolon(c.with("ALTER "+c.address()+" SET STATISTICS ", "statistics")))...)
}
