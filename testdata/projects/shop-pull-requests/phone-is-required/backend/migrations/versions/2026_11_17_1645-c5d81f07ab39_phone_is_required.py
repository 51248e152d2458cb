"""everybody has a phone number

Revision ID: c5d81f07ab39
Revises: 71c2e8f46b0d
Create Date: 2026-11-17 16:45:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "c5d81f07ab39"
down_revision: Union[str, Sequence[str], None] = "71c2e8f46b0d"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.alter_column("users", "phone", existing_type=sa.String(length=32), nullable=False)


def downgrade() -> None:
    op.alter_column("users", "phone", existing_type=sa.String(length=32), nullable=True)
