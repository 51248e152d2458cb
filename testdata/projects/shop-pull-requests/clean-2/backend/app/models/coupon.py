from datetime import datetime
from decimal import Decimal
from enum import Enum

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field

from app.models.base import SQLModel, moment, timestamp


class CouponKind(str, Enum):
    percentage = "percentage"
    amount = "amount"


class Coupon(SQLModel, table=True):
    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint("value > 0", name="value_positive"),
        CheckConstraint("kind <> 'percentage' OR value <= 100", name="percentage_at_most_100"),
        CheckConstraint("max_uses > 0", name="max_uses_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    kind: CouponKind
    value: Decimal = Field(max_digits=12, decimal_places=2)
    max_uses: int | None = None
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = timestamp()
    expires_at: datetime | None = moment()
