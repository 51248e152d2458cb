package migrate

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// matrix is what the whole story is told on: the extremes of versions, every driver.
var matrix = []struct {
	env, project, scheme string
	wantScheme           string
}{
	{env: "alembic1.8-sa1.4-psycopg2", project: "tiny-sync", wantScheme: "postgresql"},
	{env: "alembic1.8-sa1.4-psycopg2", project: "tiny-async", wantScheme: "postgresql+asyncpg"},
	{env: "alembic1.13-sa2.0-psycopg", project: "tiny-sync", wantScheme: "postgresql+psycopg"},
	{env: "alembic1.13-sa2.0-psycopg", project: "tiny-async", wantScheme: "postgresql+psycopg"},
	{env: "alembic1.16-sa2.0-pyproject", project: "tiny-pyproject", wantScheme: "postgresql"},
	{env: "alembic1.16-sa2.0-pyproject", project: "tiny-sync", scheme: "postgresql+pg8000", wantScheme: "postgresql+pg8000"},
	{env: "alembic1.19-checks", project: "tiny-async", wantScheme: "postgresql+asyncpg"},
	{env: "newest-asyncpg", project: "tiny-async", wantScheme: "postgresql+asyncpg"},
	{env: "newest-sqlmodel", project: "tiny-sync", wantScheme: "postgresql"},
	{env: "newest-sqlmodel", project: "tiny-sqlmodel", wantScheme: "postgresql"},
}

// uniqueRevision fails where two authors have the same name.
const uniqueRevision = `"""one name once"""

from alembic import op

revision = "c3"
down_revision = "b2"
branch_labels = None
depends_on = None


def upgrade():
    op.create_unique_constraint("author_name_key", "author", ["name"])


def downgrade():
    op.drop_constraint("author_name_key", "author")
`

// hostile is row data that tries to get out of an error: by line ends, as a workflow
// command, and as what ends a detail.
const hostile = "eve@example.com\nHINT:  leak-hint\n::warning::leak-command\n[SQL: leak'sql] \n(Background on this error at: leak"

func TestMatrix(t *testing.T) {
	for _, m := range matrix {
		t.Run(m.env+"/"+m.project+strings.TrimPrefix(m.scheme, "postgresql"), func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, m.project, nil)
			s := stage{t: t, p: find(t, dir, m.env), db: database(t), dir: dir, env: Env{Scheme: m.scheme}}
			s.upgradesClean(m.wantScheme)
			s.failsWithoutRowData()
			s.findsDriftAndGoesBack()
			s.goesAside()
		})
	}
}

// stage is a project and its database on which the acts of the story follow each other.
type stage struct {
	t   *testing.T
	p   *Project
	db  postgres.Address
	dir string
	env Env
}

func (s stage) upgradesClean(wantScheme string) {
	s.t.Helper()
	r := mustRun(s.t, s.p, Run{Address: s.db, Upgrade: "heads", Drift: true, Env: s.env})
	if diff := cmp.Diff([]string{"b2"}, r.After); diff != "" || len(r.Before) != 0 || len(r.Applied) != 2 {
		s.t.Errorf("before %q, applied %+v, after (-want +got):\n%s", r.Before, r.Applied, diff)
	}
	if r.Applied[0].Statements != 1 || r.Applied[1].Statements != 2 {
		s.t.Errorf("statements: %+v", r.Applied)
	}
	if r.Drift.Unjudged != nil || len(r.Drift.Operations) != 0 {
		s.t.Errorf("a clean project drifts: %+v", r.Drift)
	}
	if r.Scheme != wantScheme {
		s.t.Errorf("scheme = %q, want %q", r.Scheme, wantScheme)
	}
}

func (s stage) failsWithoutRowData() {
	s.t.Helper()
	name := strings.ReplaceAll(hostile, "'", "''")
	postgrestest.Exec(s.t, s.db, "INSERT INTO author (name) VALUES (left('"+name+"', 80)), (left('"+name+"', 80))")
	write(s.t, s.dir+"/migrations/versions/c3_unique.py", uniqueRevision)
	r, out, err := runIt(s.t, s.p, Run{Address: s.db, Upgrade: "heads", Drift: true, Env: s.env})
	var e *Error
	if !errors.As(err, &e) {
		s.t.Fatalf("error = %v", err)
	}
	if e.Code != "not-unique" || e.SQLState != "23505" || e.Revision != "c3" || e.Constraint != "author_name_key" || e.Phase != "upgrade" {
		s.t.Errorf("error = %#v", *e)
	}
	if !strings.Contains(e.Statement, "ADD CONSTRAINT author_name_key") || !strings.HasPrefix(e.Where, "migrations/versions/c3_unique.py:") {
		s.t.Errorf("statement %q at %q", e.Statement, e.Where)
	}
	shown := out + e.Error() + e.Why + e.Do + e.Message + e.Hint + e.Statement + strings.Join(e.Output, "\n")
	for _, leak := range []string{"eve@", "leak"} {
		if strings.Contains(shown, leak) {
			s.t.Errorf("row data %q gets out:\n%s", leak, shown)
		}
	}
	if diff := cmp.Diff([]string{"b2"}, r.After); diff != "" || len(r.Applied) != 1 || r.Applied[0].Done {
		s.t.Errorf("applied %+v, after (-want +got):\n%s", r.Applied, diff)
	}
	write(s.t, s.dir+"/migrations/versions/c3_unique.py", "")
	postgrestest.Exec(s.t, s.db, "DELETE FROM author")
}

func (s stage) findsDriftAndGoesBack() {
	s.t.Helper()
	postgrestest.Exec(s.t, s.db, "ALTER TABLE book DROP COLUMN title; DROP INDEX ix_book_author_id")
	r := mustRun(s.t, s.p, Run{Address: s.db, Drift: true, Downgrade: "a1", Env: s.env})
	want := []string{"add index ix_book_author_id on book"}
	if len(r.Drift.Operations) != 2 || !strings.HasPrefix(r.Drift.Operations[0], "add column book.title ") || r.Drift.Operations[1] != want[0] {
		s.t.Errorf("operations = %q", r.Drift.Operations)
	}
	for _, code := range []string{"op.add_column('book', sa.Column('title', ", "op.create_index("} {
		if !strings.Contains(r.Drift.Body, code) {
			s.t.Errorf("body lacks %s:\n%s", code, r.Drift.Body)
		}
	}
	if !strings.Contains(r.Drift.Down, "op.drop_column('book', 'title')") || strings.Contains(r.Drift.Body, "###") {
		s.t.Errorf("body:\n%s\ndown:\n%s", r.Drift.Body, r.Drift.Down)
	}
	if diff := cmp.Diff([]string{"a1"}, r.AfterDowngrade); diff != "" || len(r.Reverted) != 1 {
		s.t.Errorf("reverted %+v, after (-want +got):\n%s", r.Reverted, diff)
	}
	if got := ask(s.t, s.db, "SELECT coalesce(to_regclass('book')::text, 'gone')"); got != "gone" {
		s.t.Errorf("table book is %s after the downgrade", got)
	}
}
