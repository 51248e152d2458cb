"""movements of goods

Revision ID: 9d1f6c83ab50
Revises: 0b7a5e9d4c21
Create Date: 2026-03-02 10:05:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
import sqlmodel
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "9d1f6c83ab50"
down_revision: Union[str, Sequence[str], None] = "0b7a5e9d4c21"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Enum("delivery", "sale", "loss", name="reason"), nullable=False),
        sa.Column(
            "moved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_movements_quantity_not_zero")),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouses.id"],
            name=op.f("fk_movements_warehouse_id_warehouses"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
    )
    op.create_index(op.f("ix_movements_sku"), "movements", ["sku"])
    op.create_index(op.f("ix_movements_warehouse_id"), "movements", ["warehouse_id"])


def downgrade() -> None:
    op.drop_table("movements")
    op.execute("DROP TYPE reason")
