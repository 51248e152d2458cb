"""Runs Alembic inside the user's own Python and tells what it did. Standard library only
at import time: Alembic and SQLAlchemy are imported by the functions that need them."""
