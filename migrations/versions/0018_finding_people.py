"""Administrators find people by what a username, a name or an address begins with."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_users_username_begins", "users", ["username"], postgresql_ops={"username": "text_pattern_ops"})
    for column in ("name", "email"):
        op.create_index(
            f"ix_users_{column}_begins",
            "users",
            [sa.literal_column(f"lower({column})").label("begins")],
            postgresql_ops={"begins": "text_pattern_ops"},
        )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
