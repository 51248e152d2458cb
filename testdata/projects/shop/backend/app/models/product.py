from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.models.base import SQLModel, timestamp


class Product(SQLModel, table=True):
    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("quantity_in_stock >= 0", name="stock_not_negative"),
        Index("ix_products_attributes", "attributes", postgresql_using="gin"),
    )

    id: int | None = Field(default=None, primary_key=True)
    category_id: int | None = Field(
        default=None, foreign_key="categories.id", ondelete="SET NULL", index=True
    )
    sku: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=200)
    description: str | None = None
    price: Decimal = Field(max_digits=12, decimal_places=2)
    currency: str = Field(default="EUR", max_length=3, sa_column_kwargs={"server_default": "EUR"})
    quantity_in_stock: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    attributes: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'::jsonb")},
    )
    created_at: datetime = timestamp()
