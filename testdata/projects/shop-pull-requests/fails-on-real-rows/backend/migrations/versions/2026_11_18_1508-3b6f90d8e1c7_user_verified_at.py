"""users confirm their address

Revision ID: 3b6f90d8e1c7
Revises: 71c2e8f46b0d
Create Date: 2026-11-18 15:08:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "3b6f90d8e1c7"
down_revision: Union[str, Sequence[str], None] = "71c2e8f46b0d"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("users", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE users SET verified_at = created_at WHERE last_seen_at IS NOT NULL")


def downgrade() -> None:
    op.drop_column("users", "verified_at")
