package migrate

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

const tables = "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

// goesAside creates the models and replays the history in databases of their own, and goes down
// and up again; between these the caller sees what was done, committed.
func (s stage) goesAside() {
	s.t.Helper()
	models, history := database(s.t), database(s.t)
	var seen []string
	look := func(_ context.Context, p Pause) error {
		at := map[string]string{"models": "models: " + ask(s.t, models, tables), "history": "history: " + ask(s.t, history, tables)}[p.Kind] //nolint:contextcheck // a clean-up of the test closes that connection
		if at == "" {
			at = strings.TrimSpace(p.Kind+" "+p.Direction+" "+p.Revision) + ": " + ask(s.t, s.db, tables) //nolint:contextcheck // a clean-up of the test closes that connection
		}
		if p.Err != nil {
			at += ": " + p.Err.Error()
		}
		seen = append(seen, at)
		return nil
	}
	r := mustRun(s.t, s.p, Run{
		Address: s.db, Upgrade: "heads", Drift: true, Env: s.env,
		Models: &models, History: &history, Stairway: true, Pause: look,
	})
	want := []string{
		"migrated: alembic_version author book", "upgraded: alembic_version author book", "models: author book", "history: alembic_version author",
		"stair downgrade b2: alembic_version author", "stair upgrade b2: alembic_version author book",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		s.t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if r.Models == nil || r.History == nil || len(r.Stairs) != 2 || r.History.Heads[0] != "a1" || r.Before[0] != "a1" || r.After[0] != "b2" {
		s.t.Errorf("models %+v, history %+v, stairs %+v, %v to %v", r.Models, r.History, r.Stairs, r.Before, r.After)
	}
}

const refuses = `"""one way"""

from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.execute("CREATE TABLE one_way ()")


def downgrade():
    raise NotImplementedError("no way back")
`

// TestStairwayStops holds that a downgrade that refuses is a note, that one that fails is told,
// and that the database ends at the head in both cases.
func TestStairwayStops(t *testing.T) {
	t.Parallel()
	upgradeOnly, _, _ := strings.Cut(refuses, "def downgrade")
	for name, tt := range map[string]struct {
		body         string
		irreversible bool
		code         string
	}{
		"refuses":      {refuses, true, CodeIrreversible},
		"fails":        {strings.ReplaceAll(refuses, `raise NotImplementedError("no way back")`, `op.execute("DROP TABLE nobody")`), false, ""},
		"is not there": {upgradeOnly, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, "tiny-sync", map[string]string{"migrations/versions/c3.py": tt.body})
			db := database(t)
			postgrestest.Exec(t, db, atB2)
			r := mustRun(t, find(t, dir, newest), Run{Address: db, Upgrade: "heads", Stairway: true})
			if len(r.Stairs) != 1 || r.Stairs[0].Err == nil || r.Stairs[0].Irreversible != tt.irreversible || r.Stairs[0].Revision != "c3" {
				t.Fatalf("stairs %+v", r.Stairs)
			}
			if tt.code != "" && r.Stairs[0].Err.Code != tt.code {
				t.Errorf("code %q: %v", r.Stairs[0].Err.Code, r.Stairs[0].Err)
			}
			if got := ask(t, db, "SELECT version_num FROM alembic_version"); got != "c3" {
				t.Errorf("the database is at %s", got)
			}
		})
	}
}

// TestAsideFailsAlone holds that what cannot be done in an empty database is told, and stops nothing.
func TestAsideFailsAlone(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, "models.py", "    name =", "    odd = Column(__import__(\"sqlalchemy.dialects.postgresql\").dialects.postgresql.CITEXT)\n    name =")
	db, models, history := database(t), database(t), database(t)
	postgrestest.Exec(t, db, atB2)
	postgrestest.Exec(t, history, "CREATE TABLE book ()")
	r := mustRun(t, find(t, dir, newest), Run{Address: db, Drift: true, Models: &models, History: &history})
	if r.Models == nil || r.Models.Err == nil || r.Models.Err.SQLState != "42704" || r.Models.Err.What != "creating the models in an empty database" {
		t.Errorf("models %+v", r.Models)
	}
	if r.History == nil || r.History.Err == nil || r.History.Err.SQLState != "42P07" || r.History.Err.Revision != "b2" {
		t.Errorf("history %+v", r.History)
	}
	if r.Drift == nil || len(r.Drift.Operations) != 1 {
		t.Errorf("drift %+v", r.Drift)
	}
}

// TestPauseCanEnd holds that the caller's error at a pause is the run's, and that the project's
// process is gone by then.
func TestPauseCanEnd(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", nil)
	db, models := database(t), database(t)
	enough := errors.New("enough")
	_, _, err := runIt(t, find(t, dir, newest), Run{
		Address: db, Upgrade: "heads", Models: &models,
		Pause: func(context.Context, Pause) error { return enough },
	})
	if !errors.Is(err, enough) {
		t.Errorf("error %v", err)
	}
	if got := ask(t, models, tables); got != "" {
		t.Errorf("the run went on: %s", got)
	}
}

// TestPoolsAreLedAside holds that a pool of the project's own, which still has a connection to
// the branch, does not bring the models there.
func TestPoolsAreLedAside(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, "migrations/env.py", "engine = create_engine", "import pooled\n    engine = pooled.engine() or create_engine")
	write(t, dir+"/pooled.py", `from sqlalchemy import create_engine

KEPT = []


def engine():
    if not KEPT:
        import os
        KEPT.append(create_engine(os.environ["DATABASE_URL"], pool_size=2))
    return KEPT[0]
`)
	db, models := database(t), database(t)
	r := mustRun(t, find(t, dir, newest), Run{Address: db, Upgrade: "heads", Models: &models, Stairway: true})
	if r.Models.Err != nil {
		t.Fatal(r.Models.Err)
	}
	if got := ask(t, models, tables); got != "author book" {
		t.Errorf("the empty database has %q", got)
	}
	if got := ask(t, db, tables); got != "alembic_version author book" || len(r.Stairs) != 4 {
		t.Errorf("the branch has %q after %d stairs", got, len(r.Stairs))
	}
}

// TestRevisionFile holds that the file can be saved as it is: by the project's names and template,
// and the same each time.
func TestRevisionFile(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sqlmodel", nil)
	replace(t, dir, "models.py", "    name: str", "    nickname: str | None = None\n    name: str")
	replace(t, dir, "alembic.ini", "[alembic]\n", "[alembic]\nfile_template = r_%%(rev)s_%%(slug)s\n")
	db := database(t)
	postgrestest.Exec(t, db, atB2)
	p := find(t, dir, newest)
	first := mustRun(t, p, Run{Address: db, Drift: true}).Drift.File
	if first == nil || !strings.HasPrefix(first.Path, "migrations/versions/r_") || !strings.HasSuffix(first.Path, "_what_the_models_say.py") {
		t.Fatalf("file %+v", first)
	}
	if again := mustRun(t, p, Run{Address: db, Drift: true}).Drift.File; *again != *first {
		t.Error("another file the second time")
	}
	write(t, dir+"/"+first.Path, first.Content)
	if r := mustRun(t, p, Run{Address: db, Upgrade: "heads", Drift: true}); len(r.Drift.Operations) != 0 || len(r.Applied) != 1 || r.Applied[0].Revision != r.After[0] {
		t.Errorf("saved, and still %q; applied %+v", r.Drift.Operations, r.Applied)
	}
}

// TestRejected holds that what env.py's filters leave out is taken down.
func TestRejected(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, "migrations/env.py", "target_metadata=", `include_object=lambda o, name, kind, reflected, to: name != "legacy", include_name=lambda name, kind, parents: name != "tmp", target_metadata=`)
	db := database(t)
	postgrestest.Exec(t, db, atB2+"CREATE TABLE legacy (id int); CREATE TABLE tmp (id int); ALTER TABLE book ADD legacy int")
	got := mustRun(t, find(t, dir, newest), Run{Address: db, Drift: true}).Drift
	want := []Rejected{
		{"table", "public", "tmp", "tmp"}, {"table", "public", "legacy", "legacy"}, {"column", "public", "book", "legacy"},
	}
	if diff := cmp.Diff(want, got.Rejected); diff != "" || len(got.Operations) > 0 {
		t.Errorf("operations %q, rejected (-want +got):\n%s", got.Operations, diff)
	}
}

const reflects = `"""reflects"""

from alembic import op
from models import Base

revision = "c3"
down_revision = "b2"


def upgrade():
    op.execute("CREATE TABLE old (id int)")
    Base.metadata.reflect(op.get_bind(), extend_existing=True)
    op.execute("DROP TABLE old")


def downgrade():
    pass
`

// TestRevisionThatChangesTheModels holds that tables which a revision reflects into the models'
// metadata are nobody's drift.
func TestRevisionThatChangesTheModels(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", map[string]string{"migrations/versions/c3.py": reflects})
	db, models := database(t), database(t)
	postgrestest.Exec(t, db, atB2)
	var kinds []string
	r := mustRun(t, find(t, dir, newest), Run{
		Address: db, Upgrade: "heads", Drift: true, Models: &models, Stairway: true,
		Pause: func(_ context.Context, p Pause) error {
			kinds = append(kinds, p.Kind)
			return nil
		},
	})
	if r.Drift == nil || r.Drift.Unjudged != nil || len(r.Drift.Operations) > 0 {
		t.Errorf("drift %+v", r.Drift)
	}
	if got := ask(t, models, tables); got != "author book" || r.Models == nil {
		t.Errorf("the models created %q: %+v", got, r.Models)
	}
	if diff := cmp.Diff([]string{"migrated", "upgraded", "models", "stair", "stair"}, kinds); diff != "" || r.Applied[0].Revision != "c3" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}
