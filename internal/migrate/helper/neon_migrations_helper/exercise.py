"""Tries out what the models can do with a database: each class is selected, inserted and
updated, and all of it is rolled back."""

import contextlib
import gc
import re
import time

from . import errors, flask_app, values
from .operations import metadatas

# How many seconds a round may take.
BUDGET = 60

LIMITS = {"statement_timeout": "5s", "lock_timeout": "2s"}

# Time limits, deadlocks, lack of something, lost connections: they say nothing of the schema.
NO_VERDICT = ("57", "55", "40", "53", "08")

NAMED = re.compile(r'column "([^"]+)"|column (?:[\w"]+\.)*"?(\w+)"? does not exist')


class NoMetadata(Exception):
    """env.py gives no target_metadata."""


class NoTransaction(Exception):
    """The connection commits each statement, so that nothing could be rolled back."""


class Exercise:
    """The rounds. What the first one puts into rows, the second does too."""

    def __init__(self, runner):
        self.runner = runner
        self.rows = {}

    def run(self):
        """One round, and another where a pause is wanted."""
        self.runner.prepare()
        with flask_app.context(self.runner.env_text()):
            self.round()
            if self.runner.job.get("pauses"):
                self.runner.sink.pause(kind="exercised")
                self.round()

    def round(self):
        """Try everything once, over env.py's engine."""
        found = {"uses": [], "skipped": []}
        self.runner.answer.setdefault("rounds", []).append(found)
        done = []

        def work(heads, context):
            if not done:  # an env.py for several schemas calls for each
                done.append(True)
                self.try_all(context, found)
            return []

        self.runner.one_pass("exercise", work, ("revision", "--autogenerate"), dont_mutate=True)

    def try_all(self, context, found):
        """All classes and tables of the metadata."""
        metadata = context.opts.get("target_metadata")
        if metadata is None:
            raise NoMetadata("target_metadata is None")
        tables = [table for one in metadatas(metadata) for table in one.tables.values()]
        mappers = mapped(tables, found["skipped"])
        with rolled_back(context) as connection:
            trial = Trial(connection, self.rows, found)
            covered = {table for mapper in mappers for table in mapper.tables}
            for mapper in mappers:
                trial.guarded(class_name(mapper), lambda: trial.try_class(mapper))
            for table in sorted(set(tables) - covered, key=lambda one: one.key):
                trial.guarded(table.key, lambda: trial.try_table("", table, list(table.columns)))


def mapped(tables, skipped):
    """The mappers of all registries whose table is one of these, by the names of their classes."""
    from sqlalchemy.orm import configure_mappers, registry

    # The registries are known to the classes alone; isinstance() would call into proxies.
    registries = [one for one in gc.get_objects() if issubclass(type(one), registry)]
    try:
        configure_mappers()
    except Exception as failure:
        skipped.append("all mapped classes: they cannot be configured (%s)" % type(failure).__name__)
        return []
    known = set(tables)
    mappers = [mapper for one in registries for mapper in one.mappers if mapper.local_table in known]
    return sorted(set(mappers), key=class_name)


def class_name(mapper):
    """A mapped class with its module."""
    return "%s.%s" % (mapper.class_.__module__, mapper.class_.__qualname__)


@contextlib.contextmanager
def rolled_back(context):
    """A connection of our own in a transaction that ends in a rollback."""
    import sqlalchemy

    engine = context.connection.engine
    path = context.connection.exec_driver_sql("SHOW search_path").scalar()
    connection = engine.connect().execution_options(isolation_level="READ COMMITTED")
    try:
        connection.detach()  # nobody else gets it, whatever became of it
        transaction = connection.begin()
        for name, value in dict(LIMITS, search_path=path).items():
            connection.execute(sqlalchemy.select(sqlalchemy.func.set_config(name, value, True)))
        if connection.exec_driver_sql("SHOW lock_timeout").scalar() != LIMITS["lock_timeout"]:
            raise NoTransaction("what is set for a transaction has no effect")
        try:
            yield connection
        finally:
            transaction.rollback()
    finally:
        connection.close()
        engine.dispose()  # the database may be another one at the next round


class Trial:
    """One round's work in its transaction."""

    def __init__(self, connection, rows, found):
        self.connection = connection
        self.rows = rows
        self.found = found
        self.savepoint = None
        self.deadline = time.monotonic() + BUDGET

    def guarded(self, name, work):
        """One class or table, if there is time; its own code must not end the round."""
        if time.monotonic() > self.deadline:
            self.found["skipped"].append("%s: %d seconds were over" % (name, BUDGET))
            return
        try:
            work()
        except Exception as failure:
            if self.connection.invalidated or self.connection.closed:
                raise
            self.found["skipped"].append("%s: its statements cannot be built (%s)" % (name, type(failure).__name__))

    def try_class(self, mapper):
        """Select through the class; insert and update in the table that is its own."""
        import sqlalchemy

        name = class_name(mapper)
        attributes = [getattr(mapper.class_, one.key) for one in mapper.column_attrs]
        statement = sqlalchemy.select(*attributes).select_from(mapper.class_).limit(1)
        columns = {column for one in mapper.column_attrs for column in one.columns}
        own = [column for column in mapper.local_table.columns if column in columns]
        self.try_table(name, mapper.local_table, own, statement, writes=not mapper.single)

    def try_table(self, name, table, columns, statement=None, writes=True):
        """Select, insert and update one table."""
        import sqlalchemy

        select = sqlalchemy.select(*columns).limit(1) if statement is None else statement
        self.use(name, table, "select", [select])
        if not writes or not columns:
            return
        if (name, table) not in self.rows:
            self.rows[name, table] = self.row(table, columns)
        existing, made = self.rows[name, table]
        made = {column: value for column, value in made.items() if column in columns}
        inserts = [made]
        for column in made:
            inserts += [{**made, column: value} for value in values.choices(column)]
        self.use(name, table, "insert", [table.insert().values(one) for one in inserts])
        self.use(name, table, "update", self.updates(table, existing, made))

    def updates(self, table, existing, made):
        """One UPDATE that sets an existing row to itself. Without a row it finds none, and the
        server checks its columns and types all the same."""
        import sqlalchemy

        key = list(table.primary_key.columns)
        found = bool(existing and key)
        which = sqlalchemy.and_(*[column == existing[column] for column in key]) if found else sqlalchemy.false()
        chosen = {column: existing.get(column) if found else made[column] for column in made if column not in key}
        if not chosen:  # nothing but keys: to themselves
            chosen = {column: column for column in list(made) or key}
        return [table.update().where(which).values(chosen)] if chosen else []

    def row(self, table, columns):
        """An existing row by column, and the values of a new one."""
        import sqlalchemy

        existing = self.first(sqlalchemy.select(*columns).limit(1), columns)
        parents = {}
        for column in columns:
            for key in column.foreign_keys:
                with contextlib.suppress(Exception):  # the other table may not be in the metadata
                    parents.update(self.first(sqlalchemy.select(key.column).limit(1), [column]))
        return existing, values.row(table, columns, existing, parents, self.connection.dialect)

    def first(self, statement, columns):
        """The first row of a query by column; nothing where there is none."""
        rows = []
        self.attempt(lambda: rows.extend(self.connection.execute(statement).fetchmany(1)), reads=True)
        return dict(zip(columns, rows[0])) if rows else {}

    def use(self, name, table, operation, statements):
        """Try statements that are one use; the first failure that is not the data's tells."""
        shown = "%s.%s" % (table.schema or self.connection.dialect.default_schema_name or "public", table.name)
        failures = []
        for statement in statements:
            failure = self.attempt(lambda: self.connection.execute(statement).close(), reads=operation == "select")
            if failure is not None:
                failures.append(dict(failure, column=failure["column"] or self.culprit(table, statement, failure)))
        told = next((one for one in failures if not of_data(one["sqlstate"])), failures[0] if failures else None)
        if told is not None and (not told["sqlstate"] or told["sqlstate"].startswith(NO_VERDICT)):
            reason = told["sqlstate"] + " " + told["message"] if told["sqlstate"] else told["type"]
            self.found["skipped"].append("%s of %s (%s): %s" % (operation, shown, name or "no class", reason))
            return
        if statements:
            told = told or {"sqlstate": "", "message": "", "column": ""}
            facts = {key: told[key] for key in ("sqlstate", "message", "column")}
            self.found["uses"].append(dict(facts, **{"class": name, "table": shown, "operation": operation}))

    def culprit(self, table, statement, failure):
        """The column whose value the server refuses; its message may not name it."""
        import sqlalchemy

        if not failure["sqlstate"].startswith("22"):
            return ""
        for column in table.columns:
            given = statement.compile(dialect=self.connection.dialect).params
            if column.key not in given:
                continue
            alone = table.update().where(sqlalchemy.false()).values({column: given[column.key]})
            again = self.attempt(lambda: self.connection.execute(alone))
            if again and again["sqlstate"] == failure["sqlstate"]:
                return column.name
        return ""

    def attempt(self, work, reads=False):
        """Work within a savepoint; what the failure was, or None. One that only read, and went
        well, leaves the savepoint to the next: each costs a way to the server and back."""
        if self.savepoint is None:
            self.savepoint = self.connection.begin_nested()
        failure = None
        try:
            work()
        except Exception as raised:
            failure = described(raised)
        if failure is not None or not reads:
            self.savepoint.rollback()
            self.savepoint = None
        return failure


def of_data(state):
    """Tell whether rows were in the way and not the schema."""
    return state.startswith("23") and state != "23502"


def described(failure):
    """State, message and column of a failure, without values."""
    chain = errors.causes(failure)
    facts = next((one for one in map(errors.server_facts, chain) if one["sqlstate"]), None)
    if facts is None:
        return {"sqlstate": "", "message": "", "column": "", "type": type(chain[-1]).__name__}
    named = NAMED.search(facts["message"])
    column = facts["column"] or (named and (named.group(1) or named.group(2))) or ""
    return {"sqlstate": facts["sqlstate"], "message": facts["message"], "column": column, "type": ""}
