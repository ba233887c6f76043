"""Devices, quiet hours and the rhythm of mails, and every push message and mail that is owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "quiet_from",
            sa.SmallInteger(),
            nullable=True,
            comment="minutes after midnight in the person's time zone, as quiet_until is",
        ),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("mail_rhythm", sa.Text(), server_default=sa.text("'single'"), nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)"
            " AND quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439",
            name=op.f("ck_notification_settings_quiet_hours"),
        ),
        sa.CheckConstraint("mail_rhythm IN ('single', 'daily')", name=op.f("ck_notification_settings_mail_rhythm")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_settings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_notification_settings"),
        comment="When people do not want to be told, and how often by mail; only of those who have chosen",
    )
    op.create_table(
        "device_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256"),
        sa.Column("token", sa.LargeBinary(), nullable=False, comment="sealed, bound to its hash"),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('ios', 'android', 'web')", name=op.f("ck_device_tokens_platform")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_device_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_device_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_device_tokens_token_hash"),
        comment="Devices that get push messages",
    )
    op.create_index("ix_device_tokens_user_id", "device_tokens", ["user_id", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=True, comment="none once it is gone"),
        sa.Column("seq", sa.BigInteger(), nullable=True, comment="in the inbox; none where the type does not enter it"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="not before; while one is being sent, when its sender has died",
        ),
        sa.Column(
            "put_off",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="waits for the mail of the day",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="why the last attempt failed, or why nothing is sent"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_deliveries_ended_at")),
        sa.CheckConstraint("channel IN ('push', 'mail')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device_tokens.id"], name=op.f("fk_deliveries_device_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["users.id"], name=op.f("fk_deliveries_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        comment="Every push message and mail that follows from a notice, and what became of it; kept for 90 days",
    )
    op.create_index(
        "ix_deliveries_due", "deliveries", ["channel", "due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_deliveries_recipient_id", "deliveries", ["recipient_id"])
    op.create_index(
        "ix_deliveries_device_id",
        "deliveries",
        ["device_id"],
        postgresql_where=sa.text("device_id IS NOT NULL"),
    )
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at"], postgresql_using="brin")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
