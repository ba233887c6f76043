"""Tables of artists: people as makers of content, and who follows them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.content.v1.reason import Reason

artists = Table(
    "artists",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_artists_user_id"), nullable=False),
    Column("name", Text, nullable=False, server_default=text("''"), comment="empty for the person's own"),
    Column("bio", Text, nullable=False, server_default=text("''")),
    Column("social_links", JSONB, nullable=False, server_default=text("'{}'::jsonb"), comment="place: address"),
    Column("cover_id", BigInteger, ForeignKey("media_objects.id", name="fk_artists_cover_id")),
    Column("cover_key", Text, comment="of cover_id"),
    Column(
        "listed",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the person filled the profile or published; others are followed, or had a look",
    ),
    Column("followers_count", BigInteger, nullable=False, server_default=text("0"), comment="rows of artist_followers"),
    Column("items_count", BigInteger, nullable=False, server_default=text("0"), comment="approved items"),
    Column("plays_count", BigInteger, nullable=False, server_default=text("0"), comment="of approved items"),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_artists"),
    UniqueConstraint("user_id", name="uq_artists_user_id"),
    # Counters are in no index, so that counting costs none.
    Index("ix_artists_listed", "id", postgresql_where=text("listed")),
    Index("ix_artists_cover_id", "cover_id", postgresql_where=text("cover_id IS NOT NULL")),
    comment="People as makers of content: one row each, made when it is first needed",
)

artist_categories = Table(
    "artist_categories",
    metadata,
    Column(
        "artist_id",
        BigInteger,
        ForeignKey("artists.id", name="fk_artist_categories_artist_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "category_id",
        BigInteger,
        ForeignKey(
            "categories.id",
            name="fk_artist_categories_category_id",
            ondelete="CASCADE",
            info=violation(Precondition, Reason.CATEGORY_NOT_FOUND),
        ),
        nullable=False,
    ),
    PrimaryKeyConstraint("artist_id", "category_id", name="pk_artist_categories"),
    Index("ix_artist_categories_category_id", "category_id", "artist_id"),
    comment="In which categories artists work",
)

artist_followers = Table(
    "artist_followers",
    metadata,
    Column(
        "artist_id",
        BigInteger,
        ForeignKey("artists.id", name="fk_artist_followers_artist_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "follower_id",
        BigInteger,
        ForeignKey("users.id", name="fk_artist_followers_follower_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("followed_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("artist_id", "follower_id", name="pk_artist_followers"),
    Index("ix_artist_followers_newest", "artist_id", "followed_at", "follower_id"),
    Index("ix_artist_followers_follower_id", "follower_id", "followed_at", "artist_id"),
    comment="Who follows whom",
)
