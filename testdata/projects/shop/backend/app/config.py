import os

LOCAL = "postgresql://shop:shop@localhost:5432/shop"


def database_url() -> str:
    """The address of the database, with the driver that this project uses.

    Hosting services hand out postgres:// or postgresql://, for which SQLAlchemy would
    choose a driver by itself.
    """
    url = os.environ.get("DATABASE_URL", LOCAL)
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    return url
