from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from app.models.base import SQLModel, timestamp


class Review(SQLModel, table=True):
    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("product_id", "user_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_one_to_five"),
        Index("ix_reviews_most_helpful", "product_id", text("helpful_votes DESC")),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    rating: int = Field(sa_type=SmallInteger)
    body: str | None = None
    helpful_votes: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    created_at: datetime = timestamp()
