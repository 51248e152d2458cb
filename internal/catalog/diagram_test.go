package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// shop is a small schema in which most tables are some other's neighbour.
const shop = `
	CREATE TABLE country (code char(2) PRIMARY KEY);
	CREATE TABLE customer (id bigint PRIMARY KEY, email text UNIQUE, country char(2) REFERENCES country, name text);
	CREATE TABLE "order" (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer, note text);
	CREATE TABLE line (order_id bigint REFERENCES "order", number int, sku text, PRIMARY KEY (order_id, number));
	CREATE TABLE lonely (id int PRIMARY KEY);
`

// picture writes a diagram as a person would note it, one line for each thing in it.
func picture(d Diagram) string {
	var b strings.Builder
	for _, e := range d.Entities {
		was := ""
		if e.Was != nil {
			was = " was " + e.Was.QualifiedName()
		}
		fmt.Fprintf(&b, "%s %s%s", e.Table.QualifiedName(), e.Mark, was)
		for _, c := range e.Columns {
			fmt.Fprintf(&b, ", %s %s", c.Name, c.Type)
			for _, word := range []struct {
				said bool
				word string
			}{{c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique, "UK"}, {c.Mark != "", string(c.Mark)}, {c.Was != "", "was " + c.Was}} {
				if word.said {
					b.WriteString(" " + word.word)
				}
			}
		}
		if e.More > 0 {
			fmt.Fprintf(&b, " and %d more", e.More)
		}
		b.WriteString("\n")
	}
	for _, r := range d.References {
		fmt.Fprintf(&b, "%s -> %s %v %s one=%t optional=%t %s\n", d.Entities[r.From].Table.Name, d.Entities[r.To].Table.Name, r.Columns, r.Name, r.One, r.Optional, r.Mark)
	}
	if d.Omitted > 0 {
		fmt.Fprintf(&b, "omitted %d\n", d.Omitted)
	}
	return b.String()
}

// redraw runs SQL between two snapshots and draws what changed.
func redraw(t *testing.T, conn *pgx.Conn, sql string) Diagram {
	t.Helper()
	before := read(t, conn)
	execute(t, conn, sql)
	after := read(t, conn)
	d := NewDiagram(before, after, Compare(before, after))
	if diff := cmp.Diff(d, NewDiagram(before, after, Compare(before, after))); diff != "" {
		t.Errorf("drawn twice, the diagram differs:\n%s", diff)
	}
	return d
}

func TestDiagram(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	for _, c := range []struct{ name, sql, want string }{
		{"nothing", ``, ``},
		{"no table", `CREATE TYPE e AS ENUM ('a')`, ``},
		{
			"a new table with its neighbour",
			`CREATE TABLE address (id bigint PRIMARY KEY, customer_id bigint NOT NULL UNIQUE REFERENCES customer, street text)`,
			`public.address added, id bigint PK, customer_id bigint FK UK, street text
public.customer , id bigint PK
address -> customer [customer_id] address_customer_id_fkey one=true optional=false added
`,
		},
		{
			"a column more, and one less", `ALTER TABLE customer ADD age int, DROP name`,
			`public.country , code character(2) PK
public.customer changed, id bigint PK, country character(2) FK, age integer added, name text removed
public."order" , id bigint PK, customer_id bigint FK
customer -> country [country] customer_country_fkey one=false optional=true 
order -> customer [customer_id] order_customer_id_fkey one=false optional=false 
`,
		},
		{
			"a table less, and the foreign key that led to it", `DROP TABLE country CASCADE`,
			`public.country removed, code character(2) PK
public.customer changed, id bigint PK, country character(2)
public."order" , id bigint PK, customer_id bigint FK
customer -> country [country] customer_country_fkey one=false optional=true removed
order -> customer [customer_id] order_customer_id_fkey one=false optional=false 
`,
		},
		{
			"another type, for which every row is copied", `ALTER TABLE line ALTER sku TYPE varchar(40)`,
			`public.line rewritten, order_id bigint PK FK, number integer PK, sku character varying(40) changed
public."order" , id bigint PK
line -> order [order_id] line_order_id_fkey one=false optional=false 
`,
		},
		{"a comment is no structure", `COMMENT ON COLUMN lonely.id IS 'x'`, "public.lonely changed, id integer PK\n"},
		{"a wide table", wide(40), `public.wide added, id integer PK` + wideColumns(maxEntityColumns-1) + " and 25 more\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			execute(t, conn, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"+shop)
			if diff := cmp.Diff(c.want, picture(redraw(t, conn, c.sql))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func wide(columns int) string {
	return "CREATE TABLE wide (id int PRIMARY KEY" + strings.ReplaceAll(wideColumns(columns), "integer", "int") + ")"
}

func wideColumns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", c%d integer", i)
	}
	return b.String()
}

// TestDiagramOfRenames: a table, a column and a foreign key with other names are drawn as what
// they were, and who refers to them is a neighbour as before.
func TestDiagramOfRenames(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, shop)
	const want = `public.client renamed was public.customer, id bigint PK, land character(2) FK renamed was country
public.country , code character(2) PK
public."order" , id bigint PK, customer_id bigint FK
client -> country [land] client_land_fkey one=false optional=true renamed
order -> client [customer_id] order_customer_id_fkey one=false optional=false 
`
	d := redraw(t, conn, `ALTER TABLE customer RENAME TO client; ALTER TABLE client RENAME country TO land;
		ALTER TABLE client RENAME CONSTRAINT customer_country_fkey TO client_land_fkey`)
	if diff := cmp.Diff(want, picture(d)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestDiagramStaysReadable: with many neighbours whole groups of them go, with many touched
// tables everything does, and what went is counted.
func TestDiagramStaysReadable(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, shop+`DO $$ BEGIN FOR i IN 1..30 LOOP
		EXECUTE format('CREATE TABLE f%s (customer_id bigint REFERENCES customer)', i); END LOOP; END $$`)
	d := redraw(t, conn, `ALTER TABLE customer ADD age int; CREATE TABLE fresh (customer_id bigint REFERENCES customer)`)
	var names []string
	for _, e := range d.Entities {
		names = append(names, e.Table.Name)
	}
	if want := []string{"country", "customer", "fresh"}; !slices.Equal(names, want) || d.Omitted != 31 || len(d.References) != 2 {
		t.Errorf("shown are %v with %d references, omitted %d", names, len(d.References), d.Omitted)
	}
	d = redraw(t, conn, `DO $$ BEGIN FOR i IN 1..21 LOOP EXECUTE format('CREATE TABLE g%s (id int)', i); END LOOP; END $$`)
	if d.Touched != 21 || len(d.Entities)+len(d.References) > 0 {
		t.Errorf("of 21 tables %d are shown", len(d.Entities))
	}
}

func TestSizesOf(t *testing.T) {
	conn := postgrestest.Connect(t, postgrestest.Database(t))
	execute(t, conn, `CREATE TABLE a AS SELECT generate_series(1, 5000) AS id; CREATE TABLE b (id int); CREATE INDEX a_id ON a (id);
		CREATE MATERIALIZED VIEW m AS SELECT 1 AS x; ANALYZE a`)
	before, err := ReadWith(t.Context(), conn, ReadOptions{Sizes: true})
	if err != nil {
		t.Fatal(err)
	}
	was := Identity{Kind: Table, Schema: "public", Name: "a"}
	now := Identity{Kind: Table, Schema: "public", Name: "z"}
	changes := []Change{
		{Action: Renamed, Object: now, Was: &was, Details: []Detail{{Action: Rewritten, Object: Identity{Index, "public", "a_id", "a"}}}},
		{Action: Changed, Object: Identity{Kind: Table, Schema: "public", Name: "b"}},
		{Action: Added, Object: Identity{Kind: Table, Schema: "public", Name: "new"}},
	}
	sizes := SizesOf(before, changes)
	if len(sizes) != 3 || sizes[0].Object != now || sizes[0].Rows != 5000 || sizes[0].Bytes < 100_000 || sizes[1].Bytes < 8192 || sizes[2].Rows != -1 {
		t.Errorf("sizes: %+v", sizes)
	}
	if unknown := SizesOf(read(t, conn), changes); unknown != nil {
		t.Errorf("without asking there are sizes: %+v", unknown)
	}
}
