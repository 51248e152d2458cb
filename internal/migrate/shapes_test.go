package migrate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoDatabases = `[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
databases = users, orders

[users]
sqlalchemy.url = postgresql://nobody@localhost/users

[orders]
sqlalchemy.url = postgresql://nobody@localhost/orders
`

const twoRevisions = `"""both"""

import sqlalchemy as sa
from alembic import op

revision = "m1"
down_revision = None


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_users():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))


def downgrade_users():
    op.drop_table("users")


def upgrade_orders():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade_orders():
    op.drop_table("orders")
`

const twoModels = `import sqlalchemy as sa

users, orders = sa.MetaData(), sa.MetaData()
sa.Table("users", users, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("orders", orders, sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.String(20)))
`

// template copies one of Alembic's own script directories into a project.
func template(t *testing.T, dir, name string) {
	t.Helper()
	home := filepath.Dir(filepath.Dir(environment(t, newest)))
	found, err := filepath.Glob(filepath.Join(home, "lib", "python*", "site-packages", "alembic", "templates", name))
	if err != nil || len(found) != 1 {
		t.Fatalf("Alembic's template %s: %v, %v", name, found, err)
	}
	if err := os.CopyFS(filepath.Join(dir, "migrations"), os.DirFS(found[0])); err != nil {
		t.Fatal(err)
	}
}

// TestSeveralDatabases holds that of an env.py for several databases, each is a run of its own, chosen
// by its section; what a revision lacks is written for all of them.
func TestSeveralDatabases(t *testing.T) {
	t.Parallel()
	dir, db, models := t.TempDir(), database(t), database(t)
	template(t, dir, "multidb")
	write(t, dir+"/alembic.ini", twoDatabases)
	write(t, dir+"/models.py", twoModels)
	write(t, dir+"/migrations/versions/m1_both.py", twoRevisions)
	replace(t, dir, "migrations/env.py", "target_metadata = {}", "import models\n\ntarget_metadata = {\"users\": models.users, \"orders\": models.orders}")
	replace(t, dir, "migrations/env.py", "if config.config_file_name is not None:", "if False:")

	p := *find(t, dir, newest)
	p.Section = "orders"
	r := mustRun(t, &p, Run{Address: db, Upgrade: "heads", Drift: true, Models: &models, Stairway: true})
	if diff := cmp.Diff([]string{"m1"}, r.After); diff != "" || len(r.Stairs) != 2 || r.Models.Err != nil {
		t.Errorf("stairs %+v, models %+v, after (-want +got):\n%s", r.Stairs, r.Models, diff)
	}
	if got := ask(t, db, tables); got != "alembic_version orders" {
		t.Errorf("the database has %q", got)
	}
	if got := ask(t, models, tables); got != "orders" {
		t.Errorf("the models make %q", got)
	}
	if len(r.Drift.Operations) != 1 || !strings.Contains(r.Drift.Operations[0], "orders.note") {
		t.Errorf("drift %+v", r.Drift)
	}
	f := r.Drift.File
	if f == nil || !strings.Contains(f.Content, "def upgrade_users") || !strings.Contains(f.Content, "def upgrade_orders() -> None:\n    \"\"\"Upgrade orders schema.\"\"\"\n    # ###") {
		t.Errorf("file %+v; %v", f, r.Warnings)
	}
	if g, err := p.GraphStatic(t.Context()); err != nil || len(g.Revisions) != 1 {
		t.Errorf("static graph %+v, %v", g, err)
	}
}

// TestNoConfiguration holds that a project whose program gives Alembic its configuration in code is
// known by its script directory.
func TestNoConfiguration(t *testing.T) {
	t.Parallel()
	dir, db := t.TempDir(), database(t)
	template(t, dir+"/shop", "generic")
	write(t, dir+"/shop/models.py", twoModels)
	write(t, dir+"/shop/migrations/versions/f1_authors.py", strings.ReplaceAll(flaskRevision, "author", "users"))
	replace(t, dir, "shop/migrations/env.py", "target_metadata = None", "from shop import models\n\ntarget_metadata = models.users")
	replace(t, dir, "shop/migrations/env.py", `config.get_section(config.config_ini_section, {})`, `{"sqlalchemy.url": __import__("os").environ["DATABASE_URL"]}`)

	p := find(t, dir, newest)
	if p.Dir != dir || !strings.HasSuffix(p.Config, "shop/migrations/env.py") {
		t.Fatalf("found %s in %s", p.Config, p.Dir)
	}
	r := mustRun(t, p, Run{Address: db, Upgrade: "heads", Drift: true})
	if diff := cmp.Diff([]string{"f1"}, r.After); diff != "" || len(r.Drift.Operations) != 1 {
		t.Errorf("drift %+v, after (-want +got):\n%s", r.Drift.Operations, diff)
	}
	if g, err := p.GraphStatic(t.Context()); err != nil || len(g.Revisions) != 1 {
		t.Errorf("static graph %+v, %v", g, err)
	}
}
