"""Tables of what people do with items: they play them, stop somewhere, and rate films."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

plays = Table(
    "plays",
    metadata,
    Column(
        "item_id",
        BigInteger,
        ForeignKey("content_items.id", name="fk_plays_item_id", ondelete="CASCADE"),
        autoincrement=False,
    ),
    Column("half_hour", MOMENT, nullable=False, comment="its beginning"),
    Column(
        "listener", LargeBinary, nullable=False, comment="a keyed hash: equal for equal listeners, and tells no more"
    ),
    Column("counted", Boolean, nullable=False, server_default=text("false"), comment="plays_count holds it"),
    # Time before the listener, so that new rows come near each other in the index.
    PrimaryKeyConstraint("item_id", "half_hour", "listener", name="pk_plays"),
    Index("ix_plays_uncounted", "item_id", postgresql_where=text("NOT counted")),
    # Rows come in the order of time: what is old is found by a few pages of this index, which costs new ones nothing.
    Index("ix_plays_half_hour", "half_hour", postgresql_using="brin"),
    comment="One row for each listener, item and half hour; a job adds them to the counters that people see",
)

positions = Table(
    "positions",
    metadata,
    Column(
        "user_id", BigInteger, ForeignKey("users.id", name="fk_positions_user_id", ondelete="CASCADE"), nullable=False
    ),
    Column(
        "item_id",
        BigInteger,
        ForeignKey("content_items.id", name="fk_positions_item_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", BigInteger, nullable=False, comment="milliseconds from the beginning; of a document, the page"),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("user_id", "item_id", name="pk_positions"),
    Index("ix_positions_item_id", "item_id"),
    comment="Where people stopped",
)

movie_ratings = Table(
    "movie_ratings",
    metadata,
    Column(
        "item_id",
        BigInteger,
        ForeignKey("content_items.id", name="fk_movie_ratings_item_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_movie_ratings_user_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("rating", SmallInteger, nullable=False, comment="tenths"),
    Column("rated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("item_id", "user_id", name="pk_movie_ratings"),
    CheckConstraint("rating BETWEEN 0 AND 100", name="rating"),
    Index("ix_movie_ratings_user_id", "user_id"),
    comment="What viewers think of films, one row each; count and sum are on the film",
)
