"""Tables of what listeners keep: playlists, favourites and drafts."""

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
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.content.v1.reason import Reason


def _owner(table: str) -> Column[int]:
    """Whose it is; goes with the person's row."""
    reference = ForeignKey("users.id", name=f"fk_{table}_user_id", ondelete="CASCADE")
    return Column("user_id", BigInteger, reference, nullable=False)


def _item(table: str) -> Column[int]:
    """Which item is kept; goes with the item."""
    reference = ForeignKey("content_items.id", name=f"fk_{table}_item_id", ondelete="CASCADE")
    return Column("item_id", BigInteger, reference, nullable=False)


playlists = Table(
    "playlists",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    _owner("playlists"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column(
        "share_number",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="counts how often sharing ended: links are signatures over it, so that old ones never work again",
    ),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_playlists"),
    Index("ix_playlists_user_id", "user_id", "id"),
    comment="Items of any kind in an order of someone's own",
)

playlist_items = Table(
    "playlist_items",
    metadata,
    Column(
        "playlist_id",
        BigInteger,
        ForeignKey("playlists.id", name="fk_playlist_items_playlist_id", ondelete="CASCADE"),
        nullable=False,
    ),
    _item("playlist_items"),
    Column("position", Integer, nullable=False, comment="rising, with gaps where items are gone"),
    Column("added_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("playlist_id", "item_id", name="pk_playlist_items"),
    Index("ix_playlist_items_position", "playlist_id", "position", "item_id"),
    Index("ix_playlist_items_item_id", "item_id"),
    comment="What is in playlists; who changes an order holds the playlist's row",
)

favorites = Table(
    "favorites",
    metadata,
    _owner("favorites"),
    _item("favorites"),
    Column("favorited_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("user_id", "item_id", name="pk_favorites"),
    Index("ix_favorites_newest", "user_id", "favorited_at", "item_id"),
    Index("ix_favorites_item_id", "item_id"),
    comment="What people like",
)

content_drafts = Table(
    "content_drafts",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    _owner("content_drafts"),
    Column("draft_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column(
        "category_id",
        BigInteger,
        ForeignKey(
            "categories.id",
            name="fk_content_drafts_category_id",
            ondelete="SET NULL",
            info=violation(Precondition, Reason.CATEGORY_NOT_FOUND),
        ),
    ),
    Column("media_id", BigInteger, ForeignKey("media_objects.id", name="fk_content_drafts_media_id")),
    Column("thumbnail_id", BigInteger, ForeignKey("media_objects.id", name="fk_content_drafts_thumbnail_id")),
    # Text and not jsonb: it is the editor's, nobody looks into it, and it comes back as it was.
    Column("editing_state", Text, comment="JSON; none when nothing is kept"),
    Column("status", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_content_drafts"),
    CheckConstraint("draft_type IN ('podcast', 'movie', 'post')", name="draft_type"),
    CheckConstraint("status IN ('editing', 'ready', 'published')", name="status"),
    Index("ix_content_drafts_newest", "user_id", "updated_at", "id"),
    Index("ix_content_drafts_of_type", "user_id", "draft_type", "updated_at", "id"),
    Index("ix_content_drafts_media_id", "media_id", postgresql_where=text("media_id IS NOT NULL")),
    Index("ix_content_drafts_thumbnail_id", "thumbnail_id", postgresql_where=text("thumbnail_id IS NOT NULL")),
    Index("ix_content_drafts_category_id", "category_id", postgresql_where=text("category_id IS NOT NULL")),
    comment="What someone has begun, for nobody's eyes but theirs",
)
