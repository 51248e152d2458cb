from datetime import datetime
from decimal import Decimal
from enum import Enum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship

from app.models.base import SQLModel, moment, timestamp
from app.models.user import User


class OrderStatus(str, Enum):
    pending = "pending"
    paid = "paid"
    shipped = "shipped"
    cancelled = "cancelled"
    refunded = "refunded"


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total_not_negative"),
        Index("ix_orders_user_id_placed_at", "user_id", text("placed_at DESC")),
        Index(
            "ix_orders_open",
            "placed_at",
            postgresql_where=text("status IN ('pending', 'paid')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", ondelete="RESTRICT")
    status: OrderStatus = Field(
        default=OrderStatus.pending, sa_column_kwargs={"server_default": "pending"}
    )
    total: Decimal = Field(max_digits=12, decimal_places=2)
    note: str | None = None
    placed_at: datetime = timestamp()
    shipped_at: datetime | None = moment(index=True)
    updated_at: datetime = timestamp()

    user: User = Relationship(back_populates="orders")
    items: list["OrderItem"] = Relationship(back_populates="order")


class OrderItem(SQLModel, table=True):
    __tablename__ = "order_items"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    order_id: int = Field(foreign_key="orders.id", ondelete="CASCADE")
    product_id: int = Field(foreign_key="products.id", ondelete="RESTRICT", index=True)
    quantity: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    unit_price: Decimal = Field(max_digits=12, decimal_places=2)

    order: Order = Relationship(back_populates="items")
