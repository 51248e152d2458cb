"""orders can be wrapped as a gift

Revision ID: f7b20c9e4d61
Revises: ab38d05e7f49
Create Date: 2026-11-16 08:19:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "f7b20c9e4d61"
down_revision: Union[str, Sequence[str], None] = "ab38d05e7f49"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column(
        "orders",
        sa.Column("is_gift", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("orders", "is_gift")
