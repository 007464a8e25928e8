"""The table of API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("start", sa.String(6), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("last_day", sa.Date()),
        sa.Column("revoked", sa.DateTime()),
        sa.Column("used", sa.DateTime()),
    )
    op.create_index("ix_api_keys_name", "api_keys", ["name"], unique=True)


def downgrade() -> None:
    """Drop the table."""
    op.drop_index("ix_api_keys_name", "api_keys")
    op.drop_table("api_keys")
