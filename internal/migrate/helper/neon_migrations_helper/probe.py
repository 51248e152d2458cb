"""What this Python has installed. Reads package metadata only, imports none of it."""

import sys

PACKAGES = ["alembic", "SQLAlchemy", "sqlmodel", "psycopg2", "psycopg2-binary", "psycopg", "asyncpg", "pg8000", "Flask-Migrate"]


def facts():
    """Versions of the interpreter and of the packages that are there."""
    from importlib import metadata

    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return {"python": "%d.%d.%d" % sys.version_info[:3], "packages": found}
