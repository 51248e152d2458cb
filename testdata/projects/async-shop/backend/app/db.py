import os

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def database_url() -> URL:
    """DATABASE_URL for asyncpg, which takes libpq's sslmode under the name ssl."""
    url = make_url(os.environ.get("DATABASE_URL", "postgresql://shop:shop@localhost:5432/stock"))
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    query.pop("channel_binding", None)
    return url.set(drivername="postgresql+asyncpg", query=query)


def create_engine(**options) -> AsyncEngine:
    return create_async_engine(database_url(), **options)
