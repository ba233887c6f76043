"""Conversations with the voice agent without a room, so that one person has few at once over all servers."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_chats",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="of the few that a person has"),
        sa.Column("chat_id", sa.Text(), nullable=False, comment="of the conversation that holds the place"),
        sa.Column(
            "seen_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            comment="when its server last said that it goes on",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_voice_chats_user_id"),
        sa.PrimaryKeyConstraint("user_id", "place", name="pk_voice_chats"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
