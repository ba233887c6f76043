"""Tables of the catalogue: one row for every item of any kind, one detail table a kind, and categories."""

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

from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.tables import MOMENT, metadata, violation
from cnt_grpc.pb.cnt.content.v1.reason import Reason

categories = Table(
    "categories",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("slug", Text, nullable=False, comment="stays when the name changes: rules refer to it"),
    Column("name", Text, nullable=False),
    Column("kind", Text, comment="the kind of item that it is meant for; none suits every kind"),
    Column("position", Integer, nullable=False, comment="where menus show it"),
    PrimaryKeyConstraint("id", name="pk_categories"),
    UniqueConstraint("slug", name="uq_categories_slug"),
    Index("ix_categories_position", "position", "id"),
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
    # For the foreign keys: without them, deleting a file reads the whole catalogue.
    Index("ix_content_items_media_id", "media_id"),
    Index("ix_content_items_cover_id", "cover_id", postgresql_where=text("cover_id IS NOT NULL")),
    comment="Whatever people publish to be heard, watched or read: one space of ids for all kinds",
)

podcasts = Table(
    "podcasts",
    metadata,
    Column(
        "item_id",
        BigInteger,
        ForeignKey("content_items.id", name="fk_podcasts_item_id", ondelete="CASCADE"),
        autoincrement=False,
    ),
    Column("season", Integer, nullable=False),
    Column("episode", Integer, nullable=False),
    PrimaryKeyConstraint("item_id", name="pk_podcasts"),
    comment="What only podcasts have; 0 is none",
)
