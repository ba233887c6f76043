"""Tables of likes of posts, and of what their authors were told; the post counts its likes."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, text

from cnt_grpc.kit.db.tables import MOMENT, metadata

likes = Table(
    "likes",
    metadata,
    Column("post_id", BigInteger, ForeignKey("community_posts.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("post_id", "user_id", name="pk_likes"),
    # For a person's export and erasure.
    Index("ix_likes_user_id", "user_id"),
    comment="Who likes which post",
)

like_notices = Table(
    "like_notices",
    metadata,
    Column("post_id", BigInteger, ForeignKey("community_posts.id", ondelete="CASCADE"), nullable=False),
    Column("comment_id", BigInteger, nullable=False, comment="the comment that is liked; 0 when it is the post itself"),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, comment="who likes it"),
    Column("created_at", MOMENT, nullable=False),
    Column("told_at", MOMENT, comment="none while it waits to be told together with others"),
    PrimaryKeyConstraint("post_id", "comment_id", "user_id", name="pk_like_notices"),
    Index("ix_like_notices_waiting", "post_id", "comment_id", postgresql_where=text("told_at IS NULL")),
    # For a person's erasure.
    Index("ix_like_notices_user_id", "user_id"),
    comment="Of whose likes an author was told: nobody is told of the same person twice, whatever that one toggles",
)
