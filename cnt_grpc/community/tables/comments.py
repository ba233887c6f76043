"""Tables of comments: what people say to a post, and who likes what was said."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy import text as sql

from cnt_grpc.kit.db.tables import MOMENT, metadata

comments = Table(
    "comments",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("post_id", BigInteger, ForeignKey("community_posts.id", ondelete="CASCADE"), nullable=False),
    Column("author_id", BigInteger, ForeignKey("users.id", name="fk_comments_author_id"), nullable=False),
    Column(
        "parent_id",
        BigInteger,
        ForeignKey("comments.id", name="fk_comments_parent_id", ondelete="SET NULL"),
        comment="what it replies to; none once that is gone",
    ),
    Column("content", Text, nullable=False),
    Column("likes_count", BigInteger, nullable=False, server_default=sql("0")),
    Column("changes", BigInteger, nullable=False, comment="of the post when this was written or changed last"),
    Column("created_at", MOMENT, nullable=False),
    Column("edited_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_comments"),
    CheckConstraint("likes_count >= 0", name="likes_count"),
    Index("ix_comments_oldest", "post_id", "created_at", "id"),
    Index("ix_comments_changes", "post_id", "changes"),
    # For a person's export and erasure, and for the foreign key.
    Index("ix_comments_author_id", "author_id", "id"),
    Index("ix_comments_parent_id", "parent_id", postgresql_where=sql("parent_id IS NOT NULL")),
    comment="What people say to posts; the post counts its rows",
)

comment_likes = Table(
    "comment_likes",
    metadata,
    Column("comment_id", BigInteger, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("comment_id", "user_id", name="pk_comment_likes"),
    # For a person's export and erasure.
    Index("ix_comment_likes_user_id", "user_id"),
    comment="Who likes which comment; the comment counts its rows",
)
