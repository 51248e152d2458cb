"""find people by e-mail address, whatever its case

Revision ID: 17d9c53e80ab
Revises: e81b44d09f76
Create Date: 2024-06-17 11:58:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "17d9c53e80ab"
down_revision: Union[str, Sequence[str], None] = "e81b44d09f76"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_index("ix_users_email_lower", "users", [sa.text("lower(email)")])


def downgrade() -> None:
    op.drop_index("ix_users_email_lower", table_name="users")
