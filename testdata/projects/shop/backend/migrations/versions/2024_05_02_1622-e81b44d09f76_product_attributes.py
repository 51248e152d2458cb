"""attributes of products, searchable

Revision ID: e81b44d09f76
Revises: c07a1f3d5e92
Create Date: 2024-05-02 16:22:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "e81b44d09f76"
down_revision: Union[str, Sequence[str], None] = "c07a1f3d5e92"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column(
        "products",
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_products_attributes", "products", ["attributes"], postgresql_using="gin"
    )


def downgrade() -> None:
    op.drop_index("ix_products_attributes", table_name="products")
    op.drop_column("products", "attributes")
