package migrate

import "slices"

// serverRules are about what PostgreSQL refuses, by SQLSTATE.
func serverRules() []rule { return slices.Concat(contentRules(), circumstanceRules()) }

// contentRules are about objects and rows that are there already and stand in the way.
func contentRules() []rule {
	return []rule{
		{
			code: "version-table", states: []string{"42703"}, text: `alembic_version|version_num`,
			why: "the table alembic_version is not Alembic's, or damaged", do: "look at it: SELECT * FROM alembic_version",
		},
		{
			code: "type-exists", states: []string{"42710"}, text: `type "([^"]+)" already exists`,
			why: "the enum type {1} is there already: a downgrade did not drop it, or two revisions create it",
			do:  "give the column postgresql.ENUM(..., name=\"{1}\", create_type=False), and drop the type in downgrade()",
		},
		{
			code: "table-exists", states: []string{"42P07"}, text: `relation "([^"]+)" already exists`,
			why: "{1} is there already: the database was made without Alembic, or its alembic_version is empty",
			do:  "tell Alembic where the database stands: alembic stamp REVISION",
		},
		{
			code: "not-null", states: []string{"23502"},
			why: "column {column} of {table} gets NOT NULL, and rows hold null there",
			do:  "add the column as nullable, fill it, then alter_column(nullable=False); or give server_default",
		},
		{
			code: "not-unique", states: []string{"23505"},
			why: "rows hold the same value where {constraint} wants it once", do: "find them (GROUP BY ... HAVING count(*) > 1) and clean them up in a revision before this one",
		},
		{
			code: "orphan-rows", states: []string{"23503"},
			why: "rows of {table} refer to rows that are not there, which foreign key {constraint} forbids", do: "delete or correct them in this revision first, or add the key with postgresql_not_valid=True",
		},
		{
			code: "check-violated", states: []string{"23514"},
			why: "rows of {table} violate check {constraint}", do: "correct them in this revision first, or add the check as NOT VALID and validate it later",
		},
		{
			code: "exclusion-violated", states: []string{"23P01"},
			why: "rows of {table} conflict under {constraint}", do: "correct them in this revision first",
		},
		{
			code: "cast", states: []string{"42804"}, text: `cannot be cast automatically to type (.+)`,
			why: "PostgreSQL does not turn the column into {1} by itself", do: "say how: op.alter_column(..., postgresql_using=\"column::{1}\")",
		},
		{
			code: "bad-values", states: []string{"22"},
			why: "rows hold a value that the new form does not take", do: "find and correct them in this revision first, or say how to convert: postgresql_using",
		},
	}
}

// circumstanceRules are about how, where and as whom a statement runs, and what it names.
func circumstanceRules() []rule {
	return []rule{
		{
			code: "concurrently", states: []string{"25001"},
			why: "this statement cannot run inside a transaction", do: "put it into: with op.get_context().autocommit_block():",
		},
		{
			code: CodeLockTimeout, states: []string{"55P03"},
			why: "another session held the lock for longer than lock_timeout allows", do: "run it again at a quieter time, or look who holds it: SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
		},
		{
			code: "statement-timeout", states: []string{"57014"}, text: `statement timeout`,
			why: "the statement took longer than statement_timeout allows", do: "split the work, build indexes CONCURRENTLY, or raise the limit in this revision: op.execute(\"SET LOCAL statement_timeout = '10min'\")",
		},
		{
			code: "deadlock", states: []string{"40P01"},
			why: "another session and this one waited for each other", do: "run it again; if it comes back, split the revision so that it locks one table at a time",
		},
		{
			code: "extension", states: []string{"0A000"}, text: `extension "([^"]+)" is not available`,
			why: "the server has no extension {1}", do: "check that Neon offers it for this version of PostgreSQL: https://neon.com/docs/extensions/pg-extensions",
		},
		{
			code: "role", states: []string{"42704"}, text: `role "([^"]+)" does not exist`,
			why: "role {1} is not on this branch", do: "create it on the branch that is the parent, or grant IF it exists",
		},
		{
			code: "transaction-aborted", states: []string{"25P02"},
			why: "an earlier error of the same transaction was swallowed by the project's code", do: "look for an except around op.execute in {where}; a try needs a savepoint: with op.get_bind().begin_nested():",
		},
		{
			code: "permission", states: []string{"42501"},
			why: "the role may not do that", do: "run migrations as the role that owns the tables",
		},
		{
			code: "undefined-object", states: []string{"42P01", "42703", "42704", "42883"},
			why: "the revision names something that is not there: production may differ from what its revisions made", do: "compare production with the revisions; create or stamp what differs",
		},
		{
			code: "dependent-objects", states: []string{"2BP01"},
			why: "other objects depend on what is dropped", do: "drop them first in the same revision (views, foreign keys); CASCADE drops more than it says",
		},
		{
			code: "auth", states: []string{"28"},
			why: "the server does not let this role in", do: "check role and password of the branch",
		},
		{
			code: "out-of-space", states: []string{"53"},
			why: "the server has no room left (disk, memory or connections)", do: "check the limits of the Neon project and of the compute",
		},
		{
			code: "connection-lost", states: []string{"08", "57P"},
			why: "the connection ended before the server's answer: somebody ended the session, the compute was restarted, or the network failed",
			do:  "run it again; nothing says that the revision is to blame",
		},
		{
			code: "raised", states: []string{"P0"},
			why: "code in the database raised an exception; its text is not shown here, because it may hold row data", do: "see the function or DO block of {where}",
		},
	}
}

// generalRules end the table; one of them always holds.
func generalRules() []rule {
	return []rule{
		{
			code: CodeIrreversible, types: []string{"NotImplementedError", "RuntimeError"}, phases: []string{"downgrade"},
			why: "the downgrade of revision {revision} says itself that it cannot be done", do: "plan to restore from a branch instead of downgrading",
		},
		{
			code: CodeIrreversible, types: []string{"AttributeError"}, text: `has no attribute 'downgrade'`,
			why: "a revision has no downgrade function", do: "plan to restore from a branch instead of downgrading, or write one",
		},
		{
			code: CodeDatabase, states: []string{"0", "1", "2", "3", "4", "5", "F", "H", "P", "X"},
			why: "PostgreSQL refused a statement", do: "see the statement and {where}",
		},
		{code: "alembic-error", types: []string{"CommandError"}, text: `(?s)(.*)`, why: "Alembic says: {1}", do: "see https://alembic.sqlalchemy.org"},
		{
			code: CodePython, types: []string{"Exception", "BaseException"}, text: `(?s).*`,
			why: "the project's code raised an exception at {where}", do: "run it locally to see more: alembic upgrade head",
		},
	}
}
