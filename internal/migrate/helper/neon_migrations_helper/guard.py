"""Sends every connection to the one database, and refuses those it cannot send there.

An accident guard, not a sandbox: code that wants to can undo it. What it must hold off
is env.py with another address than the one it is given.
"""

from . import address as addresses
from . import errors
from .cancel import Canceller

# The database, the moment its server started (to the microsecond), and on Neon the
# timeline, which tells a branch from its parent where all data is alike. No marker in the
# data could do so: a branch copies it from its parent.
IDENTITY = (
    "SELECT pg_catalog.current_database(), pg_catalog.pg_postmaster_start_time()::text, "
    "pg_catalog.current_setting('neon.timeline_id', true)"
)

OURS = "neon_migrations_guard"


class ForeignConnection(Exception):
    """A connection that would go elsewhere. The text holds no address."""


class Guard:
    """Knows the one address, and counts the statements that pass."""

    def __init__(self, address):
        self.address = address
        self.statements = 0
        self.canceller = Canceller()

    def install(self):
        """Listen on the classes: engines that exist and engines to come, sync and async."""
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.pool import Pool

        def connect(dialect, record, cargs, cparams):
            return self.connect(dialect, record, cparams)

        def verify(connection, record):
            self.verify(connection, record)

        def count(conn, cursor, statement, parameters, context, executemany):
            self.count(conn)

        event.listen(Engine, "do_connect", connect)
        event.listen(Pool, "connect", verify)
        event.listen(Pool, "checkout", lambda connection, record, proxy: self.refresh(record))
        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "handle_error", errors.scrub_context)

    def connect(self, dialect, record, given):
        """Make the connection ourselves.

        Listeners on classes come first and the first connection that is returned ends the
        row, so a listener of the project that changes the address never runs.
        """
        if dialect.name != "postgresql":
            return refuse_unless_file(dialect.name)
        addresses.forget_rivals()
        connection = dialect.connect(**addresses.arguments(self.address, dialect.driver, given))
        self.canceller.watch(dialect.driver, connection)
        if record is not None:
            record.info[OURS] = self.address["database"]
        return connection

    def lead_to(self, address):
        """Send connections to another database from now on."""
        self.address = address

    def refresh(self, record):
        """A pool of the project's own may still hold a connection to the database before."""
        from sqlalchemy.exc import DisconnectionError

        if record.info.get(OURS, self.address["database"]) != self.address["database"]:
            raise DisconnectionError  # the pool connects anew

    def verify(self, connection, record):
        """Look at connections that connect() did not make: engines with a creator."""
        if record.info.get(OURS):
            return
        dialect = getattr(getattr(record, "_ConnectionRecord__pool", None), "_dialect", None)
        name = getattr(dialect, "name", None)
        if name is not None and name != "postgresql":
            refuse_unless_file(name)
            return
        if name is None or self.identity(connection) != self.trusted_identity(dialect):
            connection.close()
            raise ForeignConnection(
                "an engine with a connection function of its own (creator=) reaches another "
                "server or database than the one it was given"
            )

    def trusted_identity(self, dialect):
        """Ask the right server who it is, over a connection of our own."""
        connection = dialect.connect(**addresses.arguments(self.address, dialect.driver, {}))
        try:
            return self.identity(connection)
        finally:
            connection.close()

    @staticmethod
    def identity(connection):
        """Who the server at the other end of a connection is."""
        cursor = connection.cursor()
        try:
            cursor.execute(IDENTITY)
            return tuple(cursor.fetchone())
        finally:
            cursor.close()
            connection.rollback()

    def count(self, conn):
        """Count a statement, and keep its parameters out of logs and errors."""
        self.statements += 1
        conn.engine.hide_parameters = True


def refuse_unless_file(name):
    """Databases in files and in memory are the project's own affair; servers are not."""
    if name in ("sqlite", "duckdb"):
        return None
    raise ForeignConnection("env.py or a model connects to a server of another kind (%s)" % name)
