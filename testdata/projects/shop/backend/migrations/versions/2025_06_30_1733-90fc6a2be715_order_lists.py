"""the two lists of orders that people wait for

Revision ID: 90fc6a2be715
Revises: b1573ed8f62c
Create Date: 2025-06-30 17:33:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "90fc6a2be715"
down_revision: Union[str, Sequence[str], None] = "b1573ed8f62c"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    # A customer's own orders, newest first: it also serves what ix_orders_user_id did.
    op.create_index("ix_orders_user_id_placed_at", "orders", ["user_id", sa.text("placed_at DESC")])
    op.drop_index(op.f("ix_orders_user_id"), table_name="orders")
    # What the warehouse still has to do.
    op.create_index(
        "ix_orders_open",
        "orders",
        ["placed_at"],
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    )


def downgrade() -> None:
    op.drop_index("ix_orders_open", table_name="orders")
    op.create_index(op.f("ix_orders_user_id"), "orders", ["user_id"])
    op.drop_index("ix_orders_user_id_placed_at", table_name="orders")
