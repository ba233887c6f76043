"""Defects are kept for two weeks, to be found by the id that a caller was told."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "error_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("error_id", sa.Text(), nullable=False, comment="the request id that the caller was told"),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the exception's name"),
        sa.Column("stack", sa.Text(), nullable=False, comment="where it happened; no values"),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_error_records"),
        comment="Defects, kept for two weeks",
    )
    op.create_index("ix_error_records_error_id", "error_records", ["error_id", "id"])
    op.create_index("ix_error_records_at", "error_records", ["at"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
