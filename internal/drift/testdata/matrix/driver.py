"""Alembic and SQLAlchemy for the tests, in one process: a line in, a line of JSON out.

    create URL    the metadata's own create_all
    revise URL    what autogenerate makes of an empty database, run as a revision would run it
    adopt URL BODY   the body of a revision
    check URL SQL the operations that autogenerate finds missing, with and without compare_server_default
"""

import importlib
import json
import sys
import warnings

import alembic.op
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, pool, text
from sqlalchemy.schema import CreateSequence

warnings.simplefilter("ignore")
metadata = importlib.import_module(sys.argv[1]).metadata
each = metadata if isinstance(metadata, list) else [metadata]


def leaves(op):
    if hasattr(op, "ops"):
        return [leaf for part in op.ops for leaf in leaves(part)]
    return [op]


def by_default(op):
    """Whether the operation is found without compare_server_default."""
    if not hasattr(op, "modify_server_default"):
        return True
    return op.modify_nullable is not None or op.modify_type is not None or op.modify_comment is not False


def words(op):
    names = (getattr(op, key, None) for key in ("table_name", "source_table", "column_name", "index_name", "constraint_name"))
    return " ".join([type(op).__name__, *map(str, filter(None, names))])


def missing(connection, **options):
    opts = dict(target_metadata=metadata, compare_server_default=True, **options)
    context = MigrationContext.configure(connection, opts=opts)
    return produce_migrations(context, metadata).upgrade_ops


def create(connection):
    schemas(connection)
    for one in each:
        one.create_all(connection)
    connection.commit()
    return []


def schemas(connection):
    for schema in {table.schema for one in each for table in one.tables.values() if table.schema}:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))


def revise(connection):
    schemas(connection)
    for sequence in [s for one in each for s in one._sequences.values()]:  # which autogenerate leaves to people
        connection.execute(CreateSequence(sequence))
    found = missing(connection, include_schemas=True)
    operations = Operations(MigrationContext.configure(connection, opts=dict(target_metadata=metadata)))
    run(operations, found)
    connection.commit()
    return []


def run(operations, op):
    if hasattr(op, "ops"):
        for part in op.ops:
            run(operations, part)
    else:
        operations.invoke(op)


def check(connection, sql):
    """Looks at the tables that the SQL names alone: reflecting them all takes most of the time."""

    def include_name(name, kind, parents):
        return kind != "table" or name in sql

    def include_object(item, name, kind, reflected, compare_to):
        return kind != "table" or name in sql

    found = leaves(missing(connection, include_name=include_name, include_object=include_object))
    return dict(plain=[words(op) for op in found if by_default(op)], all=[words(op) for op in found])


def adopt(connection, body):
    context = MigrationContext.configure(connection)
    with context.begin_transaction(), Operations.context(context):
        exec(body, dict(op=alembic.op))


for line in sys.stdin:
    name, url, *more = line.strip().split(" ", 2)
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        try:
            answer = dict(result=globals()[name](connection, *map(json.loads, more)))
        except Exception as error:
            answer = dict(error=f"{type(error).__name__}: {error}")
    print(json.dumps(answer), flush=True)
