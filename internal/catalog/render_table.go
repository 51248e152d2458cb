package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// tableText writes a table with its columns and constraints, and the switches that SQL has
// only in ALTER TABLE.
func tableText(c *canonical, parts []*canonical) []string {
	head := words("CREATE", c.flag("UNLOGGED", "unlogged"), c.keyword(), c.QualifiedName(), c.with("OF ", "typed"))
	text := append([]string{head + " ("}, body(c, parts)...)
	text = append(text, terminated(append([]string{")"}, lines(
		c.list("INHERITS ", "inherits"),
		words(c.with("PARTITION OF ", "partition_of"), c.take("bound")),
		c.with("PARTITION BY ", "partition_by"),
		c.with("SERVER ", "server"),
		c.serverOptions(),
		c.with("USING ", "access_method"),
		c.list("WITH ", "option"),
		c.list("WITH toast ", "toast_option"),
		c.with("TABLESPACE ", "tablespace"),
	)...))...)
	alter := "ALTER " + c.address() + " "
	return append(text, lines(
		c.flag(alter+"ENABLE ROW LEVEL SECURITY;", "row_security"),
		c.flag(alter+"FORCE ROW LEVEL SECURITY;", "force_row_security"),
		semicolon(c.with(alter+"REPLICA IDENTITY ", "replica_identity")),
	)...)
}

// body writes the lines between the parentheses: columns in their order, then constraints,
// the primary key first.
func body(c *canonical, parts []*canonical) []string {
	order := c.takeList(columnList)
	var within []*canonical
	for _, p := range parts {
		if inBody(p) {
			within = append(within, p)
		}
	}
	places := make(map[string]int, len(order))
	for i, name := range order {
		places[name] = i
	}
	slices.SortStableFunc(within, func(a, b *canonical) int { return cmp.Compare(a.place(places), b.place(places)) })
	var text []string
	for _, p := range within {
		text = append(text, "    "+bodyLine(p)+",")
	}
	return text
}

// place sorts the lines of a body. Inherited columns have no place among the table's own
// and come before them, by name.
func (c *canonical) place(places map[string]int) int {
	if c.Kind == Column {
		if place, found := places[c.Name]; found {
			return place
		}
		return -1
	}
	kinds := []string{"primary key", "unique", "exclude", "check", "foreign key"}
	return len(places) + slices.Index(kinds, c.Get("type"))
}

func bodyLine(c *canonical) string {
	if c.Kind == Constraint {
		return constraintLine(c)
	}
	generated := c.with("GENERATED ALWAYS AS ", "generated")
	if kind := c.take("identity"); kind != "" {
		generated = "GENERATED " + kind + " AS IDENTITY"
	}
	line := words(quote(c.Name), c.take("type"), c.with("COLLATE ", "collation"), c.notNull(),
		c.with("DEFAULT ", "default"), generated, c.with("STORAGE ", "storage"), c.with("COMPRESSION ", "compression"),
		c.with("STATISTICS ", "statistics"), c.list("WITH ", "option"), c.serverOptions())
	if c.flag("inherited", "inherited") != "" {
		line += " /* inherited */"
	}
	return line
}

// notNull writes NOT NULL with what PostgreSQL 18 and domains since 17 know about it.
func (c *canonical) notNull() string {
	if c.flag("NOT NULL", "not_null") == "" {
		return ""
	}
	name := c.take("not_null_name")
	if name != "" {
		name = "CONSTRAINT " + quote(name)
	}
	return words(name, "NOT NULL", c.flag("NO INHERIT", "not_null_no_inherit"),
		c.flag("NOT VALID", "not_null_not_valid"), c.flag("/* inherited */", "not_null_inherited"))
}

// constraintLine writes a constraint as pg_get_constraintdef() does, with the properties of
// its index behind it.
func constraintLine(c *canonical) string {
	kind := c.take("type")
	line := words("CONSTRAINT", quote(c.Name))
	if definition := c.take("definition"); definition != "" {
		line = words(line, definition)
	} else {
		line = words(line, strings.ToUpper(kind), c.flag("NULLS NOT DISTINCT", "nulls_not_distinct"), c.keyColumns(),
			c.names("INCLUDE ", "include"), c.referenced(), c.with("MATCH ", "match"),
			c.with("ON UPDATE ", "on_update"), c.with("ON DELETE ", "on_delete"), c.names("", "on_delete_column"))
	}
	return words(line, c.list("WITH ", "option"), c.with("USING INDEX TABLESPACE ", "tablespace"),
		c.flag("DEFERRABLE", "deferrable"), c.flag("INITIALLY DEFERRED", "initially_deferred"),
		c.flag("NOT VALID", "not_valid"), c.flag("NOT ENFORCED", "not_enforced"),
		c.flag("/* clustered */", "clustered"), c.flag("/* replica identity */", "replica_identity"),
		c.flag("/* inherited */", "inherited"), c.within())
}

// within tells the index of the partitioned table that an index is attached to.
func (c *canonical) within() string {
	if parent := c.take("partition_of"); parent != "" {
		return "/* partition of " + parent + " */"
	}
	return ""
}

// keyColumns writes the columns of a key; of a temporal one (18) the last is a period.
func (c *canonical) keyColumns() string {
	names := quoteAll(c.takeList("column"))
	if c.flag("period", "period") == "" {
		return "(" + names + ")"
	}
	if c.Has("references") {
		at := strings.LastIndex(names, " ") + 1
		return "(" + names[:at] + "PERIOD " + names[at:] + ")"
	}
	return "(" + names + " WITHOUT OVERLAPS)"
}

func (c *canonical) referenced() string {
	if table := c.take("references"); table != "" {
		return "REFERENCES " + table + c.names("", "references_column")
	}
	return ""
}

// terminated ends the last line with a semicolon.
func terminated(text []string) []string {
	text[len(text)-1] += ";"
	return text
}

func semicolon(line string) string {
	if line == "" {
		return ""
	}
	return line + ";"
}
