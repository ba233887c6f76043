"""Tables of events: one row an event with all that lists show, filter and sort by, and who has answered."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

_APPROVED = text("status = 'approved'")

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("host_id", BigInteger, ForeignKey("users.id", name="fk_events_host_id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("starts_at", MOMENT, nullable=False),
    Column("ends_at", MOMENT, nullable=False),
    Column("location", Text, nullable=False),
    Column("latitude", Double, comment="degrees; comes with longitude, or neither does"),
    Column("longitude", Double),
    Column("cell", Integer, comment="of a grid of one degree: what is near is looked up by it"),
    Column("max_attendees", Integer, nullable=False, comment="0 is any number"),
    Column("attendees_count", Integer, nullable=False, server_default=text("0"), comment="seats that are taken"),
    Column("requires_approval", Boolean, nullable=False),
    Column("cover_id", BigInteger, ForeignKey("media_objects.id", name="fk_events_cover_id")),
    Column("cover_key", Text, comment="of cover_id; here to spare lists a join"),
    Column("status", Text, nullable=False),
    Column("rejection_reason", Text, nullable=False, server_default=text("''"), comment="why a moderator took it out"),
    Column("edits", Integer, nullable=False, server_default=text("0"), comment="what calendars call its sequence"),
    Column("reminded_at", MOMENT, comment="none until those who come were reminded of this beginning"),
    Column("created_at", MOMENT, nullable=False),
    Column("edited_at", MOMENT, nullable=False),
    Column("published_at", MOMENT, nullable=False, comment="approved_at, or created_at: so moderators have one order"),
    Column("approved_at", MOMENT, comment="the first approval; none while there was none"),
    PrimaryKeyConstraint("id", name="pk_events"),
    CheckConstraint("status IN ('pending', 'approved', 'rejected', 'archived')", name="status"),
    CheckConstraint("ends_at > starts_at", name="times"),
    # The promise: whatever the rules do, nobody sits on another's seat.
    CheckConstraint(
        "attendees_count >= 0 AND (max_attendees = 0 OR attendees_count <= max_attendees)", name="attendees_count"
    ),
    Index("ix_events_soonest", "starts_at", "id", postgresql_where=_APPROVED),
    Index("ix_events_category", "category", "starts_at", "id", postgresql_where=_APPROVED),
    Index("ix_events_cell", "cell", "starts_at", "id", postgresql_where=_APPROVED),
    Index("ix_events_host", "host_id", "starts_at", "id"),
    # For moderators: of one status, and all.
    Index("ix_events_newest", "status", "published_at", "id"),
    Index("ix_events_all", "published_at", "id"),
    Index("ix_events_to_remind", "starts_at", postgresql_where=text("status = 'approved' AND reminded_at IS NULL")),
    Index("ix_events_cover_id", "cover_id", postgresql_where=text("cover_id IS NOT NULL")),
    comment="What people meet for",
)

event_attendees = Table(
    "event_attendees",
    metadata,
    Column("event_id", BigInteger, ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("answer", Text, nullable=False),
    Column("status", Text, nullable=False, comment="what the host says to it; one that comes has a seat when approved"),
    Column("answered_at", MOMENT, nullable=False, comment="the first time"),
    PrimaryKeyConstraint("event_id", "user_id", name="pk_event_attendees"),
    CheckConstraint("answer IN ('going', 'maybe', 'not_going')", name="answer"),
    CheckConstraint("status IN ('pending', 'approved', 'rejected')", name="status"),
    Index("ix_event_attendees_earliest", "event_id", "answered_at", "user_id"),
    Index("ix_event_attendees_user_id", "user_id"),
    comment="Who has answered to which event; the event counts the seats",
)
