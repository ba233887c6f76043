"""Reports: what people ask moderators to look at, and what these find."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="such as comment"),
        sa.Column("thing_id", sa.BigInteger(), nullable=False, comment="an id of the kind's own table"),
        sa.Column(
            "author_id", sa.BigInteger(), nullable=False, comment="whose it is, or 0; it may be gone before the report"
        ),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True, comment="a person; outlives the account"),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False, comment="why it was decided so"),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('spam', 'abuse', 'indecency', 'danger', 'copyright', 'imposture', 'falsehood', 'other')",
            name=op.f("ck_reports_category"),
        ),
        sa.CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name=op.f("ck_reports_status")),
        sa.CheckConstraint(
            "(status = 'open') = (resolved_at IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)",
            name=op.f("ck_reports_resolved"),
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id"], name=op.f("fk_reports_reporter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        comment="What people asked moderators to look at, and what these found",
    )
    is_open, is_resolved = sa.text("status = 'open'"), sa.text("status <> 'open'")
    op.create_index(
        "uq_reports_open", "reports", ["kind", "thing_id", "reporter_id"], unique=True, postgresql_where=is_open
    )
    op.create_index("ix_reports_open", "reports", ["created_at", "id"], postgresql_where=is_open)
    op.create_index("ix_reports_resolved", "reports", ["status", "resolved_at", "id"], postgresql_where=is_resolved)
    op.create_index("ix_reports_author_id", "reports", ["author_id", "created_at", "id"])
    op.create_index("ix_reports_reporter_id", "reports", ["reporter_id", "id"])
    op.create_index(
        "ix_reports_resolved_by", "reports", ["resolved_by"], postgresql_where=sa.text("resolved_by IS NOT NULL")
    )
    op.create_index("ix_reports_thing", "reports", ["kind", "thing_id"])
    op.create_index("ix_audit_log_target_kind", "audit_log", ["target_kind", "id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
