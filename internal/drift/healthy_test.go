package drift_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/drift"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// TestHealthy upgrades sample projects by their own revisions, and holds that neither their models nor their history differ
// from the database.
func TestHealthy(t *testing.T) {
	python := sampletest.Python(t)
	residue := map[string][]string{ // what the shop's revisions make beyond its models
		"shop/backend": {"trigger public.orders.orders_set_updated_at", "view public.product_ratings", "function public.set_updated_at()"},
	}
	for _, project := range []string{"shop/backend", "async-shop/backend", "tiny-sync"} {
		t.Run(project, func(t *testing.T) {
			dir := filepath.Join(sampletest.Root(t), "testdata", "projects", filepath.FromSlash(project))
			p, err := migrate.Find(t.Context(), migrate.Locate{Dir: dir, Python: python, Getenv: os.Getenv})
			if err != nil {
				t.Fatal(err)
			}
			at, models, history := postgrestest.Database(t), postgrestest.Database(t), postgrestest.Database(t)
			filter := rejecting(work(t, p, migrate.Run{Address: at, Upgrade: "heads", Drift: true, Models: &models}))
			if project == "tiny-sync" { // one more process of Python is enough
				work(t, p, migrate.Run{Address: at, Upgrade: "heads", History: &history})
			} else {
				history = at
			}
			upgraded := read(t, at)
			for i, d := range drift.Models(read(t, models), upgraded, filter) {
				if d.Tier != drift.OnlyDatabase || i >= len(residue[project]) || d.Object.String() != residue[project][i] {
					t.Errorf("models:\n%s", lines([]drift.Difference{d}))
				}
			}
			if differences := drift.Production(read(t, history), upgraded, filter); len(differences) > 0 {
				t.Errorf("production:\n%s", lines(differences))
			}
			heldToHaveCompared(t, models, history)
		})
	}
}

func work(t *testing.T, p *migrate.Project, r migrate.Run) migrate.Result {
	t.Helper()
	var output bytes.Buffer
	r.Output, r.Env = &output, migrate.Env{Scheme: "postgresql+psycopg"}
	result, err := p.Run(t.Context(), r)
	if err != nil {
		t.Fatalf("%v\n%s", err, output.String())
	}
	for _, s := range []*migrate.Scratch{result.Models, result.History} {
		if s != nil && s.Err != nil {
			t.Fatalf("%v\n%s", s.Err, output.String())
		}
	}
	return result
}

// rejecting is what the project's env.py leaves out.
func rejecting(r migrate.Result) drift.Filter {
	left := map[migrate.Rejected]bool{}
	if r.Drift != nil {
		for _, rejected := range r.Drift.Rejected {
			left[rejected] = true
		}
	}
	return drift.Filter{Rejected: func(kind, schema, table, name string) bool {
		return left[migrate.Rejected{Kind: kind, Schema: schema, Table: table, Name: name}]
	}}
}

// heldToHaveCompared fails if a database is empty, for then nothing was held.
func heldToHaveCompared(t *testing.T, addresses ...postgres.Address) {
	t.Helper()
	for _, a := range addresses {
		if n := len(read(t, a).Objects); n < 10 {
			t.Errorf("there are %d objects in a database to compare with", n)
		}
	}
}
