"""Workers of the voice agent, so that health can tell whether one answers."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_agents",
        sa.Column("worker_id", sa.Text(), nullable=False, comment="of a process of `cnt-grpc voice-agent`"),
        sa.Column(
            "seen_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            comment="when LiveKit last had it registered",
        ),
        sa.PrimaryKeyConstraint("worker_id", name="pk_voice_agents"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
