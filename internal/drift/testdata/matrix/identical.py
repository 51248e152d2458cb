"""One schema in many words: a case each. Autogenerate makes a revision of it, and nothing may differ afterwards."""

import enum

from sqlalchemy import (
    ARRAY, BigInteger, Boolean, CheckConstraint, Column, Computed, Date, DateTime, Enum, Float, ForeignKey, Identity,
    Index, Integer, Interval, JSON, LargeBinary, MetaData, Numeric, Sequence, SmallInteger, String, Table, Text, Time,
    UniqueConstraint, Uuid, desc, func, literal_column, text,
)
from sqlalchemy.dialects import postgresql as pg

metadata = MetaData()


class Color(enum.Enum):
    red = "r"
    blue = "b"


ways = [
    ("integer", Integer, {}), ("bigint", BigInteger, {}), ("smallint", SmallInteger, {}), ("boolean", Boolean, {}),
    ("text", Text, {}), ("string", String, {}), ("length", String(50), {}), ("collated", String(50, collation="C"), {}),
    ("char", pg.CHAR(3), {}), ("float", Float, {}), ("double", pg.DOUBLE_PRECISION, {}), ("real", pg.REAL, {}),
    ("numeric", Numeric, {}), ("money", Numeric(12, 2), {}), ("date", Date, {}), ("time", Time, {}),
    ("time_zone", Time(timezone=True), {}), ("moment", DateTime, {}), ("moment_zone", DateTime(timezone=True), {}),
    ("precise", pg.TIMESTAMP(precision=3), {}), ("interval", Interval, {}), ("bytes", LargeBinary, {}), ("uuid", Uuid, {}),
    ("json", JSON, {}), ("jsonb", pg.JSONB, {}), ("array", ARRAY(Integer), {}), ("texts", pg.ARRAY(Text), {}),
    ("matrix", ARRAY(Integer, dimensions=2), {}), ("inet", pg.INET, {}), ("cidr", pg.CIDR, {}), ("macaddr", pg.MACADDR, {}),
    ("bit", pg.BIT(3), {}), ("varbit", pg.BIT(varying=True), {}), ("search", pg.TSVECTOR, {}), ("range", pg.INT4RANGE, {}),
    ("ranges", pg.INT4MULTIRANGE, {}), ("enum", Enum(Color, name="color"), {}), ("enum_text", Enum("a", "b", name="letters"), {}),
    ("enum_array", ARRAY(Enum("x", "y", name="axes")), {}), ("not_native", Enum("c", "d", name="plain", native_enum=False), {}),
    ("checked", Enum("e", "f", name="held", native_enum=False, create_constraint=True), {}),
    ("domain", pg.DOMAIN("positive", Integer, check="VALUE > 0"), {}), ("oid", pg.OID, {}), ("year", pg.INTERVAL(fields="YEAR"), {}),
    ("default_number", Integer, dict(server_default="0")), ("default_text_number", BigInteger, dict(server_default=text("0"))),
    ("default_negative", SmallInteger, dict(server_default="-1")), ("default_decimal", Numeric(5, 2), dict(server_default="1.5")),
    ("default_text", String(9), dict(server_default="new")), ("default_quote", Text, dict(server_default="it's")),
    ("default_true", Boolean, dict(server_default=text("true"))), ("default_word", Boolean, dict(server_default="f")),
    ("default_now", DateTime(timezone=True), dict(server_default=func.now())),
    ("default_current", DateTime, dict(server_default=text("CURRENT_TIMESTAMP"))), ("default_today", Date, dict(server_default=func.current_date())),
    ("default_utc", DateTime, dict(server_default=text("timezone('utc', now())"))),
    ("default_uuid", Uuid, dict(server_default=text("GEN_RANDOM_UUID()"))), ("default_json", JSON, dict(server_default="{}")),
    ("default_jsonb", pg.JSONB, dict(server_default=text("'{}'::jsonb"))), ("default_array", ARRAY(Text), dict(server_default="{}")),
    ("default_enum", Enum("on", "off", name="switch"), dict(server_default="on")),
    ("default_sequence", Integer, dict(server_default=text("nextval('numbers')"))), ("comment", Text, dict(comment="it's \\ said: so")),
    ("quoted Name", Text, dict(nullable=False)), ("order", Integer, {}),
]

Sequence("numbers", metadata=metadata)
for name, kind, options in ways:
    Table("case " + name, metadata, Column("id", Integer, primary_key=True), Column(name, kind, **options))

Table("identity", metadata, Column("id", BigInteger, Identity(always=False, start=5), primary_key=True), Column("n", SmallInteger, unique=True))
Table("computed", metadata, Column("id", Integer, primary_key=True), Column("twice", Integer, Computed("id * 2", persisted=True)))
Table(
    "indexed", metadata, Column("a", Integer, primary_key=True), Column("b", Text, index=True), Column("c", pg.JSONB), Column("d", Integer),
    Index("indexed_lower", func.lower(literal_column("b"))), Index("indexed_desc", desc("d")), Index("indexed_part", "d", postgresql_where=text("d > 3")),
    Index("indexed_gin", "c", postgresql_using="gin"), Index("indexed_cover", "a", postgresql_include=["d"]), Index("indexed_unique", "a", "d", unique=True),
    UniqueConstraint("d", "b", postgresql_nulls_not_distinct=True), CheckConstraint("a > 0"), CheckConstraint("d IN (1, 2, 3)", name="some_d"),
    comment="with all kinds of indexes",
)
Table("parent", metadata, Column("id", Integer, primary_key=True), schema="other")
Table(
    "child", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("other.parent.id", ondelete="CASCADE")),
    Column("self_id", ForeignKey("other.child.id", name="child_self", deferrable=True)), schema="other",
)
