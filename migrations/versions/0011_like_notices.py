"""Of whose likes authors were told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "like_notices",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "comment_id",
            sa.BigInteger(),
            nullable=False,
            comment="the comment that is liked; 0 when it is the post itself",
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=False, comment="who likes it"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="none while it waits to be told together with others",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["community_posts.id"], name=op.f("fk_like_notices_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_like_notices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "comment_id", "user_id", name="pk_like_notices"),
        comment="Of whose likes an author was told: nobody is told of the same person twice, whatever that one toggles",
    )
    op.create_index("ix_like_notices_user_id", "like_notices", ["user_id"])
    op.create_index(
        "ix_like_notices_waiting",
        "like_notices",
        ["post_id", "comment_id"],
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
