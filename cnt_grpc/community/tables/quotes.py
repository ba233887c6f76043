"""The table of quote images: what was drawn of a post's words."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from cnt_grpc.kit.db.tables import metadata

quote_pictures = Table(
    "quote_pictures",
    metadata,
    Column("post_id", BigInteger, ForeignKey("community_posts.id", ondelete="CASCADE"), autoincrement=False),
    Column("words", LargeBinary, nullable=False, comment="SHA-256 of what is drawn"),
    Column(
        "upright_id",
        BigInteger,
        ForeignKey("media_objects.id", name="fk_quote_pictures_upright_id"),
        nullable=False,
        comment="its key is the post's image_key",
    ),
    Column(
        "lying_id",
        BigInteger,
        ForeignKey("media_objects.id", name="fk_quote_pictures_lying_id"),
        nullable=False,
        comment="for the carousel",
    ),
    Column("lying_key", Text, nullable=False, comment="of lying_id"),
    PrimaryKeyConstraint("post_id", name="pk_quote_pictures"),
    # For the foreign keys: without them, deleting a file reads all of them.
    Index("ix_quote_pictures_upright_id", "upright_id"),
    Index("ix_quote_pictures_lying_id", "lying_id"),
    comment="What was drawn of the words of posts that have no other picture; none while it is being drawn",
)
