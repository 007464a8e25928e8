"""What the service notes for itself: that asking is paused, when it last read the clock."""

import sqlalchemy as sa
from alembic import op

revision = "notes"
down_revision = "first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notes",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("time", sa.DateTime(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
    )
