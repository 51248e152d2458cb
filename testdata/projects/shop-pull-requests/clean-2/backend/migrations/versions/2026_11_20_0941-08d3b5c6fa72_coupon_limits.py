"""coupons can be limited in number

Revision ID: 08d3b5c6fa72
Revises: e2746fb80d15
Create Date: 2026-11-20 09:41:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "08d3b5c6fa72"
down_revision: Union[str, Sequence[str], None] = "e2746fb80d15"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("coupons", sa.Column("max_uses", sa.Integer(), nullable=True))
    op.create_check_constraint("max_uses_positive", "coupons", "max_uses > 0")
    op.create_index(op.f("ix_orders_coupon_id"), "orders", ["coupon_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_coupon_id"), table_name="orders")
    op.drop_constraint("max_uses_positive", "coupons", type_="check")
    op.drop_column("coupons", "max_uses")
