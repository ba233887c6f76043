"""Tables of the media room: stored files, what is made of them, who uses them, and how much each person stores."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

media_objects = Table(
    "media_objects",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("owner_id", BigInteger, ForeignKey("users.id", ondelete="SET NULL"), comment="none: the platform's own"),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'probing'")),
    Column("visibility", Text, nullable=False, server_default=text("'private'")),
    Column("key", Text, nullable=False, comment="in the store; made by us"),
    Column(
        "source_key",
        Text,
        comment="where the bytes still are, until the worker has drawn the picture anew or moved the file",
    ),
    Column("thumbnail_key", Text, comment="of the variant that lists show"),
    Column("filename", Text, nullable=False, server_default=text("''"), comment="where it came from; for display"),
    Column("content_type", Text, nullable=False, comment="read from the bytes"),
    Column("size", BigInteger, nullable=False, comment="bytes as stored"),
    Column("charged", BigInteger, nullable=False, comment="bytes that count against the owner's quota"),
    Column("sha256", LargeBinary, nullable=False, comment="of the bytes as stored"),
    Column("duration_ms", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("codecs", Text, nullable=False, server_default=text("''"), comment="such as h264,aac"),
    Column("failure", Text, nullable=False, server_default=text("''"), comment="in words for the owner"),
    Column("most_pixels", BigInteger, comment="the limit that a picture exceeds; of those that failed of it only"),
    Column("created_at", MOMENT, nullable=False),
    Column("unused_since", MOMENT, comment="none while something uses it; a hint for the sweeper, which asks the uses"),
    PrimaryKeyConstraint("id", name="pk_media_objects"),
    UniqueConstraint("key", name="uq_media_objects_key"),
    CheckConstraint("kind IN ('audio', 'video', 'image', 'document')", name="kind"),
    CheckConstraint("state IN ('probing', 'ready', 'failed')", name="state"),
    CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
    Index("ix_media_objects_owner_id", "owner_id", "id"),
    # For the sweeper, so that it never looks at what is ready and in use, which is nearly everything.
    Index("ix_media_objects_unfinished", "created_at", postgresql_where=text("state <> 'ready'")),
    Index("ix_media_objects_source_key", "source_key", postgresql_where=text("source_key IS NOT NULL")),
    Index("ix_media_objects_unused_since", "unused_since", postgresql_where=text("unused_since IS NOT NULL")),
    comment="Files in the store, one row each",
)

media_variants = Table(
    "media_variants",
    metadata,
    Column("media_id", BigInteger, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False, comment="thumbnail or medium"),
    Column("key", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    PrimaryKeyConstraint("media_id", "name", name="pk_media_variants"),
    UniqueConstraint("key", name="uq_media_variants_key"),
    CheckConstraint("name IN ('thumbnail', 'medium')", name="name"),
    comment="Pictures that we made of a file: as visible as the file is, and gone when it goes",
)

media_uses = Table(
    "media_uses",
    metadata,
    # No cascade: nothing that is in use can be removed, whoever tries.
    Column("media_id", BigInteger, ForeignKey("media_objects.id"), nullable=False),
    Column("room", Text, nullable=False, comment="the room that uses it, such as content"),
    Column("ref", Text, nullable=False, comment="what of that room, such as item:12"),
    Column(
        "public", Boolean, nullable=False, server_default=text("false"), comment="whether everyone sees what uses it"
    ),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("media_id", "room", "ref", name="pk_media_uses"),
    Index("ix_media_uses_room_ref", "room", "ref"),
    comment="Who uses a file: what nobody uses is swept, and what something public uses is public",
)

media_leavings = Table(
    "media_leavings",
    metadata,
    Column("key", Text, nullable=False, comment="in the store"),
    Column("gone_at", MOMENT, nullable=False, comment="when its row went; what was put there since is another file"),
    PrimaryKeyConstraint("key", name="pk_media_leavings"),
    comment="Objects whose row is gone and whose bytes must follow, noted in the transaction that removed the row",
)

upload_sessions = Table(
    "upload_sessions",
    metadata,
    Column("id", Text, comment="unguessable: who knows it may go on with the upload"),
    Column("owner_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("key", Text, nullable=False, comment="where the bytes go"),
    Column("reserved", BigInteger, nullable=False, comment="bytes counted against the quota before they have come"),
    Column("created_at", MOMENT, nullable=False),
    Column("touched_at", MOMENT, nullable=False),
    Column("size", BigInteger, comment="as declared; of uploads in several goes only, like all that follows"),
    Column("sha256", LargeBinary, comment="as declared"),
    Column("media_key", Text, comment="where people will find the file"),
    Column("content_type", Text, comment="as declared"),
    Column("filename", Text),
    Column("thumbnail", Boolean, comment="whether to make one"),
    Column("ticket", Text, comment="the store's name of what has come"),
    Column("tail_at", BigInteger, comment="where the bytes begin that are no whole part yet"),
    Column("tail_size", BigInteger, comment="how many these are"),
    Column("seen", BigInteger, comment="bytes that had come when the owner last asked"),
    Column("finishing_at", MOMENT, comment="since when a call finishes or sweeps it"),
    Column("media_id", BigInteger, ForeignKey("media_objects.id", ondelete="CASCADE"), comment="what it has become"),
    PrimaryKeyConstraint("id", name="pk_upload_sessions"),
    UniqueConstraint("key", name="uq_upload_sessions_key"),
    CheckConstraint("reserved >= 0", name="reserved"),
    Index("ix_upload_sessions_owner_id", "owner_id"),
    Index("ix_upload_sessions_media_id", "media_id", postgresql_where=text("media_id IS NOT NULL")),
    Index("ix_upload_sessions_touched_at", "touched_at"),
    comment="Uploads under way: after a crash they say what to clean up",
)

media_usage = Table(
    "media_usage",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner_id", name="pk_media_usage"),
    CheckConstraint("bytes >= 0", name="bytes"),
    comment="What each person stores, uploads under way included; kept in the transaction that changes it",
)
