from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import Index, text
from sqlmodel import Field, Relationship

from app.models.base import SQLModel, moment, timestamp

if TYPE_CHECKING:
    from app.models.address import Address
    from app.models.order import Order


class UserRole(str, Enum):
    customer = "customer"
    staff = "staff"
    admin = "admin"


class User(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (Index("ix_users_email_lower", text("lower(email)")),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=320, unique=True)
    full_name: str = Field(max_length=200)
    phone: str = Field(max_length=32)
    role: UserRole = Field(
        default=UserRole.customer, sa_column_kwargs={"server_default": "customer"}
    )
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = timestamp()
    last_seen_at: datetime | None = moment()

    addresses: list["Address"] = Relationship(back_populates="user")
    orders: list["Order"] = Relationship(back_populates="user")
