from datetime import datetime
from decimal import Decimal
from enum import Enum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from app.models.base import SQLModel, timestamp


class PaymentProvider(str, Enum):
    card = "card"
    paypal = "paypal"
    invoice = "invoice"


class PaymentState(str, Enum):
    authorized = "authorized"
    captured = "captured"
    failed = "failed"


class Payment(SQLModel, table=True):
    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(
            "uq_payments_one_captured",
            "order_id",
            unique=True,
            postgresql_where=text("state = 'captured'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders.id", ondelete="RESTRICT", index=True)
    provider: PaymentProvider
    reference: str = Field(max_length=64, unique=True)
    state: PaymentState = Field(
        default=PaymentState.authorized, sa_column_kwargs={"server_default": "authorized"}
    )
    amount: Decimal = Field(max_digits=12, decimal_places=2)
    created_at: datetime = timestamp()
