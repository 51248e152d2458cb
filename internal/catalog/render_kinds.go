package catalog

import "strings"

func viewText(c *canonical) []string {
	head := words("CREATE", c.keyword(), c.QualifiedName(), c.with("USING ", "access_method"),
		c.list("WITH ", "option"), c.list("WITH toast ", "toast_option"), c.with("TABLESPACE ", "tablespace"), "AS")
	return append([]string{head}, strings.Split(c.take("definition"), "\n")...)
}

// viewColumn writes what a view's column has beyond the definition, if it has anything.
func viewColumn(c *canonical) []string {
	if line := bodyLine(c); line != quote(c.Name) {
		return []string{"COLUMN " + line + ";"}
	}
	return nil
}

// sequenceText leaves out what has its default, as the snapshot does.
func sequenceText(c *canonical) []string {
	owner := ""
	if table := c.take("owned_by_table"); table != "" {
		owner = "OWNED BY " + quote(c.Schema) + "." + quote(table) + "." + quote(c.take("owned_by_column"))
	}
	return []string{words("CREATE", c.flag("UNLOGGED", "unlogged"), "SEQUENCE", c.QualifiedName(), c.with("AS ", "type"),
		c.with("START ", "start"), c.with("INCREMENT ", "increment"), c.with("MINVALUE ", "minimum"),
		c.with("MAXVALUE ", "maximum"), c.with("CACHE ", "cache"), c.flag("CYCLE", "cycle"), owner,
		c.flag("/* identity */", "identity")) + ";"}
}

func enumText(c *canonical) []string {
	text := []string{"CREATE TYPE " + c.QualifiedName() + " AS ENUM ("}
	for _, label := range c.takeList("label") {
		text = append(text, "    "+literal(label)+",")
	}
	return append(text, ");")
}

func domainText(c *canonical, parts []*canonical) []string {
	text := []string{words("CREATE DOMAIN", c.QualifiedName(), "AS", c.take("type"), c.with("COLLATE ", "collation"),
		c.with("DEFAULT ", "default"), c.notNull())}
	for _, p := range parts {
		if p.Kind == Constraint {
			text = append(text, "    "+constraintLine(p))
		}
	}
	return terminated(text)
}

func compositeText(c *canonical, parts []*canonical) []string {
	text := append([]string{"CREATE TYPE " + c.QualifiedName() + " AS ("}, body(c, parts)...)
	return append(text, ");")
}

func rangeText(c *canonical) []string {
	text := c.block(c.with("SUBTYPE = ", "type"), c.with("SUBTYPE_OPCLASS = ", "operator_class"),
		c.with("COLLATION = ", "collation"), c.with("CANONICAL = ", "canonical"),
		c.with("SUBTYPE_DIFF = ", "subtype_difference"), c.with("MULTIRANGE_TYPE_NAME = ", "multirange"))
	text[0] = "CREATE TYPE " + c.QualifiedName() + " AS RANGE ("
	return text
}

// functionText names the function with its full list of arguments; the body keeps its lines.
func functionText(c *canonical) []string {
	name, _, _ := strings.Cut(c.Name, "(")
	if strings.HasPrefix(c.Name, `"`) {
		name = c.Name[:strings.LastIndex(c.Name, `"(`)+1]
	}
	text := []string{"CREATE " + c.keyword() + " " + quote(c.Schema) + "." + name + "(" + c.take("arguments") + ")"}
	text = append(text, lines(
		c.with("RETURNS ", "returns"),
		c.with("LANGUAGE ", "language"),
		c.list("TRANSFORM FOR TYPE ", "transform"),
		c.flag("WINDOW", "window"),
		strings.ToUpper(c.take("volatility")),
		c.flag("STRICT", "strict"),
		c.flag("SECURITY DEFINER", "security_definer"),
		c.flag("LEAKPROOF", "leakproof"),
		strings.ToUpper(c.with("PARALLEL ", "parallel")),
		c.with("COST ", "cost"),
		c.with("ROWS ", "rows_estimate"),
		c.with("SUPPORT ", "support"),
	)...)
	for _, setting := range c.takeList("setting") {
		text = append(text, "SET "+setting)
	}
	text = append(text, lines(c.with("OBJECT FILE ", "object_file"))...)
	if body := c.take("sql_body"); body != "" {
		return append(text, strings.Split(body+";", "\n")...)
	}
	return append(text, strings.Split("AS $$"+c.take("body")+"$$;", "\n")...)
}

// aggregateText writes one line for each property, under PostgreSQL's names for them.
func aggregateText(c *canonical) []string {
	text := []string{words("CREATE AGGREGATE", c.QualifiedName(), "(")}
	for _, f := range c.Fields {
		switch f.Name {
		case "owner", "comment", "grant", "revoke", "security_label", "depends_on_extension":
			continue
		}
		text = append(text, "    "+strings.ToUpper(f.Name)+" = "+c.take(f.Name)+",")
	}
	return append(text, ");")
}

func indexText(c *canonical) []string {
	text := []string{words(c.take("definition"), c.with("TABLESPACE ", "tablespace"), c.list("STATISTICS ", "statistics"),
		c.flag("/* clustered */", "clustered"), c.flag("/* replica identity */", "replica_identity"), c.within()) + ";"}
	return append(text, lines(
		c.flag("-- invalid: not used by queries, but kept up to date by writes", "invalid"),
		c.flag("-- not ready: being built, or left over from a build that failed", "not_ready"))...)
}

// triggerText serves triggers and rules: both are a definition and a switch.
func triggerText(c *canonical) []string {
	text := lines(semicolon(strings.TrimSuffix(c.take("definition"), ";")))
	switch state := c.take("enabled"); state {
	case "":
	case "disabled":
		text = append(text, words("ALTER TABLE", quote(c.Schema)+"."+quote(c.Parent), "DISABLE", c.keyword(), c.quotedName())+";")
	case "origin":
		text = append(text, words("ALTER TABLE", quote(c.Schema)+"."+quote(c.Parent), "ENABLE", c.keyword(), c.quotedName())+";")
	default:
		text = append(text, words("ALTER TABLE", quote(c.Schema)+"."+quote(c.Parent), "ENABLE", strings.ToUpper(state), c.keyword(), c.quotedName())+";")
	}
	return text
}

func policyText(c *canonical) []string {
	roles := c.takeList("role")
	to := ""
	if len(roles) > 0 {
		to = "TO " + quoteAll(roles)
	}
	return []string{words("CREATE POLICY", c.quotedName(), "ON", quote(c.Schema)+"."+quote(c.Parent),
		c.flag("AS RESTRICTIVE", "restrictive"), c.with("FOR ", "command"), to,
		c.with("USING (", "using")+closing(c.Get("using")), c.with("WITH CHECK (", "check")+closing(c.Get("check"))) + ";"}
}

// closing is the parenthesis for what was opened only if there is something in it.
func closing(value string) string {
	if value == "" {
		return ""
	}
	return ")"
}
