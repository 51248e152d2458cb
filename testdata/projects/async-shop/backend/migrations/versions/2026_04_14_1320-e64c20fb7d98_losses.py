"""the list of losses

Revision ID: e64c20fb7d98
Revises: 9d1f6c83ab50
Create Date: 2026-04-14 13:20:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "e64c20fb7d98"
down_revision: Union[str, Sequence[str], None] = "9d1f6c83ab50"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    # Without blocking the warehouse, which writes all day.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_movements_losses",
            "movements",
            ["moved_at"],
            postgresql_where=sa.text("reason = 'loss'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_movements_losses", table_name="movements", postgresql_concurrently=True
        )
