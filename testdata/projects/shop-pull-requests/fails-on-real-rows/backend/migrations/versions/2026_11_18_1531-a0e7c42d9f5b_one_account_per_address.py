"""one account an address, whatever its case

Revision ID: a0e7c42d9f5b
Revises: 3b6f90d8e1c7
Create Date: 2026-11-18 15:31:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "a0e7c42d9f5b"
down_revision: Union[str, Sequence[str], None] = "3b6f90d8e1c7"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.drop_index("ix_users_email_lower", table_name="users")
    op.create_index("uq_users_email_lower", "users", [sa.text("lower(email)")], unique=True)


def downgrade() -> None:
    op.drop_index("uq_users_email_lower", table_name="users")
    op.create_index("ix_users_email_lower", "users", [sa.text("lower(email)")])
