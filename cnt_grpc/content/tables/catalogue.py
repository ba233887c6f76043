"""Tables of the catalogue: one row for every item of any kind, one detail table a kind, and categories."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Conflict, Precondition
from cnt_grpc.pb.cnt.content.v1.reason import Reason

categories = Table(
    "categories",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("slug", Text, comment="of those that rules refer to; stays when the name changes"),
    Column("name", Text, nullable=False),
    Column("kind", Text, comment="the kind of item that it is meant for; none suits every kind"),
    Column("position", Integer, nullable=False, comment="where menus show it"),
    PrimaryKeyConstraint("id", name="pk_categories"),
    UniqueConstraint("slug", name="uq_categories_slug"),
    Index("uq_categories_name", text("lower(name)"), unique=True, info=violation(Conflict, Reason.CATEGORY_NAME_TAKEN)),
    Index("ix_categories_position", "position", "id"),
)


def _music_index(column: str) -> Index:
    """For lists of music by one of its words, whatever their case."""
    return Index(
        f"ix_content_items_{column}",
        text(f"lower({column})"),
        "published_at",
        "id",
        postgresql_where=text("status = 'approved' AND kind = 'music'"),
    )


# Every column that a list filters or sorts by is here and not on the details, so that one index answers a page.
content_items = Table(
    "content_items",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False, comment="the word in paths, such as podcast; says which detail table"),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("users.id", name="fk_content_items_creator_id"), nullable=False),
    Column(
        "category_id",
        BigInteger,
        ForeignKey(
            "categories.id",
            name="fk_content_items_category_id",
            ondelete="SET NULL",
            info=violation(Precondition, Reason.CATEGORY_NOT_FOUND),
        ),
    ),
    Column("media_id", BigInteger, ForeignKey("media_objects.id", name="fk_content_items_media_id")),
    Column("media_kind", Text, comment="of media_id: audio, video or document"),
    Column("cover_id", BigInteger, ForeignKey("media_objects.id", name="fk_content_items_cover_id")),
    Column("cover_key", Text, comment="of cover_id or of a shipped picture; here to spare each list a join"),
    Column(
        "preview_id",
        BigInteger,
        ForeignKey("media_objects.id", name="fk_content_items_preview_id"),
        comment="a short cut of its film, made by us",
    ),
    Column("preview_key", Text, comment="of preview_id"),
    Column("genre", Text, comment="of music, as are artist and album; empty for none"),
    Column("artist", Text),
    Column("album", Text),
    Column("status", Text, nullable=False),
    Column("rejection_reason", Text, nullable=False, server_default=text("''"), comment="why it is held"),
    Column(
        "held",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="a moderator took it out, so that only a moderator brings it back",
    ),
    Column("plays_count", BigInteger, nullable=False, server_default=text("0")),
    Column(
        "popularity", BigInteger, nullable=False, server_default=text("0"), comment="plays of the last count, hourly"
    ),
    # Counters of all kinds are here: what an update writes back of the details must not undo a count.
    Column("ratings_count", BigInteger, nullable=False, server_default=text("0")),
    Column("ratings_sum", BigInteger, nullable=False, server_default=text("0"), comment="tenths"),
    Column("featured", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    Column("published_at", MOMENT, nullable=False, comment="approved_at, or created_at: so lists have one order"),
    Column("approved_at", MOMENT, comment="the first approval; none while there was none"),
    PrimaryKeyConstraint("id", name="pk_content_items"),
    CheckConstraint("status IN ('pending', 'approved', 'rejected', 'archived')", name="status"),
    # What everyone sees, and what moderators see of one status; then all of a kind, for moderators.
    Index("ix_content_items_newest", "kind", "status", "published_at", "id"),
    Index("ix_content_items_all", "kind", "published_at", "id"),
    # A person's own, whatever its status.
    Index("ix_content_items_creator", "creator_id", "kind", "published_at", "id"),
    # What everyone sees of an artist, of all kinds.
    Index(
        "ix_content_items_of_artist", "creator_id", "published_at", "id", postgresql_where=text("status = 'approved'")
    ),
    # For a category that is deleted: whatever was in it, of any kind and status.
    Index("ix_content_items_of_category", "category_id", postgresql_where=text("category_id IS NOT NULL")),
    Index(
        "ix_content_items_category",
        "kind",
        "category_id",
        "published_at",
        "id",
        postgresql_where=text("status = 'approved'"),
    ),
    Index(
        "ix_content_items_media_kind",
        "kind",
        "media_kind",
        "published_at",
        "id",
        postgresql_where=text("status = 'approved'"),
    ),
    Index("ix_content_items_popular", "kind", "popularity", "id", postgresql_where=text("status = 'approved'")),
    Index(
        "ix_content_items_category_popular",
        "kind",
        "category_id",
        "popularity",
        "id",
        postgresql_where=text("status = 'approved'"),
    ),
    Index(
        "ix_content_items_featured",
        "kind",
        "published_at",
        "id",
        postgresql_where=text("status = 'approved' AND featured"),
    ),
    _music_index("genre"),
    _music_index("artist"),
    _music_index("album"),
    # For the foreign keys: without them, deleting a file reads the whole catalogue.
    Index("ix_content_items_media_id", "media_id"),
    Index("ix_content_items_cover_id", "cover_id", postgresql_where=text("cover_id IS NOT NULL")),
    Index("ix_content_items_preview_id", "preview_id", postgresql_where=text("preview_id IS NOT NULL")),
    comment="Whatever people publish to be heard, watched or read: one space of ids for all kinds",
)


def _details(name: str, *columns: Column[Any], comment: str) -> Table:
    """What only one kind has and only a single item shows; goes with the item."""
    return Table(
        name,
        metadata,
        Column(
            "item_id",
            BigInteger,
            ForeignKey("content_items.id", name=f"fk_{name}_item_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        *columns,
        PrimaryKeyConstraint("item_id", name=f"pk_{name}"),
        comment=comment,
    )


podcasts = _details(
    "podcasts",
    Column("season", Integer, nullable=False),
    Column("episode", Integer, nullable=False),
    comment="What only podcasts have; 0 is none",
)

movies = _details(
    "movies",
    Column("director", Text, nullable=False),
    Column("cast", Text, nullable=False),
    Column("release_date", Text, nullable=False, comment="YYYY-MM-DD; empty when it is not known"),
    Column("preview_start_time", Integer, nullable=False, comment="seconds into the film"),
    Column("preview_end_time", Integer, nullable=False, comment="seconds into the film; 0 for no preview"),
    comment="What only films have",
)

music_tracks = _details("music_tracks", Column("lyrics", Text, nullable=False), comment="What only music has")

bible_stories = _details(
    "bible_stories",
    Column("scripture_reference", Text, nullable=False),
    Column("text", Text, nullable=False),
    comment="What only stories of the Bible have",
)
