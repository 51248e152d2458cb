package migrate

// rules is the table of advice, most particular first. The texts that are matched are
// Alembic's, SQLAlchemy's and PostgreSQL's own, of Alembic 1.8 to 1.20.
func rules() []rule {
	return slicesOf(guardRules(), graphRules(), configRules(), importRules(), urlRules(), modelRules(), serverRules(), generalRules())
}

func slicesOf(parts ...[]rule) []rule {
	var all []rule
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// guardRules are about what the helper itself found.
func guardRules() []rule {
	return []rule{
		// First of all, because psycopg's class has the name of Python's own SyntaxError.
		{
			code: "sql-syntax", states: []string{"42601"},
			why: "PostgreSQL does not understand the statement at {where}", do: "correct it; values belong into parameters: sa.text(\"... :name\").bindparams(name=value)",
		},
		{
			code: CodeForeignConnection, types: []string{"guard.ForeignConnection"}, text: `(.*)`,
			why: "the project's code would have connected to another database than the branch: {1}",
			do:  "let env.py build its engine from the URL in DATABASE_URL, without creator=",
		},
		{
			code: CodeNeverRan, types: []string{"runner.NeverRan"},
			why: "env.py ran to its end and never called context.run_migrations()",
			do:  "look for a guard around the last lines of env.py, such as if __name__ == \"__main__\"; they must end with run_migrations_online()",
		},
		{
			code: CodeNothingCommitted, types: []string{"runner.NothingCommitted"},
			why: "the migrations ran, and a new connection sees nothing of them: env.py executes SQL before context.begin_transaction(), so its transaction is never committed",
			do:  "in env.py, call connection.commit() before context.configure(...), or use: with engine.begin() as connection",
		},
		{
			code: "not-postgresql", types: []string{"runner.NotPostgres"}, text: `connects to (\w+)`,
			why: "env.py connects to {1} instead of the given PostgreSQL address",
			do:  "name the variable that env.py reads its URL from: database-url-variable: SQLALCHEMY_DATABASE_URI",
		},
		{
			code: "several-databases", types: []string{"runner.SeveralDatabases"},
			why: "env.py migrates more than one database, and one address is given",
			do:  "choose one database by -x or by a section of its own: alembic-section; or all of them, one a line: targets",
		},
		{
			code: CodeNoMetadata, types: []string{"drift.NoMetadata"},
			why: "env.py gives Alembic no target_metadata, so there is nothing to compare the database with",
			do:  "in env.py: import the models, then target_metadata = SQLModel.metadata (or Base.metadata), and pass it to context.configure",
		},
		{
			code: CodeModelsNotImported, types: []string{"drift.ModelsNotImported"}, text: `(.*)`,
			why: "the models seem not to be imported in env.py: {1}",
			do:  "import every module with models in env.py before target_metadata is used, for instance: from app import models",
		},
		{
			code: CodeNotUpToDate, types: []string{"drift.NotUpToDate"},
			why: "the database lacks revisions, so a comparison would show those too", do: "upgrade to heads first",
		},
	}
}

// graphRules are about revisions.
func graphRules() []rule {
	return []rule{
		{
			code: CodeUnknownRevision, text: `Can't locate revision identified by '([^']+)'`,
			why: "the database is at revision {1}, and no file here has it: another pull request was applied there, or the file was deleted, squashed or not committed",
			do:  "bring the file of {1} back, or set the database to a revision that exists: alembic stamp --purge REVISION",
		},
		{
			code: "missing-down-revision", types: []string{"project.MissingParent"}, text: `Revision (\S+) referenced from (?:.*?)-> (?:\S+)`,
			why: "revision {1} is named as down_revision and no file has it: it was not committed, or lost in a rebase",
			do:  "commit the file of {1}, or point down_revision at the revision that is now before it: alembic heads",
		},
		{
			code: CodeSeveralHeads, types: []string{"MultipleHeads", "CommandError"}, text: `Multiple head`,
			why: "there is more than one head: two changes were merged that both follow the same revision",
			do:  "join them and commit the file: alembic merge heads -m \"merge\"; or upgrade to heads",
		},
		{
			code: "overlapping-revisions", text: `Requested revision (\S+) overlaps with other requested revisions`,
			why: "alembic_version holds {1} and a revision that it contains or is contained in",
			do:  "look at the rows (SELECT * FROM alembic_version) and delete the older one",
		},
		{
			code: "revision-cycle", types: []string{"CycleDetected", "LoopDetected"}, text: `(?:in revisions|is self-referential|detected in)?(.*)`,
			why: "revisions follow each other in a circle:{1}", do: "correct down_revision of one of them",
		},
		{
			code: "stray-file", text: `Could not determine revision id from filename (\S+)`,
			why: "a Python file among the revisions has no revision: {1}", do: "move it out of the versions directory, or give it a variable revision",
		},
		{
			code: "ambiguous-walk", text: `Ambiguous (walk|downgrade)`,
			why: "a relative step from a merge can go several ways", do: "name the revision to go to",
		},
	}
}

// configRules are about alembic.ini and the files it names.
func configRules() []rule {
	return []rule{
		{
			code: "no-script-location", text: `No 'script_location' key found|No config file .* found, or file has no`,
			why: "the configuration names no directory of migrations (script_location)",
			do:  "choose the right file or section: alembic-config, alembic-section; or add script_location = migrations to the section",
		},
		{
			code: "no-scripts", text: `Path doesn't exist: (\S+?)\.? `,
			why: "script_location leads to {1}, which is not there; it is relative to the configuration's directory, where Alembic runs",
			do:  "use script_location = %(here)s/migrations",
		},
		{
			code: "no-scripts", types: []string{"static.NoScripts"}, text: `(.*)`,
			why: "{1}", do: "use script_location = %(here)s/migrations",
		},
		{
			code: "no-env-py", text: `Can't find Python file (\S+)`,
			why: "the directory of migrations has no env.py: {1}", do: "commit it, or correct script_location",
		},
		{
			code: "percent-in-ini", types: []string{"InterpolationSyntaxError", "InterpolationError", "ValueError"}, text: `'%' must be followed by|invalid interpolation syntax|bad interpolation`,
			why: "a percent sign is in a value of the configuration, where it begins an interpolation; passwords in URLs often have one",
			do:  "in env.py: config.set_main_option(\"sqlalchemy.url\", url.replace(\"%\", \"%%\"))",
		},
	}
}

// importRules are about modules.
func importRules() []rule {
	return []rule{
		{
			code: CodeDriverMissing, types: []string{"ModuleNotFoundError"}, text: `No module named '(psycopg2|psycopg|asyncpg|pg8000)'`,
			why: "the URL asks for the driver {1}, which is not installed",
			do:  "install it (pip install {1}, or {1}-binary for psycopg2), or name an installed one in the URL: postgresql+psycopg://",
		},
		{
			code: "alembic-hidden", types: []string{"ImportError"}, text: `cannot import name 'context' from 'alembic'`,
			why: "a directory named alembic of the project hides the library", do: "delete alembic/__init__.py, or rename the directory and script_location",
		},
		{
			code: CodeModuleMissing, types: []string{"ModuleNotFoundError"}, text: `No module named '([^']+)'`,
			why: "module {1} cannot be imported ({where})",
			do:  "install the project's own requirements; for a module of the project itself: prepend_sys_path = . in the configuration, or PYTHONPATH",
		},
		{
			code: "sqlmodel-not-imported", types: []string{"NameError"}, text: `name '(sqlmodel)' is not defined`,
			why: "{where} uses sqlmodel without importing it", do: "add import sqlmodel to that revision and to script.py.mako",
		},
		{
			code: "settings", types: []string{"ValidationError"}, text: `(?s)validation errors for ([^:]+: .*)`, phases: []string{"load", "upgrade", "drift", "current", "start"},
			why: "the project's settings lack values: {1}", do: "pass the variables that the settings need, for instance: env: SECRET_KEY=rehearsal",
		},
		{
			code: "flask-context", text: `Working outside of application context`,
			why: "code that env.py imports wants Flask's application, and there is none yet",
			do:  "take the application in env.py as Flask-Migrate's own does: from flask import current_app",
		},
		{
			code: "flask-app", types: []string{"flask.cli.NoAppException"}, text: `(.*)`,
			why: "env.py asks for Flask's current_app, and the application was not found: {1}",
			do:  "name it as for the command flask, for instance: env: FLASK_APP=shop:create_app",
		},
		{
			code: "env-exits", types: []string{"SystemExit"}, text: `(.*)`,
			why: "env.py or a module it imports ended the program (sys.exit)", do: "see the output above and {where}",
		},
		{
			code: "syntax", types: []string{"SyntaxError"}, text: `(.*)`,
			why: "{where} is not valid Python: {1}", do: "correct the line; a newer Python may be needed",
		},
	}
}

// urlRules are about the address as env.py uses it.
func urlRules() []rule {
	return []rule{
		{
			code: CodeSyncDriver, text: `asyncio extension requires an async driver`,
			why: "env.py is async and its URL names a driver that is not", do: "use postgresql+asyncpg:// or postgresql+psycopg://",
		},
		{
			code: CodeAsyncDriver, types: []string{"MissingGreenlet"},
			why: "env.py is not async and its URL names an async driver", do: "use postgresql:// or postgresql+psycopg://, or Alembic's async template: alembic init -t async",
		},
		{
			code: "url-scheme", types: []string{"NoSuchModuleError"}, text: `sqlalchemy\.dialects:(?:postgres$|postgres\b)`,
			why: "the URL begins with postgres://, which SQLAlchemy does not know", do: "in env.py: url.replace(\"postgres://\", \"postgresql://\", 1)",
		},
		{
			code: "url-not-set", types: []string{"NoSuchModuleError"}, text: `sqlalchemy\.dialects:driver`,
			why: "sqlalchemy.url is still the template's driver://user:pass@localhost/dbname", do: "let env.py read DATABASE_URL: config.set_main_option(\"sqlalchemy.url\", os.environ[\"DATABASE_URL\"])",
		},
		{
			code: "url-scheme", types: []string{"NoSuchModuleError"}, text: `Can't load plugin: (\S+)`,
			why: "SQLAlchemy knows no {1}", do: "install the package with this dialect, or correct the URL's scheme",
		},
		{
			code: "url-not-set", text: `Could not parse SQLAlchemy URL|Expected string or URL object, got None`,
			why: "env.py has no database URL: it reads another variable than the one that is set",
			do:  "name the variable that it reads: database-url-variable: SQLALCHEMY_DATABASE_URI",
		},
		{
			code: "url-not-set", types: []string{"KeyError"}, text: `^'(url|sqlalchemy\.url)'$`,
			why: "the configuration has no sqlalchemy.url, which env.py reads", do: "let env.py read DATABASE_URL: config.set_main_option(\"sqlalchemy.url\", os.environ[\"DATABASE_URL\"])",
		},
		{
			code: "env-variable", types: []string{"KeyError"}, text: `^'([A-Z][A-Z0-9_]{2,})'$`, phases: []string{"load", "upgrade", "drift", "current"},
			why: "the project's code reads the variable {1} ({where}), which is not set", do: "pass it (env: {1}=...), or name it as the variable of the address: database-url-variable: {1}",
		},
		{
			code: "driver-parameters", types: []string{"TypeError"}, text: `unexpected keyword argument '(sslmode|channel_binding|options)'`,
			why: "asyncpg does not know the URL parameter {1}, which is libpq's", do: "use ssl=require instead of sslmode=require, and drop channel_binding and options",
		},
		{
			code: "tls", text: `rejected SSL upgrade|does not support SSL, but SSL was required`,
			why: "the project demands TLS, and this server has none", do: "take ssl and sslmode out of connect_args; the URL says what the server needs",
		},
		{
			code: "pooled", text: `prepared statement "__asyncpg_`,
			why: "the connection goes through a pooler, which keeps no prepared statements", do: "use the address without -pooler for migrations",
		},
		{
			code: "cannot-connect", types: []string{"OperationalError", "ConnectionRefusedError", "ConnectionError"}, text: `(?i)(connection refused|could not connect|connection to server .* failed[^\n]*)`,
			why: "the database cannot be reached: {1}", do: "check that the branch's compute runs; a rehearsal that is run again starts it",
		},
	}
}

// modelRules are about SQLAlchemy's models.
func modelRules() []rule {
	return []rule{
		{
			code: "doubled-model", text: `Multiple classes found for path "([^"]+)"`,
			why: "two classes are called {1}, or their module is imported under two names (src.app and app)", do: "import it by one name everywhere, or name the class with its module",
		},
		{
			code: "doubled-table", text: `Table '([^']+)' is already defined for this MetaData`,
			why: "table {1} is defined twice: a module is imported under two names (src.app and app)", do: "import it by one name everywhere; prepend_sys_path decides which",
		},
		{
			code: "foreign-key-target", types: []string{"NoReferencedTableError", "NoReferencedColumnError"}, text: `Foreign key associated with column '([^']+)' could not find (table '[^']+')`,
			why: "the foreign key of {1} leads to a table that no imported model defines", do: "import the module with that model in env.py",
		},
	}
}
