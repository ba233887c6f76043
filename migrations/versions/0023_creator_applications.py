"""Counts for the dashboard, and applications of those who want to be creators."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dashboard_totals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_dashboard_totals"),
        comment="Counts that would take long to make, made once a minute",
    )
    op.create_table(
        "creator_applications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("links", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False, comment="why it was rejected"),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_creator_applications"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_creator_applications_user_id", ondelete="CASCADE"),
        sa.CheckConstraint("status IN ('pending', 'approved', 'rejected')", name="status"),
        sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
        comment="Who wants to be a creator; who decided stands in audit_log",
    )
    op.create_index(
        "uq_creator_applications_pending",
        "creator_applications",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_creator_applications_user_id", "creator_applications", ["user_id", "id"])
    op.create_index("ix_creator_applications_created_at", "creator_applications", ["created_at", "id"])
    op.create_index("ix_creator_applications_status", "creator_applications", ["status", "created_at", "id"])
    op.create_table(
        "identity_papers",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "media_id", name="pk_identity_papers"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["creator_applications.id"],
            name="fk_identity_papers_application_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_identity_papers_media_id"),
        comment="Papers that prove who applies; they go when the application is decided",
    )
    op.create_index("ix_identity_papers_media_id", "identity_papers", ["media_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
