"""What was drawn of the words of posts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quote_pictures",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False, comment="SHA-256 of what is drawn"),
        sa.Column("upright_id", sa.BigInteger(), nullable=False, comment="its key is the post's image_key"),
        sa.Column("lying_id", sa.BigInteger(), nullable=False, comment="for the carousel"),
        sa.Column("lying_key", sa.Text(), nullable=False, comment="of lying_id"),
        sa.ForeignKeyConstraint(["lying_id"], ["media_objects.id"], name="fk_quote_pictures_lying_id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["community_posts.id"], name=op.f("fk_quote_pictures_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["upright_id"], ["media_objects.id"], name="fk_quote_pictures_upright_id"),
        sa.PrimaryKeyConstraint("post_id", name="pk_quote_pictures"),
        comment="What was drawn of the words of posts that have no other picture; none while it is being drawn",
    )
    op.create_index("ix_quote_pictures_lying_id", "quote_pictures", ["lying_id"])
    op.create_index("ix_quote_pictures_upright_id", "quote_pictures", ["upright_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
