"""The mails of the day are found without reading all that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_put_off",
        "deliveries",
        ["channel", "due_at", "recipient_id", "id"],
        postgresql_where=sa.text("state = 'waiting' AND put_off"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
