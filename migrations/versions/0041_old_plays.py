"""Old plays are found without reading all of them, and a category is deleted without reading the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_plays_half_hour", "plays", ["half_hour"], postgresql_using="brin")
    op.create_index(
        "ix_content_items_of_category",
        "content_items",
        ["category_id"],
        postgresql_where=sa.text("category_id IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
