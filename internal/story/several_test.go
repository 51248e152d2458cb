package story_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// tenantsEnv is an env.py as Alembic's cookbook has it for tenants that are schemas of one database
// ("Rudimental Schema-Level Multi Tenancy for PostgreSQL Databases"); without a tenant it upgrades the database.
const tenantsEnv = `import os

from alembic import context
from sqlalchemy import create_engine, pool, text

url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
tenant = context.get_x_argument(as_dictionary=True).get("tenant")
with create_engine(url, poolclass=pool.NullPool).connect() as connection:
    if tenant:
        connection.execute(text(f'SET search_path TO "{tenant}"'))
        connection.commit()
        connection.dialect.default_schema_name = tenant
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
`

// things is the first revision of every project of these tests.
var things = change{"111100001111", "", "CREATE TABLE thing (id int PRIMARY KEY)", "DROP TABLE thing"}

// remark is what their pull requests bring.
var remark = change{"222200002222", things.id, "ALTER TABLE thing ADD COLUMN remark text", "ALTER TABLE thing DROP COLUMN remark"}

// newSeveral is a house with several databases, and a small project without models.
func newSeveral(t *testing.T, databases ...string) *house {
	t.Helper()
	neon, err := sharedNeon()
	if err != nil {
		t.Fatal(err)
	}
	h := bareHouse(t)
	h.neon, h.project = neon, "several-"+strings.ToLower(rand.Text()[:10])
	spec := neonlocal.ProjectSpec{ID: h.project, Name: t.Name(), Branch: "main", Role: "shop_owner", Database: databases[0], MoreDatabases: databases[1:]}
	if _, err := neon.CreateProject(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	h.small("migrations")
	h.write("alembic.ini", "[alembic]\nscript_location = migrations\n")
	h.writeChange(things)
	return h
}

// small makes an environment of Alembic in the backend.
func (h *house) small(directory string) {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Join(h.code, sample.WorkingDirectory, directory, "versions"), 0o755); err != nil {
		h.t.Fatal(err)
	}
	h.write(directory+"/env.py", tenantsEnv)
}

// reviewed is a merged pull request with these files, rehearsed on all targets that over names.
func (h *house) reviewed(over func(*story.Task), files ...string) (story.Task, report.Report) {
	h.t.Helper()
	h.repository()
	number := h.openWithFiles("", files...)
	task := h.task(number)
	task.ModelDrift = story.Ignore
	over(&task)
	o, err := h.stage().Rehearse(h.t.Context(), task)
	if err != nil || o.Report.Verdict != report.Pass {
		h.t.Fatalf("rehearsing: %s, %v, %+v %+v", o.Report.Verdict, err, o.Report.Failure, o.Report.Parts)
	}
	sha, err := h.github.Merge(number, "squash")
	if err != nil {
		h.t.Fatal(err)
	}
	task = h.task(0)
	task.HeadSHA = sha
	over(&task)
	return task, o.Report
}

// promoteAll expects a promotion that comes to its end.
func (h *house) promoteAll(task story.Task) report.Report {
	h.t.Helper()
	o, err := h.stage().Promote(h.t.Context(), task)
	if err != nil || o.Report.Failure != nil {
		h.t.Fatalf("promoting: %v, %+v", err, o.Report.Failure)
	}
	return o.Report
}

// byHand brings production to the head without a plan.
func (h *house) byHand(over func(*story.Task)) report.Report {
	h.t.Helper()
	task := h.task(0)
	task.HeadSHA, task.Promotion.RestoreFor = "", 0
	over(&task)
	return h.promoteAll(task)
}

// on leads to one database of production.
func (h *house) on(database string) postgres.Address { return h.addressOf("main", database) }

// wheres is where each database of production is.
func (h *house) wheres(databases ...string) string {
	h.t.Helper()
	var all []string
	for _, name := range databases {
		var at string
		conn := postgrestest.Connect(h.t, h.on(name))
		if err := conn.QueryRow(h.t.Context(), "SELECT version_num FROM alembic_version").Scan(&at); err != nil {
			h.t.Fatal(err)
		}
		all = append(all, name+" "+at[:4])
	}
	return strings.Join(all, ", ")
}

func targetsOf(r report.Report) []string {
	var all []string
	for _, p := range r.Parts {
		all = append(all, p.Target)
	}
	return all
}

// TestSeveralDatabases takes three databases from nothing to the head by hand, and then through a pull request whose
// promotion fails in the second one: the report says what is where, and running it again goes on from there.
func TestSeveralDatabases(t *testing.T) {
	h := newSeveral(t, "shop", "logs", "audit")
	names := []string{"shop", "audit", "logs"}
	h.byHand(func(t *story.Task) { t.EveryDatabase = true })
	if at := h.wheres(names...); at != "shop 1111, audit 1111, logs 1111" {
		t.Fatalf("all of the branch: %s", at)
	}
	picky := change{"333300003333", remark.id, strings.Replace(onlyOnProduction, "IF EXISTS", "IF current_database() = 'audit' AND EXISTS", 1), "SELECT 1"}
	h.writeChange(remark)
	h.writeChange(picky)
	task, rehearsed := h.reviewed(func(t *story.Task) { t.Databases = names }, remark.path(), picky.path())
	if !slices.Equal(targetsOf(rehearsed), names) || rehearsed.AllChanges() != 3 || rehearsed.AllApplied() != 6 {
		t.Errorf("rehearsed %v, %d changes, %d revisions", targetsOf(rehearsed), rehearsed.AllChanges(), rehearsed.AllApplied())
	}
	holder := h.holdIn("audit", 4711)
	o, err := h.stage().Promote(t.Context(), task)
	stand := o.Report.Promotion.Stand
	if err == nil || o.Report.Reason != "failed-at-revision" || stand == nil || !strings.Contains(o.Report.Failure.What, "audit") {
		t.Fatalf("%v, reason %q, %+v, %+v", err, o.Report.Reason, o.Report.Promotion, o.Report.Failure)
	}
	if at := h.wheres(names...); at != "shop 3333, audit 2222, logs 1111" {
		t.Errorf("after the failure: %s", at)
	}
	want := []string{"shop: 222200002222", "shop: 333300003333", "audit: 222200002222"}
	if !slices.Equal(stand.Applied, want) || len(stand.Pending) != 3 || !strings.Contains(stand.What, "logs was not begun") {
		t.Errorf("%+v", stand)
	}
	h.sees("The second of three databases fails", o.Report)
	_ = holder.Close(t.Context())
	r := h.promoteAll(task) // to go on is to run it again
	if at := h.wheres(names...); at != "shop 3333, audit 3333, logs 3333" || r.AllApplied() != 3 {
		t.Errorf("in the end: %s, %d revisions", at, r.AllApplied())
	}
	if again := h.promoteAll(task); again.AllApplied() != 0 {
		t.Errorf("twice is once: %+v", again)
	}
}

// TestTenants promotes schemas of one database, each with its own version table, and refuses where one of them moved.
func TestTenants(t *testing.T) {
	h := newSeveral(t, "shop")
	over := func(t *story.Task) {
		t.Targets = []story.Target{{X: []string{"tenant=acme"}}, {X: []string{"tenant=globex"}}}
	}
	postgrestest.Exec(t, h.on("shop"), "CREATE SCHEMA acme; CREATE SCHEMA globex")
	h.byHand(over)
	h.writeChange(change{remark.id, remark.down, "ALTER TABLE thing ADD COLUMN IF NOT EXISTS remark text", remark.back})
	task, rehearsed := h.reviewed(over, remark.path())
	if got := targetsOf(rehearsed); !slices.Equal(got, []string{"tenant=acme", "tenant=globex"}) {
		t.Errorf("targets %q", got)
	}
	for i, tenant := range []string{"acme", "globex"} {
		if got := fmt.Sprint(rehearsed.Parts[i].Changes); !strings.Contains(got, tenant) || len(rehearsed.Parts[i].Changes) != 1 {
			t.Errorf("%s: %s", tenant, got)
		}
	}
	postgrestest.Exec(t, h.on("shop"), "ALTER TABLE globex.thing ADD COLUMN remark text")
	o, _ := h.stage().Promote(t.Context(), task)
	if o.Report.Reason != "production-schema-changed" || !strings.Contains(fmt.Sprint(o.Report.Promotion.Gone), "tenant=globex: ") {
		t.Errorf("reason %q, %+v", o.Report.Reason, o.Report.Promotion)
	}
	postgrestest.Exec(t, h.on("shop"), "ALTER TABLE globex.thing DROP COLUMN remark")
	r := h.promoteAll(task)
	at := h.text("main", "SELECT (SELECT version_num FROM acme.alembic_version) || ' ' || (SELECT version_num FROM globex.alembic_version)")
	if at != remark.id+" "+remark.id || len(r.Parts) != 2 {
		t.Errorf("production is at %s, %+v", at, r.Parts)
	}
}

// TestConfigurations promotes two sections of one alembic.ini, each with revisions and a database of its own, of which a
// pull request touches one.
func TestConfigurations(t *testing.T) {
	h := newSeveral(t, "shop", "billing")
	h.small("billing")
	h.write("alembic.ini", "[alembic]\nscript_location = migrations\n\n[billing]\nscript_location = billing\n")
	first := things
	first.id = "b111b111b111"
	h.writeIn("billing", first)
	over := func(t *story.Task) {
		t.Targets = []story.Target{{Database: "shop"}, {Section: "billing", Database: "billing"}}
	}
	h.byHand(over)
	if at := h.wheres("shop", "billing"); at != "shop 1111, billing b111" {
		t.Fatal(at)
	}
	second := change{"b222b222b222", first.id, remark.up, remark.back}
	task, rehearsed := h.reviewed(over, h.writeIn("billing", second))
	if got := targetsOf(rehearsed); !slices.Equal(got, []string{"shop", "billing on billing"}) || rehearsed.AllApplied() != 1 {
		t.Errorf("targets %q, %d revisions", got, rehearsed.AllApplied())
	}
	r := h.promoteAll(task)
	if at := h.wheres("shop", "billing"); at != "shop 1111, billing b222" || r.AllApplied() != 1 {
		t.Errorf("%s, %d revisions", at, r.AllApplied())
	}
}

// writeIn writes a change into another directory of revisions.
func (h *house) writeIn(directory string, c change) string {
	h.t.Helper()
	h.writeChange(c)
	path := strings.Replace(c.path(), "migrations", directory, 1)
	root := filepath.Join(h.code, sample.WorkingDirectory)
	if err := os.Rename(filepath.Join(root, c.path()), filepath.Join(root, path)); err != nil {
		h.t.Fatal(err)
	}
	return path
}
