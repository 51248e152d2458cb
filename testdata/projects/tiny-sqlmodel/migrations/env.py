import models  # noqa: F401  registers the tables
from alembic import context
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

# As in many a repository: the address is built elsewhere, and is not the one to use here.
PRODUCTION = "postgresql+psycopg://app:app@production.example.com:5432/app?sslmode=require"


def run_migrations_online():
    engine = create_engine(PRODUCTION, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
