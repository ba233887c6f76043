"""Administrators find who is banned without reading everyone."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_users_banned", "users", ["created_at", "id"], postgresql_where=sa.text("banned_at IS NOT NULL"))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
