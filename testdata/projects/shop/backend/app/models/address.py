from sqlalchemy import Index, text
from sqlmodel import Field, Relationship

from app.models.base import SQLModel
from app.models.user import User


class Address(SQLModel, table=True):
    __tablename__ = "addresses"
    __table_args__ = (
        Index(
            "uq_addresses_one_default",
            "user_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    street: str = Field(max_length=200)
    city: str = Field(max_length=100)
    postcode: str = Field(max_length=16)
    country: str = Field(max_length=2)
    is_default: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})

    user: User = Relationship(back_populates="addresses")
