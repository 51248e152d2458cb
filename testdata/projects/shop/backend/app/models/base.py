from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, func
from sqlmodel import Field, SQLModel

# Every constraint has a name of our choosing, so that a later revision can drop it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def timestamp(**options: Any) -> Any:
    """A moment with its time zone that the database fills in by itself."""
    return Field(
        default=None,
        nullable=False,
        sa_type=DateTime(timezone=True),  # type: ignore[call-overload]
        sa_column_kwargs={"server_default": func.now()},
        **options,
    )


def moment(**options: Any) -> Any:
    """A moment that may still lie ahead."""
    return Field(
        default=None,
        nullable=True,
        sa_type=DateTime(timezone=True),  # type: ignore[call-overload]
        **options,
    )


__all__ = ["SQLModel", "datetime", "moment", "timestamp"]
