package report

import (
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// start is the moment at which all sample runs began.
var start = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

func public(kind catalog.Kind, name string) catalog.Identity {
	return catalog.Identity{Kind: kind, Schema: "public", Name: name}
}

func of(table string, kind catalog.Kind, name string) catalog.Identity {
	return catalog.Identity{Kind: kind, Schema: "public", Name: name, Parent: table}
}

const ordersBefore = `CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    status public.order_status DEFAULT 'open'::public.order_status NOT NULL,
    total numeric(12,2) NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
);
`

const ordersAfter = `CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    status public.order_status DEFAULT 'open'::public.order_status NOT NULL,
    total numeric(12,2) NOT NULL,
    note text,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
);
CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id);
`

const shipment = `CREATE TABLE public.shipment (
    id bigint NOT NULL,
    order_id bigint NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT shipment_pkey PRIMARY KEY (id),
    CONSTRAINT shipment_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
);
`

func sampleChanges() []catalog.Change {
	return []catalog.Change{
		{
			Action: catalog.Changed, Object: public(catalog.Table, "orders"), Before: ordersBefore, After: ordersAfter,
			Details: []catalog.Detail{
				{Action: catalog.Added, Object: of("orders", catalog.Column, "note"), After: "note text"},
				{Action: catalog.Added, Object: of("orders", catalog.Index, "orders_customer_id_idx"), After: "CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id);"},
			},
		},
		{
			Action: catalog.Added, Object: public(catalog.Table, "shipment"),
			After: shipment,
		},
		{
			Action: catalog.Changed, Object: public(catalog.Enum, "order_status"),
			Before:  "CREATE TYPE public.order_status AS ENUM (\n    'open',\n    'paid',\n);\n",
			After:   "CREATE TYPE public.order_status AS ENUM (\n    'open',\n    'paid',\n    'shipped',\n);\n",
			Details: []catalog.Detail{{Action: catalog.Added, Object: public(catalog.Enum, "order_status"), Attribute: "label", After: "shipped", Place: "after 'paid'"}},
		},
	}
}

func sampleDiagram() catalog.Diagram {
	key := catalog.EntityColumn{Name: "id", Type: "bigint", Primary: true}
	return catalog.Diagram{
		Touched: 2,
		Entities: []catalog.Entity{
			{Table: public(catalog.Table, "orders"), Mark: catalog.Changed, Columns: []catalog.EntityColumn{key, {Name: "note", Type: "text", Mark: catalog.Added}}},
			{Table: public(catalog.Table, "shipment"), Mark: catalog.Added, Columns: []catalog.EntityColumn{
				key, {Name: "order_id", Type: "bigint", Foreign: true}, {Name: "sent_at", Type: "timestamp with time zone"},
			}},
		},
		References: []catalog.Reference{{From: 1, To: 0, Name: "shipment_order_id_fkey", Columns: []string{"order_id"}, Mark: catalog.Added}},
	}
}

// passing is a rehearsal with three changes and nothing against it: what most people see.
func passing() Report {
	return Report{
		Version: Version, Kind: Rehearsal, Verdict: Pass,
		PullRequest: PullRequest{Repository: "acme/shop", Number: 42, URL: "https://github.com/acme/shop/pull/42", HeadSHA: "abc12347d1f0e9a8b7c6d5e4f3a2b1c0d9e8f7a6"},
		Project:     "quiet-field-12345678", Database: "shop",
		Branch: Branch{
			ID: "br-cool-dew-123456", Name: "ci/pr-42", Parent: "main", ExpiresAt: start.Add(72 * time.Hour),
			ConsoleURL: "https://console.neon.tech/app/projects/quiet-field-12345678/branches/br-cool-dew-123456/tables",
		},
		Revisions: Revisions{
			From: []string{"3f2a91c0d4e5"}, To: []string{"b7e0d1c2f3a4"},
			Applied: []Revision{
				{ID: "9c1d77aa0b1c", Down: []string{"3f2a91c0d4e5"}, Doc: "note and status of an order", Path: "alembic/versions/9c1d77aa0b1c_note.py", Took: 310 * time.Millisecond, Statements: 4},
				{ID: "b7e0d1c2f3a4", Down: []string{"9c1d77aa0b1c"}, Doc: "shipments", Path: "alembic/versions/b7e0d1c2f3a4_shipments.py", Took: 120 * time.Millisecond, Statements: 3},
			},
		},
		Checks: []Check{
			{Name: CheckModels, State: OK},
			{Name: CheckProduction, State: OK},
			{Name: CheckHeads, State: OK},
			{Name: CheckReversible, State: OK},
		},
		Changes:     sampleChanges(),
		Diagram:     sampleDiagram(),
		Plan:        "sha256:4f0c9a1b2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8",
		Fingerprint: Fingerprints{Before: "sha256:00aa", After: "sha256:11bb"},
		Steps: []Step{
			{Name: "create branch", Took: 620 * time.Millisecond, Outcome: "ok"},
			{Name: "read catalog", Took: 60 * time.Millisecond},
			{Name: "upgrade", Took: 910 * time.Millisecond},
			{Name: "check drift", Took: 240 * time.Millisecond},
		},
		RunURL:    "https://github.com/acme/shop/actions/runs/987654321",
		StartedAt: start, Took: 1830 * time.Millisecond,
	}
}

// warned found model drift and two risks; something is dropped.
func warned() Report {
	r := passing()
	r.Verdict = Warn
	r.Branch.Reset = true
	r.Checks[0] = Check{
		Name: CheckModels, State: Drift, Summary: "The models have a column that no revision creates.",
		Operations: []string{"add column orders.gift", "add index ix_orders_gift"},
		Code:       "op.add_column('orders', sa.Column('gift', sa.Boolean(), nullable=True))\nop.create_index(op.f('ix_orders_gift'), 'orders', ['gift'])\n",
		Do:         "Run `alembic revision --autogenerate -m gift` and commit the new revision.",
	}
	r.Changes = append(r.Changes, catalog.Change{
		Action: catalog.Removed, Object: public(catalog.Table, "legacy_cart"), Before: "CREATE TABLE public.legacy_cart (\n    id integer NOT NULL,\n);\n",
	})
	r.Findings = []Finding{
		{
			Code: "index-blocks-writes", Severity: SeverityWarn, Title: "Building an index stops writes to `orders`",
			Evidence: "ShareLock on `orders` held for 1.1 s, 100,000 rows", Why: "No INSERT, UPDATE or DELETE gets through until the transaction ends.",
			Advice: "Use `postgresql_concurrently=True` in an `op.get_context().autocommit_block()`.",
		},
		{Code: "table-dropped", Severity: SeverityInfo, Title: "A table with rows is dropped", Evidence: "`legacy_cart` has 12 rows"},
	}
	r.Calibration = &Calibration{Promotions: 6, Upgrade: Span{Least: 0.8, Most: 1.3}, Lock: Span{Least: 0.9, Most: 1.6}}
	r.Notes = []string{"The compute was asleep; its wake-up of 0.4 s is not counted."}
	return r
}

// drifted found drift in every direction; hostile texts stand wherever a name can.
func drifted() Report {
	r := passing()
	r.Verdict = Block
	hostile := "`x`|</details><script>@everyone\n```\u202e"
	r.Checks = []Check{
		{
			Name: CheckModels, State: Drift, Summary: "1 contradiction between the models and the database",
			Operations: []string{"remove column users." + hostile},
			Differences: []Difference{
				{Severity: SeverityBlock, Tier: "contradiction", Object: "column public.users.status", What: "the default differs", Wanted: "'new'::text", Found: "'open'::text"},
				{Severity: SeverityInfo, Tier: "only in the database", Object: "trigger " + hostile, What: "no model knows it", Found: hostile},
			},
			File: &File{Path: "migrations/versions/" + hostile + ".py", Content: "# " + hostile + "\n" + `op.alter_column("users", "status", server_default="new")`},
			Do:   "Save the file, read it, and commit it.",
		},
		{
			Name: CheckProduction, State: Drift, Summary: "1 thing was changed by hand in production",
			Differences: []Difference{{Severity: SeverityWarn, Tier: "only in the database", Object: "index public.orders_by_hand", What: "no revision creates it", Found: "CREATE INDEX orders_by_hand ON public.orders USING btree (id)"}},
			Code:        `op.execute("CREATE INDEX orders_by_hand ON public.orders USING btree (id)")`,
			SQL:         "DROP INDEX public.orders_by_hand;",
			Do:          "Adopt it by a revision, or remove it from production.",
		},
		{Name: CheckReversible, State: NotComputable, Summary: "9c1d has no downgrade"},
		{Name: CheckHeads, State: OK, Differences: []Difference{{Severity: SeverityInfo, Tier: "name only", Object: "constraint " + hostile, What: "it has another name", Wanted: "a", Found: "b"}}},
	}
	return r
}

// failing is a migration that does not survive real rows.
func failing() Report {
	r := passing()
	r.Verdict = Failed
	r.Branch.Kept = true
	r.Revisions.Applied = r.Revisions.Applied[:1]
	r.Revisions.Failed = "b7e0d1c2f3a4"
	r.Checks = []Check{{Name: CheckHeads, State: OK}, {Name: CheckModels, State: Unknown}, {Name: CheckProduction, State: Skipped}}
	r.Changes, r.Diagram, r.Plan, r.Fingerprint.After = nil, catalog.Diagram{}, "", ""
	r.Steps[2].Outcome = "failed"
	r.Failure = &Failure{
		What:   "upgrading to `b7e0d1c2f3a4`: column \"sent_at\" of relation \"shipment\" contains null values (SQLSTATE 23502)",
		Why:    "Production has rows that the new NOT NULL constraint does not allow.",
		Do:     "Fill the column in the revision before the constraint:\nop.execute(\"UPDATE shipment SET sent_at = now() WHERE sent_at IS NULL\")\nop.alter_column(\"shipment\", \"sent_at\", nullable=False)",
		Output: "INFO  [alembic.runtime.migration] Running upgrade 9c1d77aa0b1c -> b7e0d1c2f3a4, shipments\npsycopg.errors.NotNullViolation: column \"sent_at\" of relation \"shipment\" contains null values\n",
	}
	return r
}

// halfWay is a promotion that left production in between.
func halfWay() Report {
	r := failing()
	r.Kind, r.Reason = Promotion, "failed-at-revision"
	r.Revisions.Applied = slices.Clone(r.Revisions.Applied)
	r.Revisions.Applied[0].Rehearsed = 250 * time.Millisecond
	r.Branch = Branch{ID: "br-main-1", Name: "main"}
	r.Promotion = &Promoted{
		Reviewed: "sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", Comparison: "identical", Attempts: 2,
		Restore: RestorePoint{ID: "br-restore-1", Name: "ci/restore-abc1234", ExpiresAt: start.AddDate(0, 0, 7)},
		History: 7 * 24 * time.Hour, Before: start.Add(2 * time.Second), Branches: 12, BranchesLimit: 5000,
		Blockers: []string{"process 4242 (nightly report), idle in transaction, in a transaction since 13:58:11 UTC"},
		Moved:    []string{"added table public.elsewhere"}, Adapted: "sha256:1f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
		Gone: []string{"added index public.orders.orders_customer_id_idx"}, New: []string{"changed table public.orders"},
		Rehearsed: 900 * time.Millisecond, Took: 1200 * time.Millisecond, Blocked: 240 * time.Millisecond, BlockedOnCopy: 180 * time.Millisecond,
		Stand: &Stand{
			What:    "Production was left half-way: it has 9c1d77aa0b1c, and not b7e0d1c2f3a4.",
			Applied: []string{"9c1d77aa0b1c"}, Pending: []string{"b7e0d1c2f3a4"}, Since: []string{"changed table public.orders"},
			Missing: []string{"added table public.shipment"}, GoOn: "neon-migrations promote --neon-project-id cool-project-1",
			GoBack: "neonctl branches restore main ci/restore-abc1234 --project-id cool-project-1 --preserve-under-name main-before-restore-abc1234",
		},
	}
	return r
}

// partOf is what one of several targets found.
func partOf(target string, whole Report) Report {
	return Report{
		Kind: whole.Kind, Verdict: whole.Verdict, Target: target, Database: target, Revisions: whole.Revisions, Checks: whole.Checks, Changes: whole.Changes,
		Sizes: whole.Sizes, Diagram: whole.Diagram, Findings: whole.Findings, Recording: whole.Recording, Notes: whole.Notes,
	}
}

// divided is a report whose findings are its parts'.
func divided(whole Report, parts ...Report) Report {
	whole.Database, whole.Parts = "audit, shop", parts
	whole.Revisions, whole.Checks, whole.Changes, whole.Sizes, whole.Diagram = Revisions{}, nil, nil, nil, catalog.Diagram{}
	whole.Findings, whole.Recording, whole.Notes = nil, nil, nil
	return whole
}

// several is a rehearsal of two databases, of which one has something to be looked at.
func several() Report {
	return divided(warned(), partOf("audit", passing()), partOf("shop", warned()))
}

// severalHalfWay is a promotion that was stopped in the second of three databases.
func severalHalfWay() Report {
	whole := halfWay()
	done, failed := partOf("audit", promoted()), partOf("shop", whole)
	failed.Verdict = Failed
	waiting := Report{Kind: Promotion, Verdict: Neutral, Target: "tenant=acme on stock", Database: "stock"}
	stand := *whole.Promotion.Stand
	stand.What = "audit is upgraded. shop was left half-way: it has 9c1d77aa0b1c, and not b7e0d1c2f3a4. tenant=acme on stock was not begun."
	stand.Applied = []string{"audit: 9c1d77aa0b1c", "audit: b7e0d1c2f3a4", "shop: 9c1d77aa0b1c"}
	stand.Pending = []string{"shop: b7e0d1c2f3a4", "tenant=acme on stock: b7e0d1c2f3a4"}
	whole.Promotion.Stand = &stand
	return divided(whole, done, failed, waiting)
}

// blocked ran to its end and must not be merged.
func blocked() Report {
	r := warned()
	r.Verdict = Block
	r.Findings[0].Severity = SeverityBlock
	r.Failure = &Failure{What: "One finding blocks.", Why: "The input `block-on` is `block`.", Do: "Follow the advice below, or raise the limit."}
	return r
}

// fork could not be rehearsed, and that is nobody's fault.
func fork() Report {
	return Report{
		Version: Version, Kind: Rehearsal, Verdict: Neutral,
		PullRequest: PullRequest{Repository: "acme/shop", Number: 43, HeadSHA: "0123456789abcdef"},
		Checks:      []Check{{Name: CheckHeads, State: OK}},
		Failure: &Failure{
			What: "This pull request comes from a fork, and forks get no secrets.",
			Why:  "Without the Neon API key no branch can be made.",
			Do:   "A maintainer can rehearse it from a branch of this repository.",
		},
		Notes:     []string{"The comment could not be posted. Add these lines to the workflow:\npermissions:\n  contents: read\n  pull-requests: write"},
		StartedAt: start, Took: 300 * time.Millisecond,
	}
}

func cancelled() Report {
	r := passing()
	r.Verdict, r.Changes, r.Diagram, r.Plan = Cancelled, nil, catalog.Diagram{}, ""
	r.Failure = &Failure{What: "The run was stopped while upgrading.", Do: "Run the job again; the branch is reset first."}
	return r
}

func promoted() Report {
	r := passing()
	r.Kind, r.Branch, r.Checks = Promotion, Branch{Name: "main"}, r.Checks[1:3]
	return r
}

func swept() Report {
	return Report{
		Version: Version, Kind: Cleanup, Verdict: Pass, StartedAt: start, Took: 900 * time.Millisecond,
		Swept: []Swept{
			{Branch: "ci/pr-40", Number: 40, Outcome: "removed", Why: "its pull request is closed"},
			{Branch: "ci/pr-42", Number: 42, Outcome: "kept", Why: "its pull request is open"},
		},
	}
}

func samples() map[string]Report {
	nothing := passing()
	nothing.Revisions = Revisions{From: []string{"b7e0d1c2f3a4"}, To: []string{"b7e0d1c2f3a4"}}
	nothing.Changes, nothing.Diagram, nothing.Steps = nil, catalog.Diagram{}, nil
	return map[string]Report{
		"rehearsal-pass": passing(), "rehearsal-warn": warned(), "rehearsal-block": blocked(), "rehearsal-failed": failing(), "promotion-half-way": halfWay(),
		"several-rehearsed": several(), "several-half-way": severalHalfWay(),
		"rehearsal-drifted":  drifted(),
		"rehearsal-recorded": measured(), "rehearsal-interrupted": interrupted(),
		"rehearsal-cancelled": cancelled(), "rehearsal-neutral": fork(), "rehearsal-nothing": nothing,
		"rehearsal-reshaped": reshaped(), "rehearsal-hostile": hostileReport(),
		"promotion-pass": promoted(), "cleanup-pass": swept(),
	}
}
