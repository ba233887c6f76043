"""The table of likes of posts; the post counts its rows."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from cnt_grpc.kit.tables import MOMENT, metadata

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
