package migrate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const flaskRow = "flask-migrate"

const flaskApp = `import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Author(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    nickname = db.Column(db.String(20))


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db)
    return app
`

const flaskRevision = `"""authors"""

import sqlalchemy as sa
from alembic import op

revision = "f1"
down_revision = None


def upgrade():
    op.create_table("author", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(80), nullable=False))


def downgrade():
    op.drop_table("author")
`

// flaskProject is as "flask db init" leaves it, with Flask-Migrate's own files and one revision.
func flaskProject(t *testing.T, module string) string {
	t.Helper()
	dir := t.TempDir()
	home := filepath.Dir(filepath.Dir(environment(t, flaskRow)))
	found, err := filepath.Glob(filepath.Join(home, "lib", "python*", "site-packages", "flask_migrate", "templates", "flask"))
	if err != nil || len(found) != 1 {
		t.Fatalf("Flask-Migrate's template: %v, %v", found, err)
	}
	if err := os.CopyFS(filepath.Join(dir, "migrations"), os.DirFS(found[0])); err != nil {
		t.Fatal(err)
	}
	mustMove(t, dir, "migrations/alembic.ini.mako", "migrations/alembic.ini")
	write(t, dir+"/migrations/versions/f1_authors.py", flaskRevision)
	write(t, dir+"/"+module, flaskApp)
	return dir
}

// TestFlask holds that Flask-Migrate's projects need nothing: neither script_location nor a
// context of the application, which is found as the command flask finds it.
func TestFlask(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		module string
		pass   map[string]string
	}{
		"app.py":    {"app.py", nil},
		"FLASK_APP": {"shop.py", map[string]string{"FLASK_APP": "shop:create_app"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, models, db := flaskProject(t, tt.module), database(t), database(t)
			p := find(t, dir, flaskRow)
			r := mustRun(t, p, Run{Address: db, Upgrade: "heads", Drift: true, Models: &models, Stairway: true, Env: Env{Pass: tt.pass}})
			if diff := cmp.Diff([]string{"f1"}, r.After); diff != "" || len(r.Stairs) != 2 || r.Models.Err != nil {
				t.Errorf("stairs %+v, models %+v, after (-want +got):\n%s", r.Stairs, r.Models, diff)
			}
			if r.Drift.Unjudged != nil || len(r.Drift.Operations) != 1 || !strings.HasPrefix(r.Drift.Operations[0], "add column author.nickname") {
				t.Errorf("drift %+v", r.Drift)
			}
			if got := ask(t, models, tables); got != "author" {
				t.Errorf("the empty database has %q", got)
			}
			if f := r.Drift.File; f == nil || !strings.HasPrefix(f.Path, "migrations/versions/") {
				t.Errorf("file %+v", f)
			}
			g, err := p.GraphStatic(t.Context())
			if err != nil || len(g.Revisions) != 1 || g.Revisions[0].Path != "migrations/versions/f1_authors.py" {
				t.Errorf("static graph %+v, %v", g, err)
			}
		})
	}
}

// TestFlaskWithoutApplication holds that an application that is not found is asked for by name.
func TestFlaskWithoutApplication(t *testing.T) {
	t.Parallel()
	_, _, err := runIt(t, find(t, flaskProject(t, "shop.py"), flaskRow), Run{Address: database(t), Upgrade: "heads"})
	var e *Error
	if !errors.As(err, &e) || e.Code != "flask-app" || !strings.Contains(e.Do, "FLASK_APP") {
		t.Errorf("error %v", err)
	}
}
