from sqlmodel import Field

from app.models.base import SQLModel


class Category(SQLModel, table=True):
    __tablename__ = "categories"

    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="categories.id", ondelete="SET NULL")
    slug: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=120)
