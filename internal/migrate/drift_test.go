package migrate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// driftOf upgrades and compares a project after a change to one file.
func driftOf(t *testing.T, env, project, sql string, swap ...string) (*Drift, Result) {
	t.Helper()
	dir := copyProject(t, project, nil)
	for i := 0; i+2 < len(swap)+1; i += 3 {
		replace(t, dir, swap[i], swap[i+1], swap[i+2])
	}
	db := database(t)
	postgrestest.Exec(t, db, atB2+sql)
	r := mustRun(t, find(t, dir, env), Run{Address: db, Drift: true})
	if r.Drift == nil || r.Drift.Unjudged != nil {
		t.Fatalf("drift = %+v", r.Drift)
	}
	return r.Drift, r
}

func TestDriftOfSQLModelCanBePasted(t *testing.T) {
	t.Parallel()
	d, _ := driftOf(t, newest, "tiny-sqlmodel", "", "models.py", "    name: str", "    nickname: str | None = None\n    name: str")
	want := &Drift{
		Operations: []string{"add column author.nickname AutoString()"},
		Body:       "op.add_column('author', sa.Column('nickname', sqlmodel.sql.sqltypes.AutoString(), nullable=True))\n",
		Down:       "op.drop_column('author', 'nickname')\n",
		Imports:    []string{"from alembic import op", "import sqlalchemy as sa", "import sqlmodel.sql.sqltypes"},
		Tables:     []string{"author"},
	}
	if diff := cmp.Diff(want, d, cmpopts.IgnoreFields(Drift{}, "File", "Rejected")); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
}

func TestDriftOfEveryKind(t *testing.T) {
	t.Parallel()
	sql := "CREATE TABLE extra (id int); ALTER TABLE author ADD gone int; ALTER TABLE book ALTER title DROP NOT NULL, ALTER title TYPE varchar(20), DROP CONSTRAINT book_author_id_fkey; CREATE INDEX old ON book (title); COMMENT ON TABLE book IS 'x'"
	d, _ := driftOf(t, newest, "tiny-sync", sql, "models.py", "class Book", "class Pen(Base):\n    __tablename__ = \"pen\"\n    id = Column(Integer, primary_key=True)\n\n\nclass Book",
		"models.py", "    name =", "    tags = Column(__import__(\"sqlalchemy.dialects.postgresql\").dialects.postgresql.JSONB)\n    name =")
	want := []string{
		"add table pen", "remove table extra", "add column author.tags JSONB(astext_type=Text())", "remove column author.gone",
		"alter column book.title: type VARCHAR(length=20) to String(length=200), not nullable", "remove index old on book",
		"add foreign key (unnamed) on book to author", "remove the comment of table book",
	}
	got := map[string]bool{}
	for _, op := range d.Operations {
		got[op] = true
	}
	for _, op := range want {
		if !got[op] {
			t.Errorf("no operation %q in:\n%s", op, strings.Join(d.Operations, "\n"))
		}
	}
	if len(d.Operations) != len(want) {
		t.Errorf("%d operations, want %d", len(d.Operations), len(want))
	}
	if diff := cmp.Diff([]string{"author", "book", "extra", "pen"}, d.Tables); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if !strings.Contains(strings.Join(d.Imports, "\n"), "from sqlalchemy.dialects import postgresql") {
		t.Errorf("imports = %q", d.Imports)
	}
}

func TestDriftLeavesOutWhatIsNotMeant(t *testing.T) {
	unnamed := "    __table_args__ = (__import__(\"sqlalchemy\").CheckConstraint(\"length(name) > 0\"),)\n"
	tests := []struct {
		name, env, sql string
		swap           []string
		warning        string
	}{
		{name: "Neon's sample", env: newest, sql: "CREATE TABLE playing_with_neon (id int)", warning: "playing_with_neon"},
		{
			name: "unnamed check", env: "alembic1.19-checks", sql: "ALTER TABLE author ADD CHECK (length(name) > 0)",
			swap: []string{"models.py", "    name =", unnamed + "    name ="}, warning: "check constraints without a name",
		},
		{
			name: "unnamed check, newest", env: newest, sql: "ALTER TABLE author ADD CHECK (length(name) > 0)",
			swap: []string{"models.py", "    name =", unnamed + "    name ="},
		},
		{
			name: "filter of env.py", env: newest, sql: "CREATE TABLE legacy (id int)",
			swap: []string{envFile, "compare_type=True", "include_object=lambda o, name, *a: name != \"legacy\""},
		},
		{
			name: "last hook of env.py", env: newest, sql: "CREATE TABLE legacy (id int)",
			swap: []string{envFile, "compare_type=True", "process_revision_directives=lambda c, r, d: d.clear() if context.config.cmd_opts.autogenerate else None"},
		},
		{name: "crashing hook", env: newest, swap: []string{envFile, "compare_type=True", "process_revision_directives=lambda c, r, d: d[7]"}, warning: "process_revision_directives of env.py failed (IndexError)"},
		{name: "types before 1.12", env: "alembic1.8-sa1.4-psycopg2", swap: []string{envFile, "compare_type=True", "compare_type=False"}, warning: "compares no column types"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			project := "tiny-sync"
			if test.env == "alembic1.19-checks" {
				project = "tiny-async"
			}
			d, r := driftOf(t, test.env, project, test.sql, test.swap...)
			if len(d.Operations) != 0 || d.Body != "" {
				t.Errorf("operations = %q", d.Operations)
			}
			if got := strings.Join(r.Warnings, "\n"); !strings.Contains(got, test.warning) || (test.warning == "") != (got == "") {
				t.Errorf("warnings = %q, want %q", got, test.warning)
			}
		})
	}
}

func TestRunTriesTheRemedy(t *testing.T) {
	t.Run("path", func(t *testing.T) {
		t.Parallel()
		dir := copyProject(t, "tiny-sync", map[string]string{"alembic.ini": someIni, "alembic/__init__.py": "raise SystemExit('the library is hidden')\n"})
		r := mustRun(t, find(t, dir, newest), Run{Address: database(t), Upgrade: "heads"})
		if len(r.Applied) != 2 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "prepend_sys_path = .") {
			t.Errorf("applied %+v, warnings %q", r.Applied, r.Warnings)
		}
	})
	t.Run("scheme", func(t *testing.T) {
		t.Parallel()
		dir := copyProject(t, "tiny-async", nil)
		// Nothing in env.py itself tells that it is async.
		replace(t, dir, envFile, "asyncio.run(run_async_migrations())", "")
		replace(t, dir, envFile, "async def run_async_migrations", "async def connect")
		mustMove(t, dir, envFile, "app_db.py")
		write(t, dir+"/"+envFile, "from asyncio import run\n\nfrom app_db import connect\n\nrun(connect())\n")
		r := mustRun(t, find(t, dir, "alembic1.8-sa1.4-psycopg2"), Run{Address: database(t), Upgrade: "a1"})
		if len(r.Applied) != 1 || r.Scheme != "postgresql+asyncpg" || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "postgresql+asyncpg://") {
			t.Errorf("applied %+v, scheme %q, warnings %q", r.Applied, r.Scheme, r.Warnings)
		}
	})
}

func TestDriftForSeveralSchemas(t *testing.T) {
	t.Parallel()
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, envFile, "\n\nrun_migrations_online()", "\n\nfor schema in (\"one\", \"two\"):\n    run_migrations_online()")
	replace(t, dir, envFile, "        context.configure(", "        connection.exec_driver_sql(f\"SET search_path = {schema}\")\n        connection.commit()\n        connection.dialect.default_schema_name = schema\n        context.configure(version_table_schema=schema, version_table=\"applied\", ")
	db := database(t)
	postgrestest.Exec(t, db, "CREATE SCHEMA one; CREATE SCHEMA two")
	r := mustRun(t, find(t, dir, newest), Run{Address: db, Upgrade: "heads", Drift: true, Downgrade: ToBefore})
	if len(r.Applied) != 2 || r.Applied[1].Statements != 4 || len(r.Reverted) != 2 || len(r.AfterDowngrade) != 0 {
		t.Errorf("applied %+v, reverted %+v, after %q", r.Applied, r.Reverted, r.AfterDowngrade)
	}
	if r.Drift.Unjudged != nil || len(r.Drift.Operations) != 0 {
		t.Errorf("drift = %+v", r.Drift)
	}
	if diff := cmp.Diff([]VersionTable{{"one", "applied"}, {"two", "applied"}}, r.VersionTables); diff != "" {
		t.Errorf("version tables (-want +got):\n%s", diff)
	}
}

// TestSeveralMetadatas holds that each of several metadatas is compared and created, with the schemas
// that its tables stand in.
func TestSeveralMetadatas(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"[Base.metadata, ledger]", "(Base.metadata, ledger)"} {
		dir := copyProject(t, "tiny-sync", nil)
		replace(t, dir, envFile, "target_metadata = Base.metadata", "from sqlalchemy import Column, Integer, MetaData, Table\n\nledger = MetaData(schema=\"books\")\n"+
			"Table(\"entry\", ledger, Column(\"id\", Integer, primary_key=True))\ntarget_metadata = "+list)
		replace(t, dir, envFile, "compare_type=True", "compare_type=True, include_schemas=True")
		db, models := database(t), database(t)
		postgrestest.Exec(t, db, "CREATE SCHEMA books")
		r := mustRun(t, find(t, dir, newest), Run{Address: db, Upgrade: "heads", Drift: true, Models: &models})
		if diff := cmp.Diff([]string{"add table books.entry"}, r.Drift.Operations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list, diff)
		}
		const created = "SELECT string_agg(table_schema || '.' || table_name, ' ' ORDER BY table_schema, table_name) FROM information_schema.tables WHERE table_schema IN ('public', 'books')"
		if got := ask(t, models, created); got != "books.entry public.author public.book" {
			t.Errorf("%s: the models created %q", list, got)
		}
	}
}
