"""Values for a row that fits a table, the same ones every time."""

import datetime
import decimal
import hashlib
import uuid

# How many values of an enumeration are tried.
MOST_VALUES = 50
MOMENT = datetime.datetime(2000, 1, 2, 3, 4, 5)


class Unknown(Exception):
    """No value is known for a type."""


def row(table, columns, existing, parents, dialect):
    """Values by column for an INSERT. An existing row's values are the most plausible ones,
    but for what must be unique; parents are keys of rows that foreign keys lead to."""
    single = unique(table)
    made = {}
    for column in columns:
        if by_server(column) or (column is auto(table) and not column.foreign_keys):
            continue
        value = None if column in single and not column.foreign_keys else existing.get(column)
        if value is None:
            value = parents.get(column)
        made[column] = generated(column, dialect) if value is None else value
    return made


def by_server(column):
    """Tell whether the server alone writes a column."""
    identity = getattr(column, "identity", None)
    return column.computed is not None or (identity is not None and bool(identity.always))


def auto(table):
    """The column that a sequence fills."""
    try:
        return table.autoincrement_column
    except AttributeError:  # SQLAlchemy 1.4
        return table._autoincrement_column


def unique(table):
    """Columns that are part of a key."""
    from sqlalchemy import UniqueConstraint

    found = set(table.primary_key.columns) | {column for column in table.columns if column.unique}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            found |= set(constraint.columns)
    for index in table.indexes:
        if index.unique:
            found |= set(index.columns)
    return found


def generated(column, dialect):
    """A value for a column's type. None where no value is known or the type refuses it."""
    number = int(hashlib.sha256(str(column).encode("utf-8")).hexdigest()[:12], 16)
    try:
        value = made(column.type, number)
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            process(value)  # a type of the project's own may want something else
        return value
    except Exception:
        return None


def choices(column):
    """All values of an enumeration; none for another type."""
    import sqlalchemy

    if not isinstance(column.type, sqlalchemy.Enum):
        return []
    of_class = column.type.enum_class
    return list(column.type.enums if of_class is None else of_class)[:MOST_VALUES]


def made(kind, number):
    """A value by type; the number tells columns apart."""
    from sqlalchemy.types import TypeDecorator

    for names, make in MAKERS:  # before the decorators, of which Interval is one
        if any(isinstance(kind, one) for one in types(names)):
            return make(kind, number)
    if isinstance(kind, TypeDecorator):
        return made(kind.impl, number)
    raise Unknown(type(kind).__name__)


def types(names):
    """The classes of these names, as far as this SQLAlchemy has them."""
    import sqlalchemy
    from sqlalchemy.dialects import postgresql

    found = (getattr(module, name, None) for module in (sqlalchemy, postgresql) for name in names.split())
    return [one for one in found if isinstance(one, type)]


def first_choice(kind, number):
    """The first value of an enumeration."""
    return kind.enums[0] if kind.enum_class is None else list(kind.enum_class)[0]


def moment(kind, number):
    """A time, with a zone where the column has one."""
    return MOMENT.replace(tzinfo=datetime.timezone.utc) if kind.timezone else MOMENT


def amount(kind, number):
    """1 where there is a digit before the point, else 0."""
    room = kind.precision is None or kind.precision > (kind.scale or 0)
    value = decimal.Decimal(1 if room else 0)
    return value if kind.asdecimal else float(value)


def identifier(kind, number):
    """A UUID as an object or as text."""
    value = uuid.UUID(int=number)
    return value if kind.as_uuid else str(value)


def word(kind, number):
    """Letters and digits, as many as there is room for."""
    return ("%012x" % number)[: getattr(kind, "length", None) or 12]


def listed(kind, number):
    """A list with one value, as deep as the array."""
    value = made(kind.item_type, number)
    for _ in range(kind.dimensions or 1):
        value = [value]
    return value


# Subclasses come before what they derive from.
MAKERS = [
    ("Enum", first_choice),
    ("Boolean", lambda kind, number: False),
    ("SmallInteger", lambda kind, number: 30000 + number % 2000),
    ("Integer", lambda kind, number: 2000000000 + number % 100000000),
    ("Float", lambda kind, number: 1.0),
    ("Numeric", amount),
    ("Uuid UUID", identifier),
    ("JSON", lambda kind, number: {}),
    ("ARRAY", listed),
    ("DateTime", moment),
    ("Date", lambda kind, number: MOMENT.date()),
    ("Time", lambda kind, number: moment(kind, number).timetz()),
    ("Interval INTERVAL", lambda kind, number: datetime.timedelta(days=1)),
    ("LargeBinary", lambda kind, number: b"x"),
    ("INET", lambda kind, number: "192.0.2.1"),
    ("CIDR", lambda kind, number: "192.0.2.0/24"),
    ("MACADDR", lambda kind, number: "02:00:00:00:00:01"),
    ("HSTORE", lambda kind, number: {}),
    ("String", word),
]
