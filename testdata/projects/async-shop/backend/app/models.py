import uuid
from datetime import datetime
from enum import Enum

from sqlalchemy import CheckConstraint, DateTime, Index, func, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Reason(str, Enum):
    delivery = "delivery"
    sale = "sale"
    loss = "loss"


class Warehouse(SQLModel, table=True):
    __tablename__ = "warehouses"

    id: uuid.UUID = Field(
        default_factory=uuid.uuid4,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()")},
    )
    name: str = Field(max_length=80, unique=True)


class Movement(SQLModel, table=True):
    """Goods that came or went; the stock is the sum of these."""

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
        Index("ix_movements_losses", "moved_at", postgresql_where=text("reason = 'loss'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    warehouse_id: uuid.UUID = Field(foreign_key="warehouses.id", ondelete="RESTRICT", index=True)
    sku: str = Field(max_length=32, index=True)
    quantity: int
    reason: Reason
    moved_at: datetime = Field(
        default=None,
        nullable=False,
        sa_type=DateTime(timezone=True),  # type: ignore[call-overload]
        sa_column_kwargs={"server_default": func.now()},
    )
