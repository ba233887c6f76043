"""Uploads in several goes: what was declared, how much has come, and what it has become."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_several = "as declared; of uploads in several goes only, like all that follows"
    for column in (
        sa.Column("size", sa.BigInteger(), nullable=True, comment=of_several),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="as declared"),
        sa.Column("media_key", sa.Text(), nullable=True, comment="where people will find the file"),
        sa.Column("content_type", sa.Text(), nullable=True, comment="as declared"),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("thumbnail", sa.Boolean(), nullable=True, comment="whether to make one"),
        sa.Column("ticket", sa.Text(), nullable=True, comment="the store's name of what has come"),
        sa.Column(
            "tail_at", sa.BigInteger(), nullable=True, comment="where the bytes begin that are no whole part yet"
        ),
        sa.Column("tail_size", sa.BigInteger(), nullable=True, comment="how many these are"),
        sa.Column("finishing_at", sa.TIMESTAMP(timezone=True), nullable=True, comment="since when a call finishes it"),
        sa.Column("media_id", sa.BigInteger(), nullable=True, comment="what it has become"),
    ):
        op.add_column("upload_sessions", column)
    op.create_foreign_key(
        "fk_upload_sessions_media_id", "upload_sessions", "media_objects", ["media_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(
        "ix_upload_sessions_media_id",
        "upload_sessions",
        ["media_id"],
        postgresql_where=sa.text("media_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
