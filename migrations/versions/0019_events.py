"""Events, and who comes."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True, comment="degrees; comes with longitude, or neither does"),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column(
            "cell", sa.Integer(), nullable=True, comment="of a grid of one degree: what is near is looked up by it"
        ),
        sa.Column("max_attendees", sa.Integer(), nullable=False, comment="0 is any number"),
        sa.Column(
            "attendees_count", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="seats that are taken"
        ),
        sa.Column("requires_approval", sa.Boolean(), nullable=False),
        sa.Column("cover_id", sa.BigInteger(), nullable=True),
        sa.Column("cover_key", sa.Text(), nullable=True, comment="of cover_id; here to spare lists a join"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "rejection_reason",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="why a moderator took it out",
        ),
        sa.Column(
            "edits",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="what calendars call its sequence",
        ),
        sa.Column(
            "reminded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="none until those who come were reminded of this beginning",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="approved_at, or created_at: so moderators have one order",
        ),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the first approval; none while there was none",
        ),
        sa.CheckConstraint("status IN ('pending', 'approved', 'rejected', 'archived')", name=op.f("ck_events_status")),
        sa.CheckConstraint(
            "attendees_count >= 0 AND (max_attendees = 0 OR attendees_count <= max_attendees)",
            name=op.f("ck_events_attendees_count"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_events_times")),
        sa.ForeignKeyConstraint(["cover_id"], ["media_objects.id"], name="fk_events_cover_id"),
        sa.ForeignKeyConstraint(["host_id"], ["users.id"], name="fk_events_host_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        comment="What people meet for",
    )
    op.create_index("ix_events_all", "events", ["published_at", "id"], unique=False)
    op.create_index(
        "ix_events_category",
        "events",
        ["category", "starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_events_cell",
        "events",
        ["cell", "starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_events_cover_id", "events", ["cover_id"], unique=False, postgresql_where=sa.text("cover_id IS NOT NULL")
    )
    op.create_index("ix_events_host", "events", ["host_id", "starts_at", "id"], unique=False)
    op.create_index("ix_events_newest", "events", ["status", "published_at", "id"], unique=False)
    op.create_index(
        "ix_events_soonest",
        "events",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index(
        "ix_events_to_remind",
        "events",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("status = 'approved' AND reminded_at IS NULL"),
    )
    op.create_table(
        "event_attendees",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="what the host says to it; one that comes has a seat when approved",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False, comment="the first time"),
        sa.CheckConstraint("answer IN ('going', 'maybe', 'not_going')", name=op.f("ck_event_attendees_answer")),
        sa.CheckConstraint("status IN ('pending', 'approved', 'rejected')", name=op.f("ck_event_attendees_status")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_attendees_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_event_attendees_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "user_id", name="pk_event_attendees"),
        comment="Who has answered to which event; the event counts the seats",
    )
    op.create_index(
        "ix_event_attendees_earliest", "event_attendees", ["event_id", "answered_at", "user_id"], unique=False
    )
    op.create_index("ix_event_attendees_user_id", "event_attendees", ["user_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
