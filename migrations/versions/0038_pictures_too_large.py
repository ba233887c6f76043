"""Why a picture failed, where its only fault is that it has too many pixels."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "media_objects",
        sa.Column(
            "most_pixels",
            sa.BigInteger(),
            nullable=True,
            comment="the limit that a picture exceeds; of those that failed of it only",
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
