"""Codes that end a redirect from Google, and people's exports."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(
        "sessions", "ended_at", comment="may lie seconds ahead: its refresh tokens are worth nothing from now on"
    )
    op.create_index("ix_email_verifications_email", "email_verifications", ["email", "created_at"])
    op.create_table(
        "sign_in_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, comment="SHA-256"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_sign_in_codes"),
        comment="How a redirect from Google ends: a code that a page exchanges for tokens, once",
    )
    op.create_index("ix_sign_in_codes_user_id", "sign_in_codes", ["user_id"])
    op.create_index("ix_sign_in_codes_expires_at", "sign_in_codes", ["expires_at"])
    op.create_table(
        "exports",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False, comment="that makes it"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file", sa.Text(), nullable=True, comment="by which whoever keeps the file knows it"),
        sa.Column("size", sa.BigInteger(), nullable=True, comment="bytes"),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (file IS NULL) AND (file IS NULL) = (size IS NULL)", name=op.f("ck_exports_ready")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_exports"),
        comment="Files with everything that is held about a person; one each, the latest",
    )
    op.create_index("ix_exports_ready_at", "exports", ["ready_at"], postgresql_where=sa.text("ready_at IS NOT NULL"))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
