"""amounts above a hundred million

Revision ID: ab38d05e7f49
Revises: 4d7ea9310cf6
Create Date: 2026-02-05 14:12:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "ab38d05e7f49"
down_revision: Union[str, Sequence[str], None] = "4d7ea9310cf6"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

AMOUNTS = [
    ("products", "price"),
    ("orders", "total"),
    ("order_items", "unit_price"),
    ("payments", "amount"),
]


def upgrade() -> None:
    for table, column in AMOUNTS:
        op.alter_column(
            table,
            column,
            existing_type=sa.Numeric(precision=10, scale=2),
            type_=sa.Numeric(precision=12, scale=2),
        )


def downgrade() -> None:
    for table, column in reversed(AMOUNTS):
        op.alter_column(
            table,
            column,
            existing_type=sa.Numeric(precision=12, scale=2),
            type_=sa.Numeric(precision=10, scale=2),
        )
