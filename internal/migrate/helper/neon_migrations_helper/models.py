"""The models' metadata, created in an empty database."""

from .operations import metadatas


class NoMetadata(Exception):
    """env.py gives no target_metadata."""


def create(context):
    """Create all that target_metadata says, over a connection of our own that is committed.

    env.py's connection may be in a transaction that Alembic would commit step by step.
    """
    metadata = context.opts.get("target_metadata")
    if metadata is None:
        raise NoMetadata("target_metadata is None")
    with context.connection.engine.begin() as connection:
        for one in metadatas(metadata):
            create_schemas(connection, one)
            one.create_all(connection)


def create_schemas(connection, metadata):
    """The schemas that the models name; create_all makes none."""
    quote = connection.dialect.identifier_preparer.quote
    for schema in sorted({table.schema for table in metadata.tables.values() if table.schema}):
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS " + quote(schema))
