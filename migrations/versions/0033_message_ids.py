"""Ids of what is said in streams' chats, by which it is reported."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stream_messages",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="by which a message is reported",
        ),
    )
    op.create_unique_constraint("uq_stream_messages_id", "stream_messages", ["id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
