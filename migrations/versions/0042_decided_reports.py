"""Decided reports of a rare kind are found without reading those of all kinds."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_reports_kind",
        "reports",
        ["status", "kind", "resolved_at", "id"],
        postgresql_where=sa.text("status <> 'open'"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
