package migrate

import (
	"errors"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestEveryConnectionIsLedToTheBranch gives env.py other addresses than the one that is meant.
func TestEveryConnectionIsLedToTheBranch(t *testing.T) {
	const elsewhere = "u:p@192.0.2.1:9/other"
	tests := []struct {
		name, env, project, old, with string
	}{
		{
			"psycopg, libpq's parameters", newest, "tiny-sync", engine,
			`create_engine("postgresql+psycopg://` + elsewhere + `?sslmode=verify-full&channel_binding=require&hostaddr=192.0.2.2", connect_args={"options": "-c application_name=kept endpoint=ep-1"}, poolclass=pool.NullPool)`,
		},
		{
			"psycopg2", "alembic1.16-sa2.0-pyproject", "tiny-sync", engine,
			`create_engine("postgresql+psycopg2://` + elsewhere + `?sslmode=verify-full&sslrootcert=/nowhere", poolclass=pool.NullPool)`,
		},
		{
			"psycopg2, old", "alembic1.8-sa1.4-psycopg2", "tiny-sync", engine,
			`create_engine("postgresql+psycopg2://` + elsewhere + `?sslmode=require", poolclass=pool.NullPool)`,
		},
		{
			"pg8000", "alembic1.16-sa2.0-pyproject", "tiny-sync", engine,
			`create_engine("postgresql+pg8000://` + elsewhere + `", connect_args={"ssl_context": True}, poolclass=pool.NullPool)`,
		},
		{
			"asyncpg, libpq's parameters", "newest-asyncpg", "tiny-async", `create_async_engine(os.environ["DATABASE_URL"],`,
			`create_async_engine("postgresql+asyncpg://` + elsewhere + `?sslmode=require&channel_binding=require", connect_args={"server_settings": {"application_name": "kept"}},`,
		},
		{
			"psycopg async", "alembic1.13-sa2.0-psycopg", "tiny-async", `create_async_engine(os.environ["DATABASE_URL"],`,
			`create_async_engine("postgresql+psycopg://` + elsewhere + `",`,
		},
		{
			"a listener of the project", newest, "tiny-sync", "    with engine",
			"    @__import__(\"sqlalchemy\").event.listens_for(engine, \"do_connect\")\n    def token(dialect, record, cargs, cparams):\n        cparams[\"host\"] = \"192.0.2.1\"\n\n    with engine",
		},
		{"creator, right place", newest, "tiny-sync", engine, `create_engine("postgresql+psycopg://", creator=lambda: __import__("psycopg").connect(os.environ["DATABASE_URL"]))`},
		{"libpq's variables", newest, "tiny-sync", "import os\n", "import os\nos.environ.update(PGHOSTADDR=\"192.0.2.1\", PGSERVICE=\"nowhere\", PGPASSFILE=\"/nowhere\")\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, test.project, nil)
			replace(t, dir, envFile, test.old, test.with)
			db := database(t)
			r := mustRun(t, find(t, dir, test.env), Run{Address: db, Upgrade: "heads"})
			if got := ask(t, db, "SELECT version_num FROM alembic_version"); got != "b2" || len(r.Applied) != 2 {
				t.Errorf("version %q, applied %+v", got, r.Applied)
			}
		})
	}
}

// loud prints everything that can be printed of an error and of parameters.
const loud = `import logging, os, traceback

from alembic import context
from sqlalchemy import event, pool, text
from %s import create_%sengine as make

from models import Author, Base

logging.basicConfig(level=logging.DEBUG)
target_metadata = Base.metadata


def work(connection):
    context.configure(connection=connection, target_metadata=target_metadata)
    try:
        with context.begin_transaction():
            connection.execute(text("SELECT * FROM author WHERE name <> :n"), {"n": "mallory-7f3a"}).fetchone()
            context.run_migrations()
    except Exception as e:
        logging.exception("caught %%s", e)
        print(repr(e), str(e), e.args, getattr(e, "params", None), getattr(e.orig, "args", None), e.orig.__cause__)
        traceback.print_exc()
        raise RuntimeError("wrapped: %%s" %% e) from e
`

const loudSync = `
engine = make(os.environ["DATABASE_URL"], echo=True, poolclass=pool.NullPool)
with engine.connect() as connection:
    work(connection)
`

const loudAsync = `
async def main():
    engine = make(os.environ["DATABASE_URL"], echo=True, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(work)

import asyncio
asyncio.run(main())
`

// TestLoudProjectsShowNoRows has an env.py that prints errors itself, with hostile values in the rows.
func TestLoudProjectsShowNoRows(t *testing.T) {
	value := secretName + "\nINFO  [x] " + secretName + "\n[SQL: " + secretName + "\nTraceback (most recent call last):\n" + secretName
	sync := strings.NewReplacer("%s", "sqlalchemy", "%%", "%").Replace(strings.Replace(loud, "create_%s", "create_", 1)) + loudSync
	async := strings.NewReplacer("%s", "sqlalchemy.ext.asyncio", "%%", "%").Replace(strings.Replace(loud, "create_%s", "create_async_", 1)) + loudAsync
	fails := map[string]string{
		"unique": `op.create_unique_constraint("k", "author", ["name"])`,
		"cast":   `op.execute("ALTER TABLE author ALTER name TYPE int USING name::int")`,
		"insert": "op.bulk_insert(sa.table('author', sa.column('id'), sa.column('name')), [{'id': 1, 'name': 'mallory-' '7f3a'}])",
		"text":   `op.execute("INSERT INTO author (id, name) SELECT id, name FROM author")`,
		"raise":  `op.execute("DO $$ BEGIN RAISE 'row %', (SELECT name FROM author LIMIT 1); END $$")`,
	}
	for _, driver := range []struct{ name, env, project, text, scheme string }{
		{"psycopg", newest, "tiny-sync", sync, ""},
		{"psycopg2", "alembic1.8-sa1.4-psycopg2", "tiny-sync", sync, ""},
		{"asyncpg", "newest-asyncpg", "tiny-async", async, ""},
		{"pg8000", "alembic1.16-sa2.0-pyproject", "tiny-sync", sync, "postgresql+pg8000"},
	} {
		for name, body := range fails {
			if strings.HasPrefix(driver.env, "alembic1") && name != "unique" && name != "cast" {
				continue // the rest differs by driver in nothing
			}
			t.Run(driver.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				dir := copyProject(t, driver.project, map[string]string{envFile: driver.text, thirdFile: third(body)})
				db := database(t)
				literal := "'" + strings.ReplaceAll(value, "'", "''") + "'"
				postgrestest.Exec(t, db, atB2+"ALTER TABLE author ALTER name TYPE text; INSERT INTO author (name) VALUES ("+literal+"), ("+literal+")")
				_, out, err := runIt(t, find(t, dir, driver.env), Run{Address: db, Upgrade: "heads", Env: Env{Scheme: driver.scheme}})
				var e *Error
				if !errors.As(err, &e) || e.SQLState == "" {
					t.Fatalf("error = %v\n%s", err, out)
				}
				for _, text := range append([]string{out, e.Error(), e.Why, e.Do, e.Message, e.Statement, e.Hint}, e.Output...) {
					if strings.Contains(text, secretName) {
						t.Errorf("row data gets out:\n%s", text)
						break
					}
				}
				if !strings.Contains(out, "caught") {
					t.Errorf("env.py was not loud:\n%s", out)
				}
			})
		}
	}
}
