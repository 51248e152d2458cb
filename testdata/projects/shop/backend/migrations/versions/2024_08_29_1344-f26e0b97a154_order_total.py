"""orders keep their total

Revision ID: f26e0b97a154
Revises: 17d9c53e80ab
Create Date: 2024-08-29 13:44:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "f26e0b97a154"
down_revision: Union[str, Sequence[str], None] = "17d9c53e80ab"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("total", sa.Numeric(precision=10, scale=2), nullable=True))

    orders = sa.table("orders", sa.column("id"), sa.column("total"))
    items = sa.table(
        "order_items", sa.column("order_id"), sa.column("quantity"), sa.column("unit_price")
    )
    total = (
        sa.select(sa.func.coalesce(sa.func.sum(items.c.quantity * items.c.unit_price), 0))
        .where(items.c.order_id == orders.c.id)
        .scalar_subquery()
    )
    op.execute(sa.update(orders).values(total=total))

    op.alter_column("orders", "total", nullable=False)
    op.create_check_constraint("total_not_negative", "orders", "total >= 0")


def downgrade() -> None:
    op.drop_constraint("total_not_negative", "orders", type_="check")
    op.drop_column("orders", "total")
