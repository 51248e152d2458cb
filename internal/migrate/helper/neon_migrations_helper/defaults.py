"""Alembic's comparison of server defaults without its false alarms.

Alembic asks the server whether the two expressions are equal. That fails for types
without an equality (json), and is never true of functions that answer something else
each time (gen_random_uuid(), nextval()).
"""

import contextlib
import re

PARTS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^'\"]+|.", re.S)
CAST = re.compile(r"::(?:[a-z_][\w.]*(?: (?:varying|precision|with(?:out)? time zone))?)(?:\(\d+(?:,\d+)?\))?(?:\[\])*")


@contextlib.contextmanager
def careful(context):
    """While this lasts, defaults that are written alike are not compared by the server."""
    impl = context.impl
    original = impl.compare_server_default

    def compare(inspected, modelled, model_default, database_default):
        """As Alembic calls it; True tells that the defaults differ."""
        if alike(model_default, database_default, plain):
            return False
        try:
            with savepoint(context.connection):
                return original(inspected, modelled, model_default, database_default)
        except Exception as failure:
            if not hasattr(failure, "orig"):  # no error of the database
                raise
            return not alike(model_default, database_default, literal)

    impl.compare_server_default = compare
    try:
        yield
    finally:
        del impl.compare_server_default


@contextlib.contextmanager
def savepoint(connection):
    """A failed comparison must not end env.py's transaction."""
    try:
        nested = connection.begin_nested()
    except Exception:  # a connection without transactions, where nothing can be harmed
        yield
        return
    try:
        yield
    finally:
        nested.rollback()


def alike(one, other, form):
    """Tell whether two defaults are the same text in a form."""
    return one is not None and other is not None and form(one) == form(other)


def plain(text):
    """Lower case outside quotes, and without the cast that PostgreSQL adds to a sequence's name."""
    parts = [part if part[0] in "'\"" else part.lower() for part in PARTS.findall(text.strip())]
    return "".join(parts).replace("::regclass", "")


def literal(text):
    """A constant without its cast and its quotes."""
    text = text.strip()
    last = text.rfind("'") + 1
    text = text[:last] + CAST.sub("", text[last:].lower()) if last else text
    return text[1:-1].replace("''", "'") if len(text) > 1 and text[0] == text[-1] == "'" else text
