"""orders can be delivered

Revision ID: 5c09e7d1b3a8
Revises: 71c2e8f46b0d
Create Date: 2026-11-19 10:24:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "5c09e7d1b3a8"
down_revision: Union[str, Sequence[str], None] = "71c2e8f46b0d"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.execute("ALTER TYPE orderstatus ADD VALUE IF NOT EXISTS 'delivered'")
    op.add_column("orders", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_orders_delivered_at"), "orders", ["delivered_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_delivered_at"), table_name="orders")
    op.drop_column("orders", "delivered_at")

    # PostgreSQL cannot take a value out of an enum: the type is made anew without it, and the
    # index whose condition names the type is made anew around it.
    op.drop_index("ix_orders_open", table_name="orders")
    op.execute("UPDATE orders SET status = 'shipped' WHERE status = 'delivered'")
    op.execute("ALTER TYPE orderstatus RENAME TO orderstatus_old")
    op.execute(
        "CREATE TYPE orderstatus AS ENUM ('pending', 'paid', 'shipped', 'cancelled', 'refunded')"
    )
    op.execute(
        "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT,"
        " ALTER COLUMN status TYPE orderstatus USING status::text::orderstatus,"
        " ALTER COLUMN status SET DEFAULT 'pending'"
    )
    op.execute("DROP TYPE orderstatus_old")
    op.create_index(
        "ix_orders_open",
        "orders",
        ["placed_at"],
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    )
