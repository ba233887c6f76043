"""What notices are about, so that those of a hidden thing can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, comment in (
        ("notifications", "what it shows, such as community_post:12/comment:7/"),
        ("deliveries", "as of notifications"),
    ):
        op.add_column(table, sa.Column("about", sa.Text(collation="C"), comment=comment))
    op.create_table(
        "taken_back",
        sa.Column("about", sa.Text(), nullable=False, comment="as of notifications"),
        sa.Column("author_id", sa.BigInteger(), comment="who sees the thing still; nobody does where there is none"),
        sa.Column("taken_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("about", name="pk_taken_back"),
        comment="Things of which people are told nothing: hidden until shown again, or deleted (kept for 90 days)",
    )
    # Nothing is about anything yet, so these two are empty: each costs one reading of its table.
    op.create_index(
        "ix_notifications_about",
        "notifications",
        ["about", "recipient_id"],
        postgresql_where=sa.text("about IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_about",
        "deliveries",
        ["about"],
        postgresql_where=sa.text("about IS NOT NULL AND state = 'waiting'"),
    )
    # What is due is taken in this order: an index that has it needs no sort of all that waits.
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at", "recipient_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
