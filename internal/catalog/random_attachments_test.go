package catalog

import (
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// comment is what takes a comment back.
func comment(on, was string, g *generator) reversible {
	back := "NULL"
	if was != "" {
		back = postgres.QuoteLiteral(was)
	}
	return attribute("COMMENT ON "+on+" IS", postgres.QuoteLiteral(g.oneOf("a word", "it's", "two\nlines", `back\slash`)), back)
}

// standing are the kinds that may be granted on; SQL calls them by their own names. The rare
// ones are only commented on and given away.
var (
	standing = []Kind{Schema, Table, View, MaterializedView, Sequence, Enum, Domain, Composite, Range, Function, Procedure, Aggregate}
	rare     = []Kind{Statistics, Collation, Conversion, SearchDictionary, SearchConfiguration, DataWrapper, Server, Publication, EventTrigger, ForeignTable}
)

// called is what ALTER and COMMENT call an object that stands alone.
func called(o Object) string {
	switch o.Kind {
	case Enum, Composite, Range:
		return "TYPE " + o.QualifiedName()
	default:
		return strings.ToUpper(string(o.Kind)) + " " + o.QualifiedName()
	}
}

var attachments = []operation{
	{"comment", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible { return comment(called(o), o.Get("comment"), g) }, slices.Concat(standing, rare)...)
	}},
	{"comment on a column", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, o Object) reversible {
			return comment("COLUMN "+table+"."+column, o.Get("comment"), g)
		})
	}},
	{"comment on a constraint", func(g *generator) reversible {
		return g.withPart(Constraint, nil, func(table string, o Object) reversible {
			return comment("CONSTRAINT "+quote(o.Name)+" ON "+table, o.Get("comment"), g)
		})
	}},
	{"comment on an index", func(g *generator) reversible {
		return g.withPart(Index, nil, func(_ string, o Object) reversible {
			return comment("INDEX "+quote(o.Schema)+"."+quote(o.Name), o.Get("comment"), g)
		})
	}},
	{"comment on a part", func(g *generator) reversible {
		return g.with(func(o Object) bool { _, found := g.tableOf(o); return found }, func(o Object) reversible {
			table, _ := g.tableOf(o)
			return comment(strings.ToUpper(string(o.Kind))+" "+quote(o.Name)+" ON "+table.QualifiedName(), o.Get("comment"), g)
		}, Trigger, Policy, Rule)
	}},
	{"grant", func(g *generator) reversible {
		return g.with(g.isUngranted, func(o Object) reversible {
			on := " ON " + grantable(o)
			privilege := "ALL"
			switch o.Kind {
			case Table, View, MaterializedView:
				privilege = g.oneOf("SELECT", "INSERT, UPDATE", "ALL")
			default:
			}
			to := g.oneOf("catalog_reader", "catalog_owner")
			if o.Get("owner") == to {
				return reversible{} // what the owner has is not taken back so simply
			}
			return reversible{"GRANT " + privilege + on + " TO " + to + g.maybe(" WITH GRANT OPTION"), "REVOKE " + privilege + on + " FROM " + to}
		}, standing...)
	}},
	{"grant on a column", func(g *generator) reversible {
		return g.withColumn(lacks("grant"), func(table, column string, _ Object) reversible {
			return reversible{"GRANT SELECT (" + column + ") ON " + table + " TO catalog_reader", "REVOKE SELECT (" + column + ") ON " + table + " FROM catalog_reader"}
		})
	}},
	{"revoke from all", func(g *generator) reversible {
		return g.with(lacks("grant", "revoke"), func(o Object) reversible {
			on := "ALL ON " + grantable(o)
			return reversible{"REVOKE " + on + " FROM PUBLIC", "GRANT " + on + " TO PUBLIC"}
		}, Function, Procedure, Aggregate, Enum, Domain, Composite, Range)
	}},
	{"owner", func(g *generator) reversible {
		return g.with(func(o Object) bool { return g.isUngranted(o) && !o.Has("owned_by_table") && o.Name != "public" }, func(o Object) reversible {
			return attribute("ALTER "+called(o), "OWNER TO catalog_owner", "OWNER TO "+quote(o.Get("owner")))
		}, slices.Concat(standing, rare)...)
	}},
}

// isUngranted tells that nobody has privileges but by default. What is revoked from a table
// is revoked from its columns.
func (g *generator) isUngranted(o Object) bool {
	return !slices.ContainsFunc(g.now.Objects, func(c Object) bool {
		return c.Schema == o.Schema && (c.Identity == o.Identity || c.Parent == o.Name) && !lacks("grant", "revoke")(c)
	})
}

func grantable(o Object) string {
	switch o.Kind {
	case View, MaterializedView:
		return "TABLE " + o.QualifiedName()
	case Domain:
		return "DOMAIN " + o.QualifiedName()
	case Aggregate:
		return "FUNCTION " + o.QualifiedName()
	default:
		return called(o)
	}
}

var renamings = []operation{
	{"rename", func(g *generator) reversible {
		return g.with(func(o Object) bool { return o.Name != "public" }, func(o Object) reversible {
			fresh := g.fresh()
			verb, renamed := strings.ToUpper(string(o.Kind)), quote(o.Schema)+"."+fresh
			switch o.Kind {
			case Enum, Composite, Range:
				verb = "TYPE"
			case Schema:
				renamed = fresh
			default:
			}
			return reversible{"ALTER " + verb + " " + o.QualifiedName() + " RENAME TO " + fresh, "ALTER " + verb + " " + renamed + " RENAME TO " + quote(o.Name)}
		}, Schema, Table, View, MaterializedView, Sequence, Enum, Domain, Composite, Range)
	}},
	{"rename a column", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, _ Object) reversible {
			fresh := g.fresh()
			return attribute("ALTER TABLE "+table+" RENAME COLUMN", column+" TO "+fresh, fresh+" TO "+column)
		})
	}},
	{"rename a constraint", func(g *generator) reversible {
		return g.withPart(Constraint, nil, func(table string, o Object) reversible {
			fresh := g.fresh()
			return attribute("ALTER TABLE "+table+" RENAME CONSTRAINT", quote(o.Name)+" TO "+fresh, fresh+" TO "+quote(o.Name))
		})
	}},
	{"rename an index", func(g *generator) reversible {
		return g.withPart(Index, nil, func(_ string, o Object) reversible {
			fresh, schema := g.fresh(), quote(o.Schema)+"."
			return reversible{"ALTER INDEX " + schema + quote(o.Name) + " RENAME TO " + fresh, "ALTER INDEX " + schema + fresh + " RENAME TO " + quote(o.Name)}
		})
	}},
	{"rename a part", func(g *generator) reversible {
		return g.with(func(o Object) bool { _, found := g.tableOf(o); return found }, func(o Object) reversible {
			table, _ := g.tableOf(o)
			on, fresh := " ON "+table.QualifiedName()+" RENAME TO ", g.fresh()
			alter := "ALTER " + strings.ToUpper(string(o.Kind)) + " "
			return reversible{alter + quote(o.Name) + on + fresh, alter + fresh + on + quote(o.Name)}
		}, Trigger, Policy, Rule)
	}},
	{"set schema", func(g *generator) reversible {
		return g.with(lacks("identity", "owned_by_table"), func(o Object) reversible {
			schema := g.schema()
			name := schema + "." + o.quotedName()
			verb, _, _ := strings.Cut(called(o), " "+o.QualifiedName())
			if schema == quote(o.Schema) {
				return reversible{}
			}
			return reversible{"ALTER " + verb + " " + o.QualifiedName() + " SET SCHEMA " + schema, "ALTER " + verb + " " + name + " SET SCHEMA " + quote(o.Schema)}
		}, Table, View, MaterializedView, Sequence, Enum, Domain, Composite, Range, Function, Procedure, Aggregate)
	}},
}
