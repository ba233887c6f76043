"""Tables of posts: one row a post with all that lists show, filter and sort by, and its files."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

_APPROVED = text("status = 'approved'")

community_posts = Table(
    "community_posts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("author_id", BigInteger, ForeignKey("users.id", name="fk_community_posts_author_id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("post_type", Text, nullable=False, comment="image when it has files, else text"),
    Column("image_key", Text, comment="of its first picture, its video's still, or what was drawn of its words"),
    Column("status", Text, nullable=False),
    Column("rejection_reason", Text, nullable=False, server_default=text("''"), comment="why a moderator took it out"),
    # Counters and `changes` are in no index: counting rewrites the row alone, and leaves every index as it is.
    Column("likes_count", BigInteger, nullable=False, server_default=text("0")),
    Column("comments_count", BigInteger, nullable=False, server_default=text("0")),
    Column(
        "changes", BigInteger, nullable=False, server_default=text("0"), comment="grows with whatever people would see"
    ),
    Column("edits", BigInteger, nullable=False, server_default=text("0"), comment="changes at the last edit"),
    Column("show_in_carousel", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", MOMENT, nullable=False),
    Column("edited_at", MOMENT),
    Column("published_at", MOMENT, nullable=False, comment="approved_at, or created_at: so lists have one order"),
    Column("approved_at", MOMENT, comment="the first approval; none while there was none"),
    PrimaryKeyConstraint("id", name="pk_community_posts"),
    CheckConstraint("status IN ('pending', 'approved', 'rejected', 'archived')", name="status"),
    CheckConstraint("post_type IN ('image', 'text')", name="post_type"),
    CheckConstraint("likes_count >= 0 AND comments_count >= 0", name="counts"),
    # What everyone sees, and what moderators see of one status; then all, for moderators.
    Index("ix_community_posts_newest", "status", "published_at", "id"),
    Index("ix_community_posts_all", "published_at", "id"),
    # A person's own whatever its status, and what someone sees of those whom they follow.
    Index("ix_community_posts_author", "author_id", "published_at", "id"),
    Index("ix_community_posts_category", "category", "published_at", "id", postgresql_where=_APPROVED),
    Index("ix_community_posts_type", "post_type", "published_at", "id", postgresql_where=_APPROVED),
    Index(
        "ix_community_posts_carousel",
        "published_at",
        "id",
        postgresql_where=text("status = 'approved' AND show_in_carousel"),
    ),
    comment="What people share with each other",
)

post_media = Table(
    "post_media",
    metadata,
    Column("post_id", BigInteger, ForeignKey("community_posts.id", ondelete="CASCADE"), nullable=False),
    Column("position", SmallInteger, nullable=False, comment="from 0, in the order in which they are shown"),
    Column("media_id", BigInteger, ForeignKey("media_objects.id", name="fk_post_media_media_id"), nullable=False),
    PrimaryKeyConstraint("post_id", "position", name="pk_post_media"),
    UniqueConstraint("post_id", "media_id", name="uq_post_media_media"),
    # For the foreign key: without it, deleting a file reads all of them.
    Index("ix_post_media_media_id", "media_id"),
    comment="The pictures or the video of each post",
)
