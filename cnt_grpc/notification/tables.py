"""Tables of inboxes: what people are told, how far each inbox is, and where its owner wants to be told."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from cnt_grpc.kit.tables import MOMENT, metadata

inbox_heads = Table(
    "inbox_heads",
    metadata,
    Column("recipient_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("last_seq", BigInteger, nullable=False, comment="the newest number given"),
    Column("forgotten_seq", BigInteger, nullable=False, server_default=text("0"), comment="newest dropped for its age"),
    Column("unread", BigInteger, nullable=False),
    PrimaryKeyConstraint("recipient_id", name="pk_inbox_heads"),
    CheckConstraint("unread >= 0 AND forgotten_seq <= last_seq", name="counts"),
    # Numbers and counts change all the time, and without an index on them in place (HOT).
    postgresql_with={"fillfactor": 70},
    comment="One row an inbox. Its lock orders everything that happens to the inbox; made with the first notification",
)

notifications = Table(
    "notifications",
    metadata,
    # The head, not the person: an inbox's rows and its head live and end together, and would be partitioned together.
    Column("recipient_id", BigInteger, ForeignKey("inbox_heads.recipient_id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger, nullable=False, comment="given under the head's lock: commit order is sequence order"),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("data", JSONB, nullable=False, comment="what an app needs to open the right page; all values are strings"),
    Column("read", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("recipient_id", "seq", name="pk_notifications"),
    Index("ix_notifications_unread", "recipient_id", "seq", postgresql_where=text("NOT read")),
    # Rows come in the order of time, so a summary of each range of pages finds the old ones at next to no cost.
    Index("ix_notifications_created_at", "created_at", postgresql_using="brin"),
    comment="What people are told; kept for 90 days",
)

notification_preferences = Table(
    "notification_preferences",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("type", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    PrimaryKeyConstraint("user_id", "type", "channel", name="pk_notification_preferences"),
    CheckConstraint("channel IN ('in_app', 'push', 'mail')", name="channel"),
    comment="Only what differs from nobody's choice: the defaults of a type stand in notices.py",
)
