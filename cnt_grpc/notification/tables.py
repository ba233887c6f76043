"""Tables of inboxes and of what leaves them by push and mail: what people are told, where, when and how far it is."""

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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from cnt_grpc.kit.db.tables import MOMENT, metadata

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
    Column("about", Text(collation="C"), comment="what it shows, such as community_post:12/comment:7/"),
    PrimaryKeyConstraint("recipient_id", "seq", name="pk_notifications"),
    Index("ix_notifications_unread", "recipient_id", "seq", postgresql_where=text("NOT read")),
    # Bytewise (C), so that everything about a thing and its parts is one range.
    Index("ix_notifications_about", "about", "recipient_id", postgresql_where=text("about IS NOT NULL")),
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

notification_settings = Table(
    "notification_settings",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("quiet_from", SmallInteger, comment="minutes after midnight in the person's time zone, as quiet_until is"),
    Column("quiet_until", SmallInteger),
    Column("mail_rhythm", Text, nullable=False, server_default=text("'single'")),
    PrimaryKeyConstraint("user_id", name="pk_notification_settings"),
    CheckConstraint("mail_rhythm IN ('single', 'daily')", name="mail_rhythm"),
    CheckConstraint(
        "(quiet_from IS NULL) = (quiet_until IS NULL)"
        " AND quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439",
        name="quiet_hours",
    ),
    comment="When people do not want to be told, and how often by mail; only of those who have chosen",
)

device_tokens = Table(
    "device_tokens",
    metadata,
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, comment="SHA-256"),
    Column("token", LargeBinary, nullable=False, comment="sealed, bound to its hash"),
    Column("platform", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("registered_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_device_tokens"),
    # One row a device in the world: who signs in on it takes it over, and it gets nothing more of who had it before.
    UniqueConstraint("token_hash", name="uq_device_tokens_token_hash"),
    CheckConstraint("platform IN ('ios', 'android', 'web')", name="platform"),
    Index("ix_device_tokens_user_id", "user_id", "id"),
    comment="Devices that get push messages",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("recipient_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("channel", Text, nullable=False),
    Column(
        "device_id", BigInteger, ForeignKey("device_tokens.id", ondelete="SET NULL"), comment="none once it is gone"
    ),
    Column("seq", BigInteger, comment="in the inbox; none where the type does not enter it"),
    # Words of its own: the owner may keep a type out of the inbox, or empty it, and still want the mail.
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", MOMENT, nullable=False, comment="not before; while one is being sent, when its sender has died"),
    Column("put_off", Boolean, nullable=False, server_default=text("false"), comment="waits for the mail of the day"),
    Column("error", Text, comment="why the last attempt failed, or why nothing is sent"),
    Column("created_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("about", Text(collation="C"), comment="as of notifications"),
    PrimaryKeyConstraint("id", name="pk_deliveries"),
    CheckConstraint("channel IN ('push', 'mail')", name="channel"),
    CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
    CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_at"),
    Index("ix_deliveries_due", "channel", "due_at", "recipient_id", "id", postgresql_where=text("state = 'waiting'")),
    Index(
        "ix_deliveries_put_off",
        "channel",
        "due_at",
        "recipient_id",
        "id",
        postgresql_where=text("state = 'waiting' AND put_off"),
    ),
    Index("ix_deliveries_about", "about", postgresql_where=text("about IS NOT NULL AND state = 'waiting'")),
    Index("ix_deliveries_recipient_id", "recipient_id"),
    Index("ix_deliveries_device_id", "device_id", postgresql_where=text("device_id IS NOT NULL")),
    Index("ix_deliveries_created_at", "created_at", postgresql_using="brin"),
    comment="Every push message and mail that follows from a notice, and what became of it; kept for 90 days",
)

taken_back = Table(
    "taken_back",
    metadata,
    Column("about", Text, nullable=False, comment="as of notifications"),
    # No reference: it says whom to leave out, and is right about people who are gone.
    Column("author_id", BigInteger, comment="who sees the thing still; nobody does where there is none"),
    Column("taken_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("about", name="pk_taken_back"),
    comment="Things of which people are told nothing: hidden until shown again, or deleted (kept for 90 days)",
)
