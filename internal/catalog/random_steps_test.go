package catalog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// reversible is a statement and what takes it back; do is "" if there is nothing to do it on.
type reversible struct{ do, undo string }

// generator makes random statements that fit the schema that is there now.
type generator struct {
	random *rand.Rand
	now    *Snapshot
	made   int
}

type operation struct {
	name string
	make func(*generator) reversible
}

// operations are all that a walk may do.
var operations = slices.Concat(creations, alterations, attachments, renamings, rarities)

func (g *generator) oneOf(list ...string) string { return list[g.random.IntN(len(list))] }

func (g *generator) coin() bool { return g.random.IntN(2) == 0 }

// maybe gives the text half of the time.
func (g *generator) maybe(text string) string {
	if g.coin() {
		return text
	}
	return ""
}

// fresh is a name that nothing has yet, quoted; some need the quotes.
func (g *generator) fresh() string {
	g.made++
	style := g.oneOf("n%d", "n%d", "n%d", "N%d", "two words %d", `quo"te%d`, "it's%d", "dot.%d", "ünï%d", "a_rather_long_name_that_goes_on_%d")
	return postgres.QuoteIdentifier(fmt.Sprintf(style, g.made))
}

// pick is a random object of one of the kinds that meets the condition.
func (g *generator) pick(meets func(Object) bool, kinds ...Kind) (Object, bool) {
	var list []Object
	for _, o := range g.now.Objects {
		if slices.Contains(kinds, o.Kind) && (meets == nil || meets(o)) {
			list = append(list, o)
		}
	}
	if len(list) == 0 {
		return Object{}, false
	}
	return list[g.random.IntN(len(list))], true
}

// with makes a step on a random object that meets the condition, if there is one.
func (g *generator) with(meets func(Object) bool, use func(Object) reversible, kinds ...Kind) reversible {
	o, found := g.pick(meets, kinds...)
	if !found {
		return reversible{}
	}
	return use(o)
}

// tableOf is the table of a column, constraint, index, trigger, policy or rule.
func (g *generator) tableOf(part Object) (Object, bool) {
	for _, kind := range []Kind{Table, ForeignTable} {
		if o, found := g.now.Find(Identity{Kind: kind, Schema: part.Schema, Name: part.Parent}); found {
			return o, true
		}
	}
	return Object{}, false
}

// withPart makes a step on a random part of a random table.
func (g *generator) withPart(kind Kind, meets func(Object) bool, use func(table string, part Object) reversible) reversible {
	return g.with(func(o Object) bool {
		_, found := g.tableOf(o)
		return found && (meets == nil || meets(o))
	}, func(o Object) reversible {
		table, _ := g.tableOf(o)
		return use(table.QualifiedName(), o)
	}, kind)
}

// withColumn makes a step on a random column of a random table.
func (g *generator) withColumn(meets func(Object) bool, use func(table, column string, o Object) reversible) reversible {
	return g.withPart(Column, meets, func(table string, o Object) reversible { return use(table, quote(o.Name), o) })
}

func (g *generator) schema() string {
	if o, found := g.pick(nil, Schema); found {
		return quote(o.Name)
	}
	return "public"
}

// qualified is a fresh name in a random schema.
func (g *generator) qualified() string { return g.schema() + "." + g.fresh() }

// sampleValues are types and a default of each.
var sampleValues = map[string]string{
	"integer": "42", "bigint": "-1", "smallint": "0", "text": "'it''s'", "character varying(20)": "'x'::text || 'y'::text",
	"numeric(10,2)": "1.5", "timestamp with time zone": "now()", "timestamp(3) without time zone": "'2026-01-02 03:04:05'",
	"date": "CURRENT_DATE", "boolean": "true", "uuid": "gen_random_uuid()", "jsonb": `'{"a": 1}'`, "text[]": "ARRAY['a', 'b']",
	"int4range": "'[1,5)'", "bytea": `'\x00ff'`, "interval": "'1 day 02:00:00'", "double precision": "0.1", "character(3)": "'abc'",
	"bit varying(5)": "B'101'", "time without time zone": "'12:00'", "inet": "'10.0.0.1'", "xml": "'<a/>'", "point": "'(1,2)'",
}

var sampleTypes = sortedKeys(sampleValues)

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// columnType is a random type, sometimes one of the schema's own.
func (g *generator) columnType() string {
	if o, found := g.pick(nil, Enum, Domain, Composite, Range); found && g.random.IntN(4) == 0 {
		return o.QualifiedName()
	}
	return g.oneOf(sampleTypes...)
}

// column is a definition for CREATE TABLE and ADD COLUMN.
func (g *generator) column() string {
	name, kind := g.fresh(), g.columnType()
	if g.random.IntN(8) == 0 {
		return name + " " + g.oneOf("integer", "bigint") + " GENERATED " + g.oneOf("ALWAYS", "BY DEFAULT") + " AS IDENTITY" +
			g.oneOf("", " (START 5 INCREMENT 2)", " (CYCLE CACHE 4)")
	}
	if g.random.IntN(8) == 0 {
		return name + " integer GENERATED ALWAYS AS (1 + 2) STORED"
	}
	text := name + " " + kind
	if kind == "text" {
		text += g.maybe(` COLLATE "C"`)
	}
	if value, found := sampleValues[kind]; found && g.coin() {
		text += " DEFAULT " + value
	}
	return text + g.maybe(" NOT NULL")
}

func (g *generator) columns() string {
	list := []string{g.fresh() + " integer" + g.maybe(" PRIMARY KEY")}
	for range 1 + g.random.IntN(5) {
		list = append(list, g.column())
	}
	return strings.Join(list, ", ")
}

// isPlainColumn tells a column that may be given another default.
func isPlainColumn(o Object) bool { return !o.Has("identity") && !o.Has("generated") }

// isType tells columns of one of the types.
func isType(types ...string) func(Object) bool {
	return func(o Object) bool { return isPlainColumn(o) && slices.Contains(types, o.Get("type")) }
}
