package catalog

import "strings"

func operatorText(c *canonical) []string {
	return c.block(c.with("FUNCTION = ", "function"),
		c.with("COMMUTATOR = ", "commutator"), c.with("NEGATOR = ", "negator"),
		c.with("RESTRICT = ", "restrict"), c.with("JOIN = ", "join"),
		c.flag("HASHES", "hashes"), c.flag("MERGES", "merges"))
}

// operatorClassText serves operator families too, which have the same members and no type.
func operatorClassText(c *canonical) []string {
	text := []string{words("CREATE", c.address(), c.flag("DEFAULT", "default"), c.with("FOR TYPE ", "type"), c.with("FAMILY ", "family"))}
	for _, operator := range c.takeList("operator") {
		text = append(text, "    OPERATOR "+operator)
	}
	for _, function := range c.takeList("support_function") {
		text = append(text, "    FUNCTION "+function)
	}
	if storage := c.with("    STORAGE ", "storage"); storage != "" {
		text = append(text, storage)
	}
	return terminated(text)
}

// castText serves casts and transforms.
func castText(c *canonical) []string {
	if c.Kind == Transform {
		directions := lines(c.with("FROM SQL WITH FUNCTION ", "from_sql"), c.with("TO SQL WITH FUNCTION ", "to_sql"))
		return []string{"CREATE " + c.address() + " (" + strings.Join(directions, ", ") + ");"}
	}
	how := c.with("WITH FUNCTION ", "function")
	switch method := c.take("method"); method {
	case "":
	case "INOUT":
		how = "WITH INOUT"
	default:
		how = method
	}
	return []string{words("CREATE", c.address(), how, c.with("AS ", "context")) + ";"}
}
