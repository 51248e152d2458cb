"""orders can be refunded, and paid by invoice

Revision ID: b1573ed8f62c
Revises: 6e9b2c4fa801
Create Date: 2025-03-14 12:09:17.204918+00:00

"""

from typing import Sequence, Union

from alembic import op

# revision identifiers, used by Alembic.
revision: str = "b1573ed8f62c"
down_revision: Union[str, Sequence[str], None] = "6e9b2c4fa801"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.execute("ALTER TYPE orderstatus ADD VALUE IF NOT EXISTS 'refunded'")
    op.execute("ALTER TYPE paymentprovider ADD VALUE IF NOT EXISTS 'invoice'")


def downgrade() -> None:
    # PostgreSQL cannot take a value out of an enum: the type is made anew without it.
    op.execute("UPDATE payments SET provider = 'card' WHERE provider = 'invoice'")
    op.execute("ALTER TYPE paymentprovider RENAME TO paymentprovider_old")
    op.execute("CREATE TYPE paymentprovider AS ENUM ('card', 'paypal')")
    op.execute(
        "ALTER TABLE payments ALTER COLUMN provider TYPE paymentprovider"
        " USING provider::text::paymentprovider"
    )
    op.execute("DROP TYPE paymentprovider_old")

    op.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'refunded'")
    op.execute("ALTER TYPE orderstatus RENAME TO orderstatus_old")
    op.execute("CREATE TYPE orderstatus AS ENUM ('pending', 'paid', 'shipped', 'cancelled')")
    op.execute(
        "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT,"
        " ALTER COLUMN status TYPE orderstatus USING status::text::orderstatus,"
        " ALTER COLUMN status SET DEFAULT 'pending'"
    )
    op.execute("DROP TYPE orderstatus_old")
