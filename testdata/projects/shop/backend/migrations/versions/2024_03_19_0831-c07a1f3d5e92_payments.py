"""payments

Revision ID: c07a1f3d5e92
Revises: 5be7720c9a48
Create Date: 2024-03-19 08:31:17.204918+00:00

"""

from typing import Sequence, Union

import sqlalchemy as sa
import sqlmodel
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "c07a1f3d5e92"
down_revision: Union[str, Sequence[str], None] = "5be7720c9a48"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column(
            "provider", sa.Enum("card", "paypal", name="paymentprovider"), nullable=False
        ),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("authorized", "captured", "failed", name="paymentstate"),
            server_default="authorized",
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_payments_order_id_orders"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
    )
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"])
    # An order may be tried several times, but paid only once.
    op.create_index(
        "uq_payments_one_captured",
        "payments",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state = 'captured'"),
    )


def downgrade() -> None:
    op.drop_index("uq_payments_one_captured", table_name="payments")
    op.drop_index(op.f("ix_payments_order_id"), table_name="payments")
    op.drop_table("payments")
    op.execute("DROP TYPE paymentstate")
    op.execute("DROP TYPE paymentprovider")
