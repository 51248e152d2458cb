"""stock is called what it is

Revision ID: 2a60de784c9b
Revises: f26e0b97a154
Create Date: 2024-11-07 15:26:17.204918+00:00

"""

from typing import Sequence, Union

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "2a60de784c9b"
down_revision: Union[str, Sequence[str], None] = "f26e0b97a154"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.alter_column("products", "stock", new_column_name="quantity_in_stock")
    op.create_check_constraint("stock_not_negative", "products", "quantity_in_stock >= 0")


def downgrade() -> None:
    op.drop_constraint("stock_not_negative", "products", type_="check")
    op.alter_column("products", "quantity_in_stock", new_column_name="stock")
