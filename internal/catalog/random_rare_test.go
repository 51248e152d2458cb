package catalog

import (
	"fmt"
	"strings"
)

// rarities are operations on kinds that few schemas have.
var rarities = []operation{
	{"create statistics", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, _ Object) reversible {
			name := g.qualified()
			return reversible{fmt.Sprintf("CREATE STATISTICS %s ON (%s IS NULL), (%s::text) FROM %s", name, column, column, table), "DROP STATISTICS " + name}
		})
	}},
	{"statistics target of statistics", func(g *generator) reversible {
		return g.with(lacks("statistics", "target"), func(o Object) reversible {
			return attribute("ALTER STATISTICS "+o.QualifiedName(), "SET STATISTICS 50", "SET STATISTICS -1")
		}, Statistics)
	}},
	{"create collation", func(g *generator) reversible {
		return create("COLLATION", g.qualified(), g.oneOf(`FROM "C"`, `FROM "POSIX"`, "(provider = icu, locale = 'de', deterministic = false)"))
	}},
	{"create operator", func(g *generator) reversible {
		g.made++
		name := g.schema() + "." + strings.NewReplacer("0", "<#", "1", "<%", "2", "<&", "3", "<|", "4", "<~", "5", "<!", "6", "<@", "7", "<^", "8", "<=", "9", "<>").Replace(fmt.Sprintf("%d", g.made)) + "#"
		return reversible{
			"CREATE OPERATOR " + name + " (leftarg = integer, rightarg = integer, function = int4eq" + g.maybe(", restrict = eqsel") + g.maybe(", hashes") + ")",
			"DROP OPERATOR " + name + " (integer, integer)",
		}
	}},
	{"create operator family", func(g *generator) reversible {
		name := g.qualified()
		return reversible{
			"CREATE OPERATOR FAMILY " + name + " USING btree" + g.maybe("; ALTER OPERATOR FAMILY "+name+" USING btree ADD FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint)"),
			"DROP OPERATOR FAMILY " + name + " USING btree",
		}
	}},
	{"create operator class", func(g *generator) reversible {
		name := g.qualified() + " "
		return reversible{
			"CREATE OPERATOR CLASS " + name + "FOR TYPE integer USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(integer)",
			"DROP OPERATOR FAMILY " + name + "USING hash",
		}
	}},
	{"create cast", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			cast := "CAST (" + o.QualifiedName() + " AS " + g.oneOf("integer", "bigint", "date") + ")"
			return reversible{"CREATE " + cast + " WITH INOUT" + g.oneOf("", " AS ASSIGNMENT", " AS IMPLICIT"), "DROP " + cast}
		}, Enum, Composite)
	}},
	{"create conversion", func(g *generator) reversible {
		return create("CONVERSION", g.qualified(), "FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8")
	}},
	{"create dictionary", func(g *generator) reversible {
		return create("TEXT SEARCH DICTIONARY", g.qualified(), "(template = simple"+g.maybe(", accept = false")+")")
	}},
	{"create configuration", func(g *generator) reversible {
		return create("TEXT SEARCH CONFIGURATION", g.qualified(), "(copy = simple)")
	}},
	{"map words", func(g *generator) reversible {
		unmapped := func(o Object) bool { return !strings.Contains(fmt.Sprint(o.Fields), "english_stem") }
		return g.with(unmapped, func(o Object) reversible {
			return attribute("ALTER TEXT SEARCH CONFIGURATION "+o.QualifiedName()+" ALTER MAPPING FOR asciiword, word WITH", "simple, english_stem", "simple")
		}, SearchConfiguration)
	}},
	{"create wrapper", func(g *generator) reversible {
		return create("FOREIGN DATA WRAPPER", g.fresh(), g.oneOf("", "OPTIONS (a '1', b 'it''s')"))
	}},
	{"create server", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			return create("SERVER", g.fresh(), g.maybe("TYPE 'x' VERSION '2' ")+"FOREIGN DATA WRAPPER "+quote(o.Name)+g.maybe(" OPTIONS (host 'h')"))
		}, DataWrapper)
	}},
	{"create foreign table", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			return create("FOREIGN TABLE", g.qualified(), "("+g.fresh()+" integer "+g.maybe("NOT NULL, ")+g.fresh()+" text) SERVER "+quote(o.Name)+g.maybe(" OPTIONS (a 'b')"))
		}, Server)
	}},
	{"create user mapping", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			return create("USER MAPPING", g.oneOf("FOR PUBLIC", "FOR catalog_reader")+" SERVER "+quote(o.Name), "")
		}, Server)
	}},
	{"create publication", func(g *generator) reversible {
		return create("PUBLICATION", g.fresh(), g.oneOf("", "FOR ALL TABLES", "WITH (publish = 'insert')"))
	}},
	{"publish a table", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			return g.with(nil, func(table Object) reversible {
				return attribute("ALTER PUBLICATION "+quote(o.Name), "ADD TABLE "+table.QualifiedName()+g.maybe(" WHERE (1 > 0)"), "DROP TABLE "+table.QualifiedName())
			}, Table)
		}, Publication)
	}},
	{"create event trigger", func(g *generator) reversible {
		name := g.fresh()
		function := "public." + g.fresh()
		return reversible{
			"CREATE FUNCTION " + function + "() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER " + name + " ON ddl_command_end " +
				g.maybe("WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') ") + "EXECUTE FUNCTION " + function + "()",
			"DROP EVENT TRIGGER " + name + "; DROP FUNCTION " + function + "()",
		}
	}},
	{"disable event trigger", func(g *generator) reversible {
		return g.with(lacks("enabled"), func(o Object) reversible {
			return attribute("ALTER EVENT TRIGGER "+quote(o.Name), g.oneOf("DISABLE", "ENABLE ALWAYS"), "ENABLE")
		}, EventTrigger)
	}},
	{"default privileges", func(g *generator) reversible {
		where := g.oneOf("", "IN SCHEMA "+g.schema()+" ")
		what := g.oneOf("SELECT ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS", "USAGE ON TYPES")
		for _, o := range g.now.Objects {
			if o.Kind == DefaultPrivileges {
				return reversible{} // another one may have granted the same
			}
		}
		return reversible{"ALTER DEFAULT PRIVILEGES " + where + "GRANT " + what + " TO catalog_reader", "ALTER DEFAULT PRIVILEGES " + where + "REVOKE " + what + " FROM catalog_reader"}
	}},
}
