"""How far an edit was when it failed, and whether it keeps the files that were only mixed in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "edits",
        sa.Column(
            "percent",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="how far it was when it failed",
        ),
    )
    op.add_column(
        "edits",
        sa.Column(
            "keeps_sources",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="beside its version's",
        ),
    )
    op.create_index(
        "ix_edits_keeps_sources",
        "edits",
        ["finished_at"],
        postgresql_where=sa.text("keeps_sources AND finished_at IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
