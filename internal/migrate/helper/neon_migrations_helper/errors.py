"""Describes failures without row data.

Row values reach error texts by three ways: PostgreSQL's DETAIL, CONTEXT and quoted input
values; SQLAlchemy's [SQL: ...] and [parameters: ...]; and what migrations themselves
raise. All three are cut here, where the parts are still apart; a text filter behind us
could be led astray by a hostile value with line ends in it.
"""

import os
import re
import sys
import traceback

HELPER = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
WITHHELD = "(its text is not shown, because it may hold row data)"

# Exceptions whose text comes from code and not from rows, also inside a migration.
CODE_ERRORS = (NameError, ImportError, AttributeError, TypeError, SyntaxError, NotImplementedError, RecursionError)

MAX_STATEMENT = 2000
DATA_STATEMENT = re.compile(r"\s*(insert|update|delete|select|with|merge|copy|values|do|call|execute|prepare)\b", re.I)


class Place:
    """Where in the work we are; a failure happened there."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.phase = "start"
        self.revision = ""
        self.touched = False  # a migration context has begun


def describe(failure, place):
    """A failure as plain values."""
    chain = causes(failure)
    facts = {
        "phase": place.phase,
        "revision": place.revision,
        "touched": place.touched,
        "chain": [{"types": type_names(e), "message": safe_message(e, place)} for e in chain],
        "where": where(failure, place),
    }
    server = next((f for f in map(server_facts, chain) if f["sqlstate"]), None)
    if server:
        facts.update(server)
        facts["statement"] = next((redact_statement(s) for s in map(statement_of, chain) if s), "")
    facts["missing"] = missing_module(chain, place)
    return facts


def causes(failure):
    """The failure and what is behind it, outermost first."""
    chain = []
    while failure is not None and failure not in chain:
        chain.append(failure)
        hidden = failure.__suppress_context__
        failure = failure.__cause__ or getattr(failure, "orig", None) or (None if hidden else failure.__context__)
    return chain


def type_names(failure):
    """The qualified names of the exception's class and of those it derives from."""
    return [
        "%s.%s" % (c.__module__, c.__qualname__) if c.__module__ != "builtins" else c.__qualname__
        for c in type(failure).__mro__
        if c not in (object, BaseException)
    ]


def statement_of(failure):
    """The SQL that SQLAlchemy remembers with an error."""
    value = getattr(failure, "statement", None)
    return value if isinstance(value, str) else ""


def missing_module(chain, place):
    """The module that could not be found, and whether it lies in the project's directory."""
    for failure in chain:
        if isinstance(failure, ModuleNotFoundError) and failure.name:
            top = failure.name.split(".")[0]
            path = os.path.join(place.root, top)
            return {"name": failure.name, "here": os.path.isdir(path) or os.path.isfile(path + ".py")}
    return None


# --- what the server said ---------------------------------------------------------------


def server_facts(failure):
    """SQLSTATE and the identifiers of an error of PostgreSQL, for every driver."""
    source = failure
    diag = getattr(failure, "diag", None)  # psycopg2, psycopg
    if diag is not None:
        read = lambda *keys: next((v for v in (getattr(diag, k, None) for k in keys) if v), "")
    elif failure.args and isinstance(failure.args[0], dict):  # pg8000
        letters = {"message_primary": "M", "message_hint": "H", "schema_name": "s", "table_name": "t",
                   "column_name": "c", "constraint_name": "n", "datatype_name": "d"}
        read = lambda *keys: failure.args[0].get(letters.get(keys[0]), "")
    else:  # asyncpg, below SQLAlchemy's adapter or bare
        source = failure.__cause__ if not hasattr(failure, "schema_name") and failure.__cause__ else failure
        read = lambda *keys: next((v for v in (getattr(source, k, None) for k in keys) if isinstance(v, str)), "")
    state = sqlstate(failure)
    message = read("message_primary", "message") if state else ""
    return {
        "sqlstate": state,
        "message": redact_message(state, message),
        "hint": "" if values_in_message(state) else read("message_hint", "hint"),
        "schema": read("schema_name"),
        "table": read("table_name"),
        "column": read("column_name"),
        "constraint": read("constraint_name"),
    }


def sqlstate(failure):
    """The five letters of SQLSTATE, or nothing."""
    for name in ("sqlstate", "pgcode"):
        value = getattr(failure, name, None)
        if isinstance(value, str) and len(value) == 5:
            return value
    if failure.args and isinstance(failure.args[0], dict):
        return str(failure.args[0].get("C", ""))
    return ""


def values_in_message(state):
    """Tell whether errors of this state quote input values: bad data, syntax, RAISE, internal."""
    return state[:2] in ("22", "P0", "XX", "F0", "38", "39") or state == "42601"


def redact_message(state, text):
    """The primary message without the values it may quote."""
    text = (text or "").split("\nDETAIL")[0]
    if not values_in_message(state):
        return text.strip()
    if state.startswith("P0"):
        return "an exception raised by code in the database " + WITHHELD
    return re.sub(r"([\"']).*[\"']|: .*", lambda m: "…" if m.group(1) else ": …", text, flags=re.S).strip()


# --- messages and statements ------------------------------------------------------------


def safe_message(failure, place):
    """The text of an exception as far as it cannot hold row data."""
    server = server_facts(failure)
    if server["sqlstate"]:
        return server["message"]
    if of_driver(failure):
        return first_line(str(failure))
    if hasattr(failure, "params"):  # SQLAlchemy's StatementError quotes statement and values
        return WITHHELD
    if callable(getattr(failure, "errors", None)) and type(failure).__name__ == "ValidationError":
        return validation_message(failure)
    inside = bool(place.revision)
    if inside and not isinstance(failure, CODE_ERRORS) and not of_library(failure):
        return WITHHELD
    return str(failure)


def validation_message(failure):
    """pydantic's message without the values, among which are the project's own secrets."""
    title = getattr(failure, "title", None) or getattr(getattr(failure, "model", None), "__name__", "the settings")
    found = failure.errors()
    fields = ("%s: %s" % (".".join(map(str, e["loc"])), e["msg"]) for e in found)
    return "%d validation errors for %s: %s" % (len(found), title, "; ".join(fields))


def first_line(text):
    """The first line: drivers put DETAIL and the like behind it."""
    return text.split("\n", 1)[0]


def of_driver(failure):
    """Tell whether SQLAlchemy's wrapping of a driver's error is meant."""
    return any(name.endswith("exc.DBAPIError") for name in type_names(failure))


def of_library(failure):
    """Tell whether the exception's class is Alembic's or SQLAlchemy's own."""
    return type(failure).__module__.split(".")[0] in ("alembic", "sqlalchemy")


def redact_statement(sql):
    """A statement without the values in it; definitions of the schema stay as they are."""
    if DATA_STATEMENT.match(strip_comments(sql)):
        sql = redact_literals(strip_comments(sql))
    return sql if len(sql) <= MAX_STATEMENT else sql[:MAX_STATEMENT] + " …"


def strip_comments(sql):
    """Drop comments in front, so that the first word can be seen."""
    return re.sub(r"\A(\s*(--[^\n]*\n|/\*.*?\*/))*\s*", "", sql, flags=re.S)


LITERAL = re.compile(r"\$(\w*)\$.*?\$\1\$|'(?:[^'\\]|'')*'|(?<![\w$.:%(])-?\d+(?:\.\d+)?", re.S)


def redact_literals(sql):
    """Replace strings and numbers. Where quoting is open to doubt, the rest is cut.

    A value that was put between quotes by hand may hold a quote itself; then strings and
    what is between them change places, and only a cut is safe.
    """
    out, position = [], 0
    for match in LITERAL.finditer(sql):
        between = sql[position : match.start()]
        if "'" in between or "$$" in between or touches_a_word(sql, match):
            break
        out.append(between + "…")
        position = match.end()
    rest = sql[position:]
    cut = re.search(r"'|\$\w*\$", rest)
    return "".join(out) + (rest[: cut.start()] + "…" if cut else rest)


def touches_a_word(sql, match):
    """A word right behind a closing quote is no SQL."""
    return match.group().endswith("'") and sql[match.end() : match.end() + 1].isalnum()


# --- scrubbing exceptions in place ------------------------------------------------------


def scrub_context(context):
    """SQLAlchemy's handle_error event: cut row data out of an error before anyone prints it."""
    try:
        scrub(context.original_exception, context.sqlalchemy_exception)
    except Exception as failure:  # an exotic driver: the filter behind us remains
        sys.stderr.write("neon-migrations: an error's details could not be removed (%s)\n" % type(failure).__name__)


def scrub(original, wrapped):
    """Rewrite the texts of a driver's exceptions and of SQLAlchemy's around them."""
    text = None
    for inner in reversed(causes(original)):
        facts = server_facts(inner)
        if facts["sqlstate"]:
            text = facts["message"]
            scrub_one(inner, text)
    if text is not None and wrapped is not None:
        name = type(original)
        wrapped.args = ("(%s.%s) %s" % (name.__module__, name.__name__, text),)
        wrapped.statement = redact_statement(wrapped.statement or "")
        wrapped.params = None
        wrapped.hide_parameters = True


def scrub_one(failure, text):
    """Rewrite one exception of a driver; asyncpg's has its parts as attributes."""
    fields = failure.args[0] if failure.args else None
    failure.args = (scrubbed_fields(fields, text) if isinstance(fields, dict) else text,)
    if not hasattr(failure, "detail"):
        return
    for name in ("detail", "hint", "context", "where", "query", "internal_query"):
        if getattr(failure, name, None):
            setattr(failure, name, None)
    failure.message = text


def scrubbed_fields(fields, text):
    """pg8000's fields of an error without detail, context and queries."""
    return dict({key: value for key, value in fields.items() if key not in "DHWpq"}, M=text)


# --- where it happened ------------------------------------------------------------------


def frames(failure, place):
    """The project's own frames of a traceback, innermost last: path, line, function."""
    shown = []
    for frame in traceback.extract_tb(failure.__traceback__):
        if frame.filename.startswith("<"):
            continue  # generated code, such as Alembic's op functions
        path = os.path.realpath(frame.filename)
        if path.startswith(HELPER) or any(part in path for part in LIBRARIES):
            continue
        if not os.path.isfile(path):
            continue  # compiled code names its source from where it was built: psycopg_binary/_psycopg/waiting.pyx
        if path.startswith(place.root + os.sep):
            shown.append((os.path.relpath(path, place.root).replace(os.sep, "/"), frame.lineno, frame.name))
    return shown


def where(failure, place):
    """The innermost line of the project that the failure went through."""
    if isinstance(failure, SyntaxError) and failure.filename:
        path = os.path.relpath(os.path.realpath(failure.filename), place.root)
        return "%s:%s" % (path.replace(os.sep, "/"), failure.lineno)
    for inner in causes(failure):
        found = frames(inner, place)
        if found:
            return "%s:%d" % found[-1][:2]
    return ""


def print_trace(failure, place):
    """Print a traceback of the project's frames with redacted texts, as the log's account."""
    lines = ["Traceback of the project's own code (most recent call last):"]
    for path, line, name in frames(failure, place):
        lines.append('  File "%s", line %d, in %s' % (path, line or 0, name))
    for inner in reversed(causes(failure)):
        lines.append("%s: %s" % (type_names(inner)[0], safe_message(inner, place)))
        if statement_of(inner):
            lines.append("in the statement: " + redact_statement(statement_of(inner)))
    sys.stderr.write("\n".join(lines) + "\n")
