"""merge reviews and stock

Revision ID: d4f8175b03ea
Revises: 8c35fa1e6d27, 2a60de784c9b
Create Date: 2024-11-08 08:50:17.204918+00:00

"""

from typing import Sequence, Union

# revision identifiers, used by Alembic.
revision: str = "d4f8175b03ea"
down_revision: Union[str, Sequence[str], None] = ("8c35fa1e6d27", "2a60de784c9b")
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
