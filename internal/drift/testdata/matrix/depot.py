"""The shop's tables, and one with the kinds of things that the shop does not have."""

from app.models import User
from sqlalchemy import (
    CheckConstraint, Column, Computed, DateTime, ForeignKey, Identity, Index, Integer, MetaData, Numeric,
    Sequence, String, Table, Text, UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, DOMAIN, INT4RANGE, ExcludeConstraint
from sqlmodel import SQLModel

shop, depot = SQLModel.metadata, MetaData()  # the shop's has a naming convention, with which no check is without a name
metadata = [shop, depot]

Sequence("ticket_numbers", metadata=depot, increment=10)

Table(
    "shelves", depot,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("code", String, nullable=False, comment="as it is printed"),
    Column("label", String(20)),
    Column("width", Numeric(10, 2), nullable=False),
    Column("area", Numeric(12, 2), Computed("width * 2")),
    Column("tags", ARRAY(Text)),
    Column("checked_at", DateTime(timezone=True)),
    Column("place", String(10, collation="C")),
    Column("span", INT4RANGE),
    Column("rank", DOMAIN("shelf_rank", Integer, check="VALUE > 0")),
    Column("keeper_id", Integer, ForeignKey(User.__table__.c.id, name="fk_shelves_keeper", ondelete="SET NULL", onupdate="CASCADE")),
    Column("owner_id", Integer, ForeignKey(User.__table__.c.id, name="fk_shelves_owner", deferrable=True, initially="DEFERRED")),
    UniqueConstraint("code", "label", name="uq_shelves_code_label"),
    CheckConstraint("width > 0"),
    CheckConstraint("width < 900", name="not_too_wide"),
    ExcludeConstraint(("span", "&&"), name="no_overlap", using="gist"),
    Index("ix_shelves_cover", "code", postgresql_include=["width"]),
    Index("ix_shelves_prefix", "label", postgresql_ops={"label": "text_pattern_ops"}),
    comment="what stands in the depot",
)

Table(
    "bins", depot,
    Column("id", Integer, primary_key=True),
    Column("shelf_id", Integer),
    schema="store",
)

Table("bins_of_shop", depot, Column("id", Integer, primary_key=True, autoincrement=False), Column("span", INT4RANGE), Column("moved", Text))
