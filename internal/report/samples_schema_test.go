package report

import "github.com/neon-migrations/neon-migrations-action/internal/catalog"

// was is a pointer to the identity before.
func was(id catalog.Identity) *catalog.Identity { return &id }

const (
	customerBefore = `CREATE TABLE public.customer (
    id bigint NOT NULL,
    name text NOT NULL,
    email text,
    age smallint,
    CONSTRAINT customer_pkey PRIMARY KEY (id),
);
`
	clientAfter = `CREATE TABLE public.client (
    id bigint NOT NULL,
    full_name text NOT NULL,
    age integer,
    CONSTRAINT client_pkey PRIMARY KEY (id),
);
`
	cartBefore = `CREATE TABLE public.cart (
    id bigint NOT NULL,
    client_id bigint NOT NULL,
);
`
	cartAfter = "-- dropped and created again\n" + cartBefore
)

// reshapes are changes of every action: some that a text's difference does not show, and some
// that only look like more than they are.
func reshapes() []catalog.Change {
	client := public(catalog.Table, "client")
	part := func(kind catalog.Kind, name string) catalog.Identity { return of("client", kind, name) }
	return []catalog.Change{
		{Action: catalog.Recreated, Object: public(catalog.Table, "cart"), Before: cartBefore, After: cartAfter},
		{
			Action: catalog.Renamed, Object: client, Was: was(public(catalog.Table, "customer")), Before: customerBefore, After: clientAfter,
			Details: []catalog.Detail{
				{Action: catalog.Removed, Object: of("client", catalog.Column, "email"), Before: "email text"},
				{Action: catalog.Changed, Object: part(catalog.Column, "age"), Attribute: "type", Before: "smallint", After: "integer"},
				{Action: catalog.Renamed, Object: part(catalog.Column, "full_name"), Was: was(of("customer", catalog.Column, "name"))},
				{Action: catalog.Renamed, Object: part(catalog.Constraint, "client_pkey"), Was: was(of("customer", catalog.Constraint, "customer_pkey"))},
				{Action: catalog.Changed, Object: public(catalog.View, "newest"), Follows: true, Attribute: "definition"},
				{Action: catalog.Changed, Object: of("cart", catalog.Constraint, "cart_client_id_fkey"), Follows: true, Attribute: "references"},
			},
		},
		{
			Action: catalog.Rewritten, Object: public(catalog.Table, "event"),
			Before: "CREATE TABLE public.event (\n    id bigint NOT NULL,\n);\n", After: "-- rewritten\nCREATE TABLE public.event (\n    id bigint NOT NULL,\n);\n",
		},
		{
			Action: catalog.Changed, Object: public(catalog.Table, "ledger"),
			Before: "CREATE TABLE public.ledger (\n    amount integer,\n);\n", After: "-- rewritten\nCREATE TABLE public.ledger (\n    amount bigint,\n);\n",
			Details: []catalog.Detail{
				{Action: catalog.Changed, Object: of("ledger", catalog.Column, "amount"), Attribute: "type", Before: "integer", After: "bigint"},
				{Action: catalog.Rewritten, Object: public(catalog.Table, "ledger")},
				{Action: catalog.Rewritten, Object: of("ledger", catalog.Index, "ledger_amount_idx")},
			},
		},
		{
			Action: catalog.Changed, Object: public(catalog.Function, "total(integer)"),
			Before:  "CREATE FUNCTION public.total(n integer)\nAS $$\nSELECT n\n$$;\n",
			After:   "CREATE FUNCTION public.total(n integer)\nAS $$\nSELECT n\n  + 1\n$$;\n",
			Details: []catalog.Detail{{Action: catalog.Changed, Object: public(catalog.Function, "total(integer)"), Attribute: "body", Before: "\nSELECT n\n", After: "\nSELECT n\n  + 1\n"}},
		},
		{
			Action: catalog.Changed, Object: public(catalog.Enum, "state"), Before: "CREATE TYPE public.state AS ENUM (\n    'open',\n);\n", After: "CREATE TYPE public.state AS ENUM (\n    'begun',\n);\n",
			Details: []catalog.Detail{{Action: catalog.Renamed, Object: public(catalog.Enum, "state"), Attribute: "label", Before: "open", After: "begun"}},
		},
		{Action: catalog.Renamed, Object: public(catalog.View, "recent"), Was: was(public(catalog.View, "latest")), Before: "CREATE VIEW public.latest AS\n SELECT 1;\n", After: "CREATE VIEW public.recent AS\n SELECT 1;\n"},
	}
}

// reshaped is a rehearsal that moves things: what a reviewer must not take for harmless, and
// the other way round.
func reshaped() Report {
	r := passing()
	r.Changes = reshapes()
	r.Sizes = []catalog.Size{
		{Object: public(catalog.Table, "cart"), Rows: 12_345, Bytes: 3_300_000},
		{Object: public(catalog.Table, "client"), Rows: 1_234_567, Bytes: 325_058_560},
		{Object: public(catalog.Table, "event"), Rows: -1, Bytes: 40_960},
	}
	r.Diagram = reshapedDiagram()
	r.NotModelled = []string{"conversion public.latin", "operator public.==="}
	return r
}

func reshapedDiagram() catalog.Diagram {
	key := catalog.EntityColumn{Name: "id", Type: "bigint", Primary: true}
	return catalog.Diagram{
		Touched: 3,
		Entities: []catalog.Entity{
			{Table: public(catalog.Table, "cart"), Mark: catalog.Recreated, Columns: []catalog.EntityColumn{key, {Name: "client_id", Type: "bigint", Foreign: true}}},
			{Table: public(catalog.Table, "client"), Was: was(public(catalog.Table, "customer")), Mark: catalog.Renamed, Columns: []catalog.EntityColumn{
				key, {Name: "full_name", Type: "text", Was: "name", Mark: catalog.Renamed}, {Name: "age", Type: "integer", Mark: catalog.Changed}, {Name: "email", Type: "text", Mark: catalog.Removed},
			}},
			{Table: public(catalog.Table, "event"), Mark: catalog.Rewritten, Columns: []catalog.EntityColumn{key}},
			{Table: public(catalog.Table, "orders"), Columns: []catalog.EntityColumn{key, {Name: "client_id", Type: "bigint", Foreign: true, Unique: true}}},
		},
		References: []catalog.Reference{
			{From: 0, To: 1, Name: "cart_client_id_fkey", Columns: []string{"client_id"}},
			{From: 2, To: 1, Name: "event_client_fkey", Columns: []string{"client_id"}, Optional: true, Mark: catalog.Removed},
			{From: 3, To: 1, Name: "orders_client_id_fkey", Columns: []string{"client_id"}, One: true, Mark: catalog.Added},
			{From: 3, To: 3, Name: "orders_again_fkey", Columns: []string{"again"}, Optional: true},
		},
		Omitted: 2,
	}
}

// unrelated compares two databases that have nothing to do with each other, so that a rename
// is a guess.
func unrelated() catalog.Comparison {
	return catalog.Comparison{
		Version: catalog.Version,
		Before:  catalog.Side{Database: "<img src=x>@everyone|`shop`", ServerVersion: 150018, Fingerprint: "sha256:4f0c9a1b2d3e4f50"},
		After:   catalog.Side{Database: "shop_next", ServerVersion: 180004, Fingerprint: "sha256:aa0c9a1b2d3e4f50", NotModelled: []string{"operator public.==="}},
		Changes: []catalog.Change{
			{
				Action: catalog.Renamed, Object: public(catalog.Table, "client"), Was: was(public(catalog.Table, "customer")), Suspected: true,
				Before: customerBefore, After: clientAfter,
				Details: []catalog.Detail{{Action: catalog.Renamed, Object: of("client", catalog.Column, "full_name"), Was: was(of("customer", catalog.Column, "name"))}},
			},
			{Action: catalog.Removed, Object: public(catalog.Table, "cart"), Before: cartBefore},
		},
		Diagram: catalog.Diagram{Touched: 31},
	}
}

func same() catalog.Comparison {
	c := unrelated()
	c.Changes, c.Diagram, c.After = nil, catalog.Diagram{}, c.Before
	return c
}

// physical differs in rows and files alone.
func physical() catalog.Comparison {
	c := same()
	c.Changes = reshapes()[:1]
	return c
}

func comparisons() map[string]catalog.Comparison {
	return map[string]catalog.Comparison{"diff-physical": physical(), "diff-unrelated": unrelated(), "diff-same": same()}
}
