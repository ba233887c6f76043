"""Google Drives of administrators, and files on their way from there."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drive_accounts",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="whose Drive it is, in Google's words"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="the tokens; opened by SECRET_KEY, for this person alone",
        ),
        sa.Column("connected_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_drive_accounts"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_drive_accounts_user_id", ondelete="CASCADE"),
        comment="Google Drives of administrators",
    )
    op.create_table(
        "drive_imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False, comment="Drive's"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False, comment="in Drive's words"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "revision", sa.Text(), nullable=False, comment="of the bytes that are being copied; others begin anew"
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "received", sa.BigInteger(), nullable=False, server_default=sa.text("0"), comment="bytes that have come"
        ),
        sa.Column("upload_id", sa.Text(), comment="the upload in several goes that takes them in"),
        sa.Column("job_id", sa.BigInteger(), comment="what copies it; none for what failed at once"),
        sa.Column("media_id", sa.BigInteger(), comment="what it has become; none before, and once that is gone"),
        sa.Column("error", sa.Text(), nullable=False, server_default=sa.text("''"), comment="a reason of the contract"),
        sa.Column("error_message", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_drive_imports"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_drive_imports_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media_objects.id"], name="fk_drive_imports_media_id", ondelete="SET NULL"
        ),
        sa.CheckConstraint("status IN ('waiting', 'copying', 'done', 'failed', 'cancelled')", name="status"),
        sa.CheckConstraint("(status IN ('waiting', 'copying')) = (ended_at IS NULL)", name="ended"),
        comment="Files on their way from Google Drive",
    )
    op.create_index(
        "uq_drive_imports_running",
        "drive_imports",
        ["user_id", "file_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_drive_imports_newest", "drive_imports", ["user_id", "created_at", "id"])
    op.create_index("ix_drive_imports_file_id", "drive_imports", ["user_id", "file_id"])
    op.create_index(
        "ix_drive_imports_media_id",
        "drive_imports",
        ["media_id"],
        postgresql_where=sa.text("media_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
