"""Posts with their files, comments and likes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "community_posts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("post_type", sa.Text(), nullable=False, comment="image when it has files, else text"),
        sa.Column(
            "image_key",
            sa.Text(),
            nullable=True,
            comment="of its first picture, its video's still, or what was drawn of its words",
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "rejection_reason",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="why a moderator took it out",
        ),
        sa.Column("likes_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("comments_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "changes",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="grows with whatever people would see",
        ),
        sa.Column(
            "edits", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="changes at the last edit"
        ),
        sa.Column("show_in_carousel", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="approved_at, or created_at: so lists have one order",
        ),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the first approval; none while there was none",
        ),
        sa.CheckConstraint("post_type IN ('image', 'text')", name=op.f("ck_community_posts_post_type")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'rejected', 'archived')", name=op.f("ck_community_posts_status")
        ),
        sa.CheckConstraint("likes_count >= 0 AND comments_count >= 0", name=op.f("ck_community_posts_counts")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_community_posts_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_community_posts"),
        comment="What people share with each other",
    )
    op.create_index("ix_community_posts_all", "community_posts", ["published_at", "id"])
    op.create_index("ix_community_posts_author", "community_posts", ["author_id", "published_at", "id"])
    op.create_index(
        "ix_community_posts_carousel",
        "community_posts",
        ["published_at", "id"],
        postgresql_where=sa.text("status = 'approved' AND show_in_carousel"),
    )
    op.create_index(
        "ix_community_posts_category",
        "community_posts",
        ["category", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    op.create_index("ix_community_posts_newest", "community_posts", ["status", "published_at", "id"])
    op.create_index(
        "ix_community_posts_type",
        "community_posts",
        ["post_type", "published_at", "id"],
        postgresql_where=sa.text("status = 'approved'"),
    )
    _answers()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _answers() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True, comment="what it replies to; none once that is gone"),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("likes_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "changes", sa.BigInteger(), nullable=False, comment="of the post when this was written or changed last"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("likes_count >= 0", name=op.f("ck_comments_likes_count")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_comments_author_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["comments.id"], name="fk_comments_parent_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["community_posts.id"], name=op.f("fk_comments_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        comment="What people say to posts; the post counts its rows",
    )
    op.create_index("ix_comments_author_id", "comments", ["author_id", "id"])
    op.create_index("ix_comments_changes", "comments", ["post_id", "changes"])
    op.create_index("ix_comments_oldest", "comments", ["post_id", "created_at", "id"])
    op.create_index(
        "ix_comments_parent_id", "comments", ["parent_id"], postgresql_where=sa.text("parent_id IS NOT NULL")
    )
    op.create_table(
        "likes",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["community_posts.id"], name=op.f("fk_likes_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_likes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "user_id", name="pk_likes"),
        comment="Who likes which post",
    )
    op.create_index("ix_likes_user_id", "likes", ["user_id"])
    op.create_table(
        "post_media",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "position", sa.SmallInteger(), nullable=False, comment="from 0, in the order in which they are shown"
        ),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_post_media_media_id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["community_posts.id"], name=op.f("fk_post_media_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "position", name="pk_post_media"),
        sa.UniqueConstraint("post_id", "media_id", name="uq_post_media_media"),
        comment="The pictures or the video of each post",
    )
    op.create_index("ix_post_media_media_id", "post_media", ["media_id"])
    op.create_table(
        "comment_likes",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comment_likes_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_comment_likes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name="pk_comment_likes"),
        comment="Who likes which comment; the comment counts its rows",
    )
    op.create_index("ix_comment_likes_user_id", "comment_likes", ["user_id"])
