package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// create is a step that makes something and drops it: of says what DROP calls it.
func create(kind, name, rest string) reversible {
	return reversible{"CREATE " + kind + " " + name + " " + rest, "DROP " + kind + " " + name}
}

var creations = []operation{
	{"create schema", func(g *generator) reversible { return create("SCHEMA", g.fresh(), "") }},
	{"create table", func(g *generator) reversible {
		return create("TABLE", g.qualified(), "("+g.columns()+")"+g.maybe(" WITH (fillfactor = 80)"))
	}},
	{"create unlogged table", func(g *generator) reversible {
		name := g.qualified()
		return reversible{"CREATE UNLOGGED TABLE " + name + " (" + g.columns() + ")", "DROP TABLE " + name}
	}},
	{"create partitioned table", func(g *generator) reversible {
		name, part, key := g.qualified(), g.qualified(), g.fresh()
		return reversible{fmt.Sprintf(`CREATE TABLE %s (%s integer NOT NULL, %s) PARTITION BY RANGE (%s);
			CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (1) TO (10)`, name, key, g.column(), key, part, name), "DROP TABLE " + name}
	}},
	{"create partition", func(g *generator) reversible {
		return g.with(func(o Object) bool { return o.Has("partition_by") }, func(o Object) reversible {
			return create("TABLE", g.qualified(), "PARTITION OF "+o.QualifiedName()+" "+g.oneOf("DEFAULT", "FOR VALUES FROM (10) TO (20)", "FOR VALUES FROM (20) TO (MAXVALUE)"))
		}, Table)
	}},
	{"create child table", func(g *generator) reversible {
		return g.with(func(o Object) bool { return !o.Has("partition_by") }, func(o Object) reversible {
			return create("TABLE", g.qualified(), "("+g.maybe(g.column())+") INHERITS ("+o.QualifiedName()+")")
		}, Table)
	}},
	{"create enum", func(g *generator) reversible {
		return create("TYPE", g.qualified(), `AS ENUM ('new', 'it''s', 'Done')`)
	}},
	{"create composite type", func(g *generator) reversible { return create("TYPE", g.qualified(), "AS (a integer, b text)") }},
	{"create range type", func(g *generator) reversible {
		return create("TYPE", g.qualified(), "AS RANGE (subtype = "+g.oneOf("integer", "date", "text")+")")
	}},
	{"create domain", func(g *generator) reversible {
		return create("DOMAIN", g.qualified(), "AS text"+g.maybe(" DEFAULT 'x'")+g.maybe(" NOT NULL")+g.maybe(" CHECK (value <> '')")+
			g.maybe(" CONSTRAINT "+g.fresh()+" CHECK (length(value) < 99)"))
	}},
	{"create sequence", func(g *generator) reversible {
		return create("SEQUENCE", g.qualified(), g.maybe("AS integer ")+g.maybe("INCREMENT -2 ")+g.maybe("CACHE 5 ")+g.maybe("CYCLE"))
	}},
	{"create view", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, _ Object) reversible {
			return create("VIEW", g.qualified(), g.maybe("WITH (security_barrier = true) ")+"AS SELECT "+column+" AS one, 1 AS two FROM "+table+g.maybe(" WHERE "+column+" IS NOT NULL"))
		})
	}},
	{"create materialized view", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, _ Object) reversible {
			return create("MATERIALIZED VIEW", g.qualified(), "AS SELECT "+column+" AS one FROM "+table)
		})
	}},
	{"create function", func(g *generator) reversible {
		name := g.qualified()
		return reversible{
			"CREATE FUNCTION " + name + "(a integer, b text DEFAULT 'x') RETURNS " + g.oneOf("integer", "SETOF integer") + " LANGUAGE " +
				g.oneOf("sql", "sql IMMUTABLE STRICT", "sql STABLE PARALLEL SAFE COST 7") + g.oneOf(" AS 'SELECT 1'", " RETURN 1", " AS $x$ SELECT a $x$"),
			"DROP FUNCTION " + name,
		}
	}},
	{"create procedure", func(g *generator) reversible {
		return create("PROCEDURE", g.qualified(), "() LANGUAGE sql AS 'SELECT 1'")
	}},
	{"create aggregate", func(g *generator) reversible {
		name := g.qualified() + "(integer)"
		return create("AGGREGATE", name, "(sfunc = int4pl, stype = integer"+g.maybe(", initcond = '0'")+")")
	}},
	{"create index", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, o Object) reversible {
			name := g.fresh()
			do := g.oneOf("CREATE INDEX %s ON %s (%s)", "CREATE INDEX %s ON %s (%s DESC NULLS LAST)", "CREATE INDEX %s ON %s USING hash (%s)",
				"CREATE UNIQUE INDEX %s ON %s (%s)", "CREATE INDEX %s ON %s (%s) WITH (fillfactor = 60)", "CREATE INDEX %s ON %s ((%s IS NULL))",
				"CREATE INDEX %[1]s ON %[2]s (%[3]s) WHERE %[3]s IS NOT NULL", "CREATE INDEX %s ON ONLY %s (%s)", `CREATE INDEX %s ON %s ((%s::text) COLLATE "C")`)
			return reversible{fmt.Sprintf(do, name, table, column), "DROP INDEX " + quote(o.Schema) + "." + name}
		})
	}},
	{"create trigger", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			name := g.fresh() + " ON " + o.QualifiedName()
			do := g.oneOf("BEFORE UPDATE", "AFTER INSERT OR DELETE", "BEFORE TRUNCATE")
			each := g.oneOf("STATEMENT", "ROW")
			return reversible{
				strings.Replace("CREATE TRIGGER "+name, " ON ", " "+do+" ON ", 1) + " FOR EACH " + each + " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
				"DROP TRIGGER " + name,
			}
		}, Table)
	}},
	{"create policy", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			return create("POLICY", g.fresh()+" ON "+o.QualifiedName(), g.oneOf("", "AS RESTRICTIVE")+g.oneOf(" FOR SELECT USING (true)", " FOR INSERT WITH CHECK (false)",
				" TO catalog_reader, catalog_owner USING (1 > 0) WITH CHECK (true)"))
		}, Table)
	}},
	{"create rule", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			name := g.fresh()
			return reversible{"CREATE RULE " + name + " AS ON " + g.oneOf("DELETE", "UPDATE") + " TO " + o.QualifiedName() + " DO " + g.oneOf("INSTEAD NOTHING", "ALSO NOTIFY x"), "DROP RULE " + name + " ON " + o.QualifiedName()}
		}, Table, View)
	}},
	{"add constraint", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, o Object) reversible {
			alter, name := "ALTER TABLE "+table, g.fresh()
			rest := g.oneOf("CHECK (%s IS NOT NULL)", "CHECK (%s IS NOT NULL) NOT VALID", "UNIQUE (%s)", "UNIQUE (%s) DEFERRABLE INITIALLY DEFERRED",
				"CHECK (%s IS NOT NULL) NO INHERIT", "UNIQUE (%s) WITH (fillfactor = 70)", "EXCLUDE (%s WITH =)")
			if of, _ := g.tableOf(o); of.Has("partition_by") {
				rest = "UNIQUE (%s)" // PostgreSQL refuses to restore its own dump of an exclusion here
			}
			return reversible{alter + " ADD CONSTRAINT " + name + " " + fmt.Sprintf(rest, column), alter + " DROP CONSTRAINT " + name}
		})
	}},
	{"add foreign key", func(g *generator) reversible {
		return g.withPart(Constraint, func(o Object) bool {
			return (o.Get("type") == "primary key" || o.Get("type") == "unique") && len(o.List("column")) == 1
		}, func(to string, key Object) reversible {
			target, _ := g.now.Find(Identity{Kind: Column, Schema: key.Schema, Parent: key.Parent, Name: key.Get("column")})
			return g.withColumn(func(o Object) bool { return o.Get("type") == target.Get("type") }, func(table, column string, _ Object) reversible {
				alter, name := "ALTER TABLE "+table, g.fresh()
				return reversible{fmt.Sprintf("%s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s) %s", alter, name, column, to, quote(target.Name),
					g.oneOf("", "ON DELETE CASCADE", "ON UPDATE SET NULL DEFERRABLE", "NOT VALID", "MATCH FULL")), alter + " DROP CONSTRAINT " + name}
			})
		})
	}},
	{"add column", func(g *generator) reversible {
		return g.with(func(o Object) bool { return !o.Has("partition_of") && !o.Has("typed") }, func(o Object) reversible {
			alter, definition := "ALTER TABLE "+o.QualifiedName(), g.column()
			name := definition[:strings.Index(definition, `" `)+1]
			return reversible{alter + " ADD COLUMN " + definition, alter + " DROP COLUMN " + name}
		}, Table)
	}},
	{"add attribute", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			alter, name := "ALTER TYPE "+o.QualifiedName(), g.fresh()
			return reversible{alter + " ADD ATTRIBUTE " + name + " " + g.oneOf(sampleTypes...), alter + " DROP ATTRIBUTE " + name}
		}, Composite)
	}},
	{"add domain check", func(g *generator) reversible {
		return g.with(nil, func(o Object) reversible {
			alter, name := "ALTER DOMAIN "+o.QualifiedName(), g.fresh()
			return reversible{alter + " ADD CONSTRAINT " + name + " CHECK (value IS NOT NULL)" + g.maybe(" NOT VALID"), alter + " DROP CONSTRAINT " + name}
		}, Domain)
	}},
}

// attribute is a step that sets one attribute, which must not have the value yet, and sets
// it back.
func attribute(prefix, set, reset string) reversible {
	return reversible{prefix + " " + set, prefix + " " + reset}
}

func lacks(names ...string) func(Object) bool {
	return func(o Object) bool {
		return !slices.ContainsFunc(names, o.Has)
	}
}

var alterations = []operation{
	{"set default", func(g *generator) reversible {
		return g.withColumn(isType(sampleTypes...), func(table, column string, o Object) reversible {
			alter := "ALTER TABLE ONLY " + table + " ALTER COLUMN " + column
			if o.Has("default") {
				return attribute(alter, g.oneOf("DROP DEFAULT", "SET DEFAULT NULL", "SET DEFAULT "+sampleValues[o.Get("type")]), "SET DEFAULT "+o.Get("default"))
			}
			return attribute(alter, "SET DEFAULT "+sampleValues[o.Get("type")], "DROP DEFAULT")
		})
	}},
	{"set not null", func(g *generator) reversible {
		return g.withColumn(lacks("not_null", "identity"), func(table, column string, _ Object) reversible {
			return attribute("ALTER TABLE ONLY "+table+" ALTER COLUMN "+column, "SET NOT NULL", "DROP NOT NULL")
		})
	}},
	{"length", func(g *generator) reversible {
		return g.withColumn(isType("character varying(20)"), func(table, column string, o Object) reversible {
			collate := ""
			if c := o.Get("collation"); c != "" {
				collate = " COLLATE " + c
			}
			return attribute("ALTER TABLE ONLY "+table+" ALTER COLUMN "+column, "TYPE "+g.oneOf("varchar(30)", "text", `varchar(20) COLLATE "C"`), "TYPE varchar(20)"+collate)
		})
	}},
	{"statistics target", func(g *generator) reversible {
		return g.withColumn(lacks("statistics"), func(table, column string, _ Object) reversible {
			return attribute("ALTER TABLE ONLY "+table+" ALTER COLUMN "+column, "SET STATISTICS "+g.oneOf("0", "7"), "SET STATISTICS -1")
		})
	}},
	{"storage", func(g *generator) reversible {
		return g.withColumn(func(o Object) bool { return o.Get("type") == "text" && !o.Has("storage") }, func(table, column string, _ Object) reversible {
			return attribute("ALTER TABLE ONLY "+table+" ALTER COLUMN "+column, "SET STORAGE "+g.oneOf("PLAIN", "EXTERNAL", "MAIN", "EXTENDED"), "SET STORAGE EXTENDED")
		})
	}},
	{"column option", func(g *generator) reversible {
		return g.withColumn(lacks("option"), func(table, column string, _ Object) reversible {
			return attribute("ALTER TABLE ONLY "+table+" ALTER COLUMN "+column, "SET (n_distinct = 3)", "RESET (n_distinct)")
		})
	}},
	{"table option", func(g *generator) reversible {
		return g.with(lacks("option", "partition_by"), func(o Object) reversible {
			return attribute("ALTER TABLE "+o.QualifiedName(), "SET (autovacuum_enabled = false, fillfactor = 50)", "RESET (autovacuum_enabled, fillfactor)")
		}, Table)
	}},
	{"unlogged", func(g *generator) reversible {
		return g.with(lacks("unlogged", "partition_by"), func(o Object) reversible {
			return attribute("ALTER TABLE "+o.QualifiedName(), "SET UNLOGGED", "SET LOGGED")
		}, Table)
	}},
	{"row security", func(g *generator) reversible {
		return g.with(lacks("row_security", "force_row_security"), func(o Object) reversible {
			return attribute("ALTER TABLE "+o.QualifiedName(), "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY")
		}, Table)
	}},
	{"replica identity", func(g *generator) reversible {
		return g.with(lacks("replica_identity"), func(o Object) reversible {
			return attribute("ALTER TABLE "+o.QualifiedName(), "REPLICA IDENTITY "+g.oneOf("FULL", "NOTHING"), "REPLICA IDENTITY DEFAULT")
		}, Table)
	}},
	{"cluster", func(g *generator) reversible {
		return g.withPart(Index, lacks("clustered"), func(table string, o Object) reversible {
			return attribute("ALTER TABLE "+table, "CLUSTER ON "+quote(o.Name), "SET WITHOUT CLUSTER")
		})
	}},
	{"disable trigger", func(g *generator) reversible {
		return g.withPart(Trigger, lacks("enabled"), func(table string, o Object) reversible {
			return attribute("ALTER TABLE "+table, g.oneOf("DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA")+" TRIGGER "+quote(o.Name), "ENABLE TRIGGER "+quote(o.Name))
		})
	}},
	{"disable rule", func(g *generator) reversible {
		return g.withPart(Rule, lacks("enabled"), func(table string, o Object) reversible {
			return attribute("ALTER TABLE "+table, "DISABLE RULE "+quote(o.Name), "ENABLE RULE "+quote(o.Name))
		})
	}},
	{"policy roles", func(g *generator) reversible {
		return g.withPart(Policy, lacks("role"), func(table string, o Object) reversible {
			return attribute("ALTER POLICY "+quote(o.Name)+" ON "+table, "TO catalog_reader", "TO PUBLIC")
		})
	}},
	{"detach partition", func(g *generator) reversible {
		return g.with(func(o Object) bool { return o.Has("bound") }, func(o Object) reversible {
			return attribute("ALTER TABLE "+o.Get("partition_of"), "DETACH PARTITION "+o.QualifiedName(), "ATTACH PARTITION "+o.QualifiedName()+" "+o.Get("bound"))
		}, Table)
	}},
	{"sequence options", func(g *generator) reversible {
		return g.with(lacks("increment", "cache", "cycle", "identity"), func(o Object) reversible {
			return attribute("ALTER SEQUENCE "+o.QualifiedName(), g.oneOf("INCREMENT 3", "CACHE 9", "CYCLE"), "INCREMENT 1 CACHE 1 NO CYCLE")
		}, Sequence)
	}},
	{"sequence owned by", func(g *generator) reversible {
		return g.withColumn(nil, func(table, column string, c Object) reversible {
			return g.with(func(o Object) bool { return !o.Has("owned_by_table") && o.Schema == c.Schema }, func(o Object) reversible {
				return attribute("ALTER SEQUENCE "+o.QualifiedName(), "OWNED BY "+table+"."+column, "OWNED BY NONE")
			}, Sequence)
		})
	}},
	{"domain default", func(g *generator) reversible {
		return g.with(lacks("default"), func(o Object) reversible {
			return attribute("ALTER DOMAIN "+o.QualifiedName(), "SET DEFAULT 'z'", "DROP DEFAULT")
		}, Domain)
	}},
	{"domain not null", func(g *generator) reversible {
		return g.with(lacks("not_null"), func(o Object) reversible {
			return attribute("ALTER DOMAIN "+o.QualifiedName(), "SET NOT NULL", "DROP NOT NULL")
		}, Domain)
	}},
	{"enum label", func(g *generator) reversible {
		return g.with(func(o Object) bool { return slices.Contains(o.List("label"), "new") }, func(o Object) reversible {
			return attribute("ALTER TYPE "+o.QualifiedName(), "RENAME VALUE 'new' TO 'other'", "RENAME VALUE 'other' TO 'new'")
		}, Enum)
	}},
	{"function attributes", func(g *generator) reversible {
		return g.with(lacks("strict", "volatility", "cost", "parallel", "security_definer", "setting"), func(o Object) reversible {
			return attribute("ALTER FUNCTION "+o.QualifiedName(), g.oneOf("STRICT", "IMMUTABLE", "STABLE", "COST 3", "PARALLEL RESTRICTED", "SECURITY DEFINER", "SET work_mem = '1MB'"),
				"CALLED ON NULL INPUT VOLATILE COST 100 PARALLEL UNSAFE SECURITY INVOKER RESET work_mem")
		}, Function)
	}},
	{"view option", func(g *generator) reversible {
		return g.with(lacks("option"), func(o Object) reversible {
			return attribute("ALTER VIEW "+o.QualifiedName(), "SET (security_barrier = "+g.oneOf("true", "false")+")", "RESET (security_barrier)")
		}, View)
	}},
	{"validate", func(g *generator) reversible { // silent where it is valid already
		return g.withPart(Constraint, lacks("not_valid"), func(table string, o Object) reversible {
			if strings.Contains(o.Get("definition"), "NOT VALID") {
				return reversible{}
			}
			return attribute("ALTER TABLE "+table, "VALIDATE CONSTRAINT "+quote(o.Name), "VALIDATE CONSTRAINT "+quote(o.Name))
		})
	}},
	{"drop index", func(g *generator) reversible {
		// The definition of a partitioned table's index does not bring back those of the partitions.
		return g.withPart(Index, func(o Object) bool {
			return onlyHas(o, "definition") && !strings.Contains(o.Get("definition"), " ON ONLY ")
		}, func(_ string, o Object) reversible {
			return reversible{"DROP INDEX " + quote(o.Schema) + "." + quote(o.Name), o.Get("definition")}
		})
	}},
	{"drop trigger", func(g *generator) reversible {
		return g.withPart(Trigger, func(o Object) bool { return onlyHas(o, "definition") }, func(table string, o Object) reversible {
			return reversible{"DROP TRIGGER " + quote(o.Name) + " ON " + table, o.Get("definition")}
		})
	}},
	{"drop rule", func(g *generator) reversible {
		return g.withPart(Rule, func(o Object) bool { return onlyHas(o, "definition") }, func(table string, o Object) reversible {
			return reversible{"DROP RULE " + quote(o.Name) + " ON " + table, o.Get("definition")}
		})
	}},
	{"drop check", func(g *generator) reversible {
		return g.withPart(Constraint, func(o Object) bool { return onlyHas(o, "type", "definition") }, func(table string, o Object) reversible {
			return attribute("ALTER TABLE "+table, "DROP CONSTRAINT "+quote(o.Name), "ADD CONSTRAINT "+quote(o.Name)+" "+o.Get("definition"))
		})
	}},
}

// onlyHas tells that an object has no attributes but these, so that its definition brings all of it back.
func onlyHas(o Object, names ...string) bool {
	return !slices.ContainsFunc(o.Fields, func(f Field) bool { return !slices.Contains(names, f.Name) })
}
