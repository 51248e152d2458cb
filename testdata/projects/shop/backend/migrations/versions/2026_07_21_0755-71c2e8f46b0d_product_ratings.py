"""ratings of products, and when a user was last seen

Revision ID: 71c2e8f46b0d
Revises: ab38d05e7f49
Create Date: 2026-07-21 07:55:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "71c2e8f46b0d"
down_revision: Union[str, Sequence[str], None] = "ab38d05e7f49"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("users", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        CREATE VIEW product_ratings AS
        SELECT product_id, round(avg(rating), 2) AS average, count(*) AS reviews
        FROM reviews
        GROUP BY product_id
        """
    )


def downgrade() -> None:
    op.execute("DROP VIEW product_ratings")
    op.drop_column("users", "last_seen_at")
