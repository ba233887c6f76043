"""Files that go from a private place to a public one are found by where their bytes still are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(
        "media_objects",
        "source_key",
        comment="where the bytes still are, until the worker has drawn the picture anew or moved the file",
        existing_type=sa.Text(),
        existing_comment="what was sent, until the worker has drawn the picture anew",
    )
    op.create_index(
        "ix_media_objects_source_key",
        "media_objects",
        ["source_key"],
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
