"""How much of an upload had come when its owner last asked: parts put directly pass the server by."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "upload_sessions",
        sa.Column("seen", sa.BigInteger(), nullable=True, comment="bytes that had come when the owner last asked"),
    )
    op.alter_column(
        "upload_sessions",
        "finishing_at",
        existing_type=sa.TIMESTAMP(timezone=True),
        comment="since when a call finishes or sweeps it",
        existing_comment="since when a call finishes it",
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
