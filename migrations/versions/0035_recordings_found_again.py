"""What a recording is found by when LiveKit's answer is lost, and who was put out of a room."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "live_streams",
        sa.Column(
            "egress_key",
            sa.Text(),
            nullable=True,
            comment="where its file is to lie: by this a recording is found whose id was not told",
        ),
    )
    op.add_column(
        "live_streams",
        sa.Column(
            "egress_asked_at", sa.DateTime(timezone=True), nullable=True, comment="when LiveKit was asked for it"
        ),
    )
    op.create_index(
        "ix_live_streams_looked_after",
        "live_streams",
        ["id"],
        postgresql_where=sa.text("status = 'live' OR interrupted_at IS NOT NULL OR egress_id IS NOT NULL"),
    )
    op.drop_index("ix_live_streams_running", "live_streams")
    op.drop_constraint(op.f("ck_stream_participants_state"), "stream_participants", type_="check")
    op.create_check_constraint(
        op.f("ck_stream_participants_state"),
        "stream_participants",
        "state IN ('waiting', 'admitted', 'present', 'left', 'removed')",
    )
    op.alter_column(
        "stream_participants",
        "state",
        comment="waiting: to be let in; admitted: may come in; present; left; removed: not with an old token",
        existing_comment="waiting: to be let in; admitted: may come in; present; left",
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
