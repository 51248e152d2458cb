package migrate

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// reproduction makes a failure with the real Alembic and the real server.
type reproduction struct {
	name    string
	env     string            // environment; "" = newest
	project string            // "" = tiny-sync
	files   map[string]string // written over the project
	upgrade string            // body of upgrade() of a third revision
	sql     string            // run on the database after revision b2
	swap    [3]string         // file, old text, new text
	run     Run
	code    string
	words   []string // in Why and Do
}

// third is a revision after b2 with the given body of upgrade().
func third(body string) string {
	return fmt.Sprintf(`"""third"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c3"
down_revision = "b2"
branch_labels = None
depends_on = None


def upgrade():
    %s


def downgrade():
    raise NotImplementedError("no way back")
`, strings.ReplaceAll(body, "\n", "\n    "))
}

// atB2 is what the revisions of the tiny projects make, without the price of running them.
const atB2 = `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('b2');
CREATE TABLE author (id serial PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE book (id serial PRIMARY KEY, title varchar(200) NOT NULL, author_id int NOT NULL REFERENCES author);
CREATE INDEX ix_book_author_id ON book (author_id);
`

const (
	thirdFile = "migrations/versions/c3_third.py"
	envFile   = "migrations/env.py"
	engine    = `create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)`
)

func (r reproduction) do(t *testing.T) {
	if r.project == "" {
		r.project = "tiny-sync"
	}
	if r.env == "" {
		r.env = newest
	}
	if r.run.Upgrade == "" && !r.run.Drift && r.run.Downgrade == "" {
		r.run.Upgrade = "heads"
	}
	dir := copyProject(t, r.project, nil)
	p := find(t, dir, r.env)
	r.run.Address = database(t)
	if r.sql != "" {
		postgrestest.Exec(t, r.run.Address, atB2+r.sql)
	}
	for path, text := range r.files {
		write(t, dir+"/"+path, text)
	}
	if r.upgrade != "" {
		write(t, dir+"/"+thirdFile, third(r.upgrade))
	}
	if r.swap[0] != "" {
		replace(t, dir, r.swap[0], r.swap[1], r.swap[2])
	}
	result, out, err := runIt(t, p, r.run)
	var e *Error
	if err == nil && result.Drift != nil && result.Drift.Unjudged != nil {
		e = result.Drift.Unjudged
	} else if !errors.As(err, &e) {
		t.Fatalf("error = %v, output:\n%s", err, out)
	}
	if strings.Contains(out+fmt.Sprintf("%#v", *e), secretName) {
		t.Errorf("row data gets out:\n%s\n%#v", out, *e)
	}
	if e.Code != r.code {
		t.Errorf("code = %q, want %q, of %s: %q (%s)\n%s", e.Code, r.code, e.Type, e.Message, e.SQLState, out)
	}
	for _, w := range r.words {
		if !strings.Contains(e.Why+"\n"+e.Do, w) {
			t.Errorf("advice lacks %q:\nwhy: %s\ndo: %s", w, e.Why, e.Do)
		}
	}
	if e.What == "" || e.Why == "" || e.Do == "" || strings.Contains(e.Why+e.Do, "{") {
		t.Errorf("advice is unfinished: %q, %q, %q", e.What, e.Why, e.Do)
	}
	if e.Where == "" && r.words != nil && strings.Contains(e.Why, "…") {
		t.Errorf("a fact is missing: %s", e.Why)
	}
}

func TestAdviceOnRevisions(t *testing.T) {
	author := map[string]string{"migrations/versions/a1_authors.py": ""}
	head := `"""other"""` + "\nrevision = \"x9\"\ndown_revision = \"a1\"\n\ndef upgrade():\n    pass\n"
	runAll(t, []reproduction{
		{name: "unknown revision", sql: "UPDATE alembic_version SET version_num = 'f00'", code: CodeUnknownRevision, words: []string{"f00"}},
		{name: "unknown target", run: Run{Upgrade: "nope"}, code: CodeUnknownRevision, words: []string{"nope"}},
		{name: "several heads", run: Run{Upgrade: "head"}, files: map[string]string{"migrations/versions/x9.py": head}, code: CodeSeveralHeads, words: []string{"alembic merge heads"}},
		{name: "overlap", sql: "INSERT INTO alembic_version VALUES ('a1')", code: "overlapping-revisions", words: []string{"alembic_version"}},
		{name: "missing parent", files: author, code: "missing-down-revision", words: []string{"revision a1"}},
		{name: "missing parent, old", env: "alembic1.8-sa1.4-psycopg2", files: author, code: "missing-down-revision", words: []string{"revision a1"}},
		{name: "cycle", swap: [3]string{"migrations/versions/a1_authors.py", "down_revision = None", `down_revision = "b2"`}, code: "revision-cycle", words: []string{"circle"}},
		{name: "stray file", files: map[string]string{"migrations/versions/my_notes.py": "x = 1\n"}, code: "stray-file", words: []string{"my_notes.py"}},
		{name: "syntax", files: map[string]string{thirdFile: "def upgrade(:\n"}, code: "syntax", words: []string{thirdFile + ":1"}},
		{name: "sqlmodel", upgrade: "sqlmodel.sql.sqltypes.AutoString()", code: "sqlmodel-not-imported", words: []string{"script.py.mako", thirdFile}},
		{name: "no downgrade", files: map[string]string{"migrations/versions/x9.py": strings.ReplaceAll(head, "a1", "b2")}, run: Run{Upgrade: "heads", Downgrade: ToBefore}, code: CodeIrreversible},
		{name: "downgrade refuses", upgrade: "pass", run: Run{Upgrade: "heads", Downgrade: "b2"}, code: CodeIrreversible, words: []string{"c3"}},
	})
}

func TestAdviceOnConfiguration(t *testing.T) {
	runAll(t, []reproduction{
		{name: "no script_location", swap: [3]string{"alembic.ini", "script_location", "other"}, code: "no-script-location"},
		{name: "no script_location, old", env: "alembic1.8-sa1.4-psycopg2", swap: [3]string{"alembic.ini", "script_location", "other"}, code: "no-script-location"},
		{name: "no scripts", swap: [3]string{"alembic.ini", "= migrations", "= nowhere"}, code: "no-scripts", words: []string{"nowhere"}},
		{name: "no env.py", files: map[string]string{envFile: ""}, code: "no-env-py"},
		{name: "percent", swap: [3]string{envFile, engine, `create_engine(context.config.set_main_option("sqlalchemy.url", "postgresql://u:p%40x@h/d") or "")`}, code: "percent-in-ini", words: []string{"%%"}},
		{name: "no module", swap: [3]string{"models.py", "from sqlalchemy import", "import not_there\nfrom sqlalchemy import"}, code: CodeModuleMissing, words: []string{"not_there", "models.py:3"}},
		{name: "no driver", swap: [3]string{envFile, engine, `create_engine("postgresql+psycopg2://u:p@h/d")`}, code: CodeDriverMissing, words: []string{"psycopg2"}},
		{name: "settings", swap: [3]string{"models.py", "Base =", "import pydantic\nclass Settings(pydantic.BaseModel):\n    SECRET_KEY: str\nSettings()\nBase ="}, code: "settings", words: []string{"Settings: SECRET_KEY"}},
		{name: "variable", swap: [3]string{envFile, "DATABASE_URL", "MY_DATABASE"}, code: "env-variable", words: []string{"database-url-variable: MY_DATABASE"}},
		{name: "exit", swap: [3]string{envFile, "run_migrations_online()\n", "raise SystemExit(1)\n"}, code: "env-exits"},
		{name: "never runs", swap: [3]string{envFile, "\n\nrun_migrations_online()", "\n\nif __name__ == \"__main__\":\n    run_migrations_online()"}, code: CodeNeverRan, words: []string{"__main__"}},
		{name: "commits nothing", swap: [3]string{envFile, "        context.configure", "        connection.execute(__import__(\"sqlalchemy\").text(\"SELECT 1\"))\n        context.configure"}, code: CodeNothingCommitted, words: []string{"connection.commit()"}},
		{name: "sqlite", swap: [3]string{envFile, engine, `create_engine("sqlite://")`}, code: "not-postgresql", words: []string{"sqlite"}},
		{name: "interrupted", swap: [3]string{envFile, "import os\n", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"}, code: CodeDied},
		{name: "died", swap: [3]string{envFile, "import os\n", "import os\nos._exit(9)\n"}, code: CodeDied},
	})
}

func TestAdviceOnAddresses(t *testing.T) {
	runAll(t, []reproduction{
		{name: "postgres scheme", swap: [3]string{envFile, engine, `create_engine("postgres://u:p@h/d")`}, code: "url-scheme", words: []string{"postgres://"}},
		{name: "template", swap: [3]string{envFile, engine, `create_engine("driver://user:pass@localhost/dbname")`}, code: "url-not-set"},
		{name: "no url", swap: [3]string{envFile, engine, `create_engine(os.environ.get("OTHER", ""))`}, code: "url-not-set", words: []string{"database-url-variable"}},
		{name: "None", swap: [3]string{envFile, engine, `create_engine(os.environ.get("OTHER"))`}, code: "url-not-set"},
		{name: "engine_from_config", swap: [3]string{envFile, engine, `__import__("sqlalchemy").engine_from_config({}, "sqlalchemy.")`}, code: "url-not-set"},
		{name: "greenlet", env: "newest-asyncpg", code: CodeAsyncDriver},
		{name: "sync url in async env.py", env: "alembic1.8-sa1.4-psycopg2", project: "tiny-async", run: Run{Upgrade: "heads", Env: Env{Scheme: "postgresql"}}, code: CodeSyncDriver},
		{name: "other database", swap: [3]string{envFile, engine, `create_engine("postgresql+psycopg://", creator=lambda: __import__("psycopg").connect(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres"))`}, code: CodeForeignConnection, words: []string{"creator="}},
		{name: "several databases", swap: [3]string{envFile, "\n\nrun_migrations_online()", "\n\nrun_migrations_online()\nos.environ[\"DATABASE_URL\"] = os.environ[\"DATABASE_URL\"].replace(\"/t_\", \"/other_\")\nrun_migrations_online()"}, code: "several-databases"},
	})
}

func TestAdviceOnModels(t *testing.T) {
	drift := Run{Upgrade: "heads", Drift: true}
	runAll(t, []reproduction{
		{name: "no metadata", run: drift, swap: [3]string{envFile, "= Base.metadata", "= None"}, code: CodeNoMetadata, words: []string{"target_metadata"}},
		{name: "models not imported", run: drift, swap: [3]string{envFile, "= Base.metadata", "= __import__(\"sqlalchemy\").MetaData()"}, code: CodeModelsNotImported, words: []string{"author, book"}},
		{name: "behind", run: Run{Drift: true}, code: CodeNotUpToDate},
		{name: "foreign key target", run: drift, swap: [3]string{"models.py", `ForeignKey("author.id")`, `ForeignKey("nope.id")`}, code: "foreign-key-target", words: []string{"book.author_id"}},
		{name: "doubled table", run: drift, swap: [3]string{"models.py", "class Book", "class Other(Base):\n    __tablename__ = \"author\"\n    id = Column(Integer, primary_key=True)\n\n\nclass Book"}, code: "doubled-table", words: []string{"author"}},
	})
}

func TestAdviceOnTheServer(t *testing.T) {
	rows := "INSERT INTO author (name) VALUES ('" + secretName + "'), ('" + secretName + "'); INSERT INTO book (title, author_id) VALUES ('" + secretName + "', 1)"
	runAll(t, []reproduction{
		{name: "type exists", upgrade: `op.execute("CREATE TYPE kind AS ENUM ()"); postgresql.ENUM("a", name="kind").create(op.get_bind(), checkfirst=False)`, code: "type-exists", words: []string{"kind"}},
		{name: "table exists", sql: "DELETE FROM alembic_version", code: "table-exists", words: []string{"author", "alembic stamp"}},
		{name: "version table", sql: "ALTER TABLE alembic_version RENAME version_num TO other", code: "version-table"},
		{name: "not null", sql: rows, upgrade: `op.add_column("author", sa.Column("email", sa.Text, nullable=False))`, code: "not-null", words: []string{"email", "author"}},
		{name: "not unique", sql: rows, upgrade: `op.create_index("u", "author", ["name"], unique=True)`, code: "not-unique", words: []string{" u "}},
		{name: "orphans", sql: rows + "; ALTER TABLE book DROP CONSTRAINT book_author_id_fkey; DELETE FROM author", upgrade: `op.create_foreign_key("fk", "book", "author", ["author_id"], ["id"])`, code: "orphan-rows", words: []string{"book", "fk"}},
		{name: "check", sql: rows, upgrade: `op.create_check_constraint("short", "author", "length(name) < 3")`, code: "check-violated", words: []string{"short"}},
		{name: "cast", sql: rows, upgrade: `op.alter_column("author", "name", type_=sa.Integer())`, code: "cast", words: []string{"postgresql_using", "integer"}},
		{name: "bad values", sql: rows, upgrade: `op.alter_column("author", "name", type_=sa.Integer(), postgresql_using="name::integer")`, code: "bad-values"},
		{name: "concurrently", upgrade: `op.create_index("i", "author", ["name"], postgresql_concurrently=True)`, code: "concurrently", words: []string{"autocommit_block"}},
		{name: "statement timeout", upgrade: `op.execute("SET LOCAL statement_timeout = 20"); op.execute("SELECT pg_sleep(9)")`, code: "statement-timeout"},
		{name: "extension", upgrade: `op.execute("CREATE EXTENSION not_there")`, code: "extension", words: []string{"not_there"}},
		{name: "role", upgrade: `op.execute("GRANT SELECT ON author TO nobody_here")`, code: "role", words: []string{"nobody_here"}},
		{name: "dependent", sql: "CREATE VIEW v AS SELECT name FROM author", upgrade: `op.drop_column("author", "name")`, code: "dependent-objects"},
		{name: "undefined", upgrade: `op.drop_column("author", "nope")`, code: "undefined-object"},
		{name: "swallowed", upgrade: "try:\n    op.execute(\"SELECT 1/0\")\nexcept Exception:\n    pass\nop.execute(\"SELECT 1\")", code: "transaction-aborted", words: []string{thirdFile}},
		{name: "raised", sql: rows, upgrade: `op.execute("DO $$ BEGIN RAISE EXCEPTION '%', (SELECT name FROM author LIMIT 1); END $$")`, code: "raised"},
		{name: "interpolated", sql: rows, upgrade: `name = op.get_bind().execute(sa.text("SELECT name FROM author")).scalar(); op.execute("INSERT INTO author (id, name) VALUES (1, '%s')" % name)`, code: "not-unique"},
		{name: "interpolated badly", sql: rows, upgrade: `name = op.get_bind().execute(sa.text("SELECT name FROM author")).scalar(); op.execute("UPDATE author SET name = 'O'" + name + "'")`, code: "sql-syntax"},
		{name: "python with rows", sql: rows, upgrade: `raise ValueError(op.get_bind().execute(sa.text("SELECT name FROM author")).scalar())`, code: CodePython},
		{name: "TLS", env: "newest-asyncpg", project: "tiny-async", run: Run{Upgrade: "heads", Env: Env{}}, swap: [3]string{envFile, "NullPool)\n", "NullPool)\n    raise ConnectionError('PostgreSQL server at \"h:1\" rejected SSL upgrade')\n"}, code: "tls"},
	})
}

// secretName is row data; runAll looks for it in all that comes out.
const secretName = "mallory-7f3a"

func runAll(t *testing.T, all []reproduction) {
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.do(t)
		})
	}
}

// TestAdviceByText holds what cannot be made to happen here to the exact texts.
func TestAdviceByText(t *testing.T) {
	tests := []struct{ types, message, state, phase, code string }{
		{"sqlalchemy.exc.InvalidRequestError", `Multiple classes found for path "Book" in the registry of this declarative base.`, "", "drift", "doubled-model"},
		{"builtins.TypeError TypeError", "connect() got an unexpected keyword argument 'sslmode'", "", "upgrade", "driver-parameters"},
		{"RuntimeError", "Working outside of application context.\n\nThis typically means", "", "upgrade", "flask-context"},
		{"ImportError", "cannot import name 'context' from 'alembic' (/x/alembic/__init__.py)", "", "load", "alembic-hidden"},
		{"sqlalchemy.exc.OperationalError", "connection to server at \"127.0.0.1\", port 1 failed: Connection refused", "", "upgrade", "cannot-connect"},
		{"asyncpg.DuplicatePreparedStatementError", `prepared statement "__asyncpg_stmt_1__" already exists`, "42P05", "upgrade", "pooled"},
		{"psycopg.errors.LockNotAvailable", "canceling statement due to lock timeout", "55P03", "upgrade", CodeLockTimeout},
		{"psycopg.errors.DeadlockDetected", "deadlock detected", "40P01", "upgrade", "deadlock"},
		{"psycopg.errors.InsufficientPrivilege", "permission denied for schema public", "42501", "upgrade", "permission"},
		{"psycopg.errors.DiskFull", "could not extend file", "53100", "upgrade", "out-of-space"},
		{"psycopg.errors.ExclusionViolation", "conflicting key value violates exclusion constraint", "23P01", "upgrade", "exclusion-violated"},
		{"psycopg.OperationalError", "password authentication failed", "28P01", "upgrade", "auth"},
		{"psycopg.errors.FeatureNotSupported", "something else", "0A000", "upgrade", CodeDatabase},
		{"alembic.util.exc.CommandError", "Ambiguous walk", "", "downgrade", "ambiguous-walk"},
		{"alembic.util.exc.CommandError", "something new", "", "upgrade", "alembic-error"},
		{"sqlalchemy.exc.NoSuchModuleError", "Can't load plugin: sqlalchemy.dialects:cockroachdb", "", "upgrade", "url-scheme"},
		{"app.errors.Odd Exception", "whatever", "", "upgrade", CodePython},
	}
	for _, test := range tests {
		f := failure{Phase: test.phase, SQLState: test.state, Message: test.message, Chain: []cause{{Types: strings.Fields(test.types), Message: test.message}}}
		if a := adviceFor(f); a.code != test.code {
			t.Errorf("%s: %q: code = %q, want %q", test.types, test.message, a.code, test.code)
		}
	}
}
