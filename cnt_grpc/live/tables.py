"""Tables of the live room: streams and meetings, who is in them, and the log of what happens there."""

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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from cnt_grpc.kit.db.tables import MOMENT, metadata

_FALSE = text("false")
_ZERO = text("0")

live_streams = Table(
    "live_streams",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False),
    Column("host_id", BigInteger, ForeignKey("users.id", name="fk_live_streams_host_id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, comment="a word of the contract's StreamCategory; none for none"),
    Column("room_name", Text, nullable=False, comment="LiveKit's name of the room; for meetings a capability"),
    Column("status", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("password_hash", Text, comment="of meetings; none where no password is asked for"),
    Column("waiting_room", Boolean, nullable=False, server_default=_FALSE),
    Column(
        "shared_screens",
        Boolean,
        nullable=False,
        server_default=_FALSE,
        comment="everyone may share, not the host alone",
    ),
    Column("scheduled_start", MOMENT),
    Column("started_at", MOMENT, comment="when it was first on air"),
    Column("ended_at", MOMENT),
    Column("interrupted_at", MOMENT, comment="since when a stream that was on air is not; none while it is"),
    Column("told_at", MOMENT, comment="when the host's followers were told; they are told once"),
    Column(
        "listed_at",
        MOMENT,
        nullable=False,
        comment="started_at, scheduled_start or created_at: so lists have one order",
    ),
    Column("viewers", Integer, nullable=False, server_default=_ZERO, comment="without the host"),
    Column("peak_viewers", Integer, nullable=False, server_default=_ZERO),
    Column("chat_enabled", Boolean, nullable=False, server_default=text("true")),
    Column("chat_followers_only", Boolean, nullable=False, server_default=_FALSE),
    Column("chat_slow_seconds", Integer, nullable=False, server_default=_ZERO),
    Column("chat_blocked_words", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("egress_id", Text, comment="LiveKit's id of the recording that runs; empty while one is being asked for"),
    Column("egress_key", Text, comment="where its file is to lie: by this a recording is found whose id was not told"),
    Column("egress_asked_at", MOMENT, comment="when LiveKit was asked for it"),
    Column("last_seq", BigInteger, nullable=False, server_default=_ZERO, comment="of the log; its lock orders the log"),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_live_streams"),
    UniqueConstraint("room_name", name="uq_live_streams_room_name"),
    CheckConstraint("status IN ('scheduled', 'live', 'ended')", name="status"),
    CheckConstraint("kind IN ('stream', 'meeting')", name="kind"),
    Index("ix_live_streams_listed", "kind", "listed_at", "id"),
    Index("ix_live_streams_status", "kind", "status", "listed_at", "id"),
    Index("ix_live_streams_category", "kind", "category", "listed_at", "id"),
    Index("ix_live_streams_host", "host_id", "kind", "listed_at", "id"),
    # What the reconciler looks at: few at any time.
    Index(
        "ix_live_streams_looked_after",
        "id",
        postgresql_where=text("status = 'live' OR interrupted_at IS NOT NULL OR egress_id IS NOT NULL"),
    ),
    # Viewers and the log's number change all the time: room on the page keeps these updates out of the indexes.
    postgresql_with={"fillfactor": 50},
)
"""Streams and meetings."""

stream_participants = Table(
    "stream_participants",
    metadata,
    Column(
        "stream_id",
        BigInteger,
        ForeignKey("live_streams.id", name="fk_stream_participants_stream_id", ondelete="CASCADE"),
    ),
    Column("identity", Text, comment="who they are in LiveKit's room"),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_stream_participants_user_id"),
        comment="none for anonymous listeners",
    ),
    Column("name", Text, nullable=False, comment="as the room showed it"),
    Column("role", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        comment="waiting: to be let in; admitted: may come in; present; left; removed: not with an old token",
    ),
    Column("since", MOMENT, nullable=False, comment="of the state"),
    PrimaryKeyConstraint("stream_id", "identity", name="pk_stream_participants"),
    CheckConstraint("role IN ('host', 'speaker', 'viewer')", name="role"),
    CheckConstraint("state IN ('waiting', 'admitted', 'present', 'left', 'removed')", name="state"),
    Index("ix_stream_participants_user", "user_id"),
    Index("ix_stream_participants_waiting", "stream_id", "since", postgresql_where=text("state = 'waiting'")),
)
"""Who came into which room as what; a role that the host gave is kept here for the next token."""

stream_bans = Table(
    "stream_bans",
    metadata,
    Column("stream_id", BigInteger, ForeignKey("live_streams.id", name="fk_stream_bans_stream_id", ondelete="CASCADE")),
    Column("identity", Text),
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_stream_bans_user_id")),
    Column("name", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("stream_id", "identity", name="pk_stream_bans"),
    Index("ix_stream_bans_user", "user_id"),
)
"""Who may not come into which room."""

stream_messages = Table(
    "stream_messages",
    metadata,
    Column(
        "stream_id", BigInteger, ForeignKey("live_streams.id", name="fk_stream_messages_stream_id", ondelete="CASCADE")
    ),
    Column("id", BigInteger, Identity(always=True), nullable=False, comment="by which a message is reported"),
    Column("seq", BigInteger, comment="taken under the stream's lock, so that commits come in this order"),
    Column("kind", Text, nullable=False),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_stream_messages_user_id"),
        comment="whom the entry is about",
    ),
    Column(
        "text",
        Text,
        nullable=False,
        server_default=text("''"),
        comment="of chat: the words; gone when it was taken out",
    ),
    Column("removed", Boolean, nullable=False, server_default=_FALSE),
    Column("data", JSONB, nullable=False, server_default=text("'{}'"), comment="of other kinds: what happened"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("stream_id", "seq", name="pk_stream_messages"),
    UniqueConstraint("id", name="uq_stream_messages_id"),
    CheckConstraint("kind IN ('chat', 'status', 'removal', 'moderation', 'gift')", name="kind"),
    Index("ix_stream_messages_chat", "stream_id", "seq", postgresql_where=text("kind = 'chat'")),
    # For slow mode, and for what a person leaves behind.
    Index("ix_stream_messages_user", "user_id", "stream_id", "seq"),
)
"""The log of each stream: chat and what happened, in one order."""

stream_ingresses = Table(
    "stream_ingresses",
    metadata,
    Column(
        "stream_id", BigInteger, ForeignKey("live_streams.id", name="fk_stream_ingresses_stream_id", ondelete="CASCADE")
    ),
    Column("ingress_id", Text, nullable=False, comment="LiveKit's; its key is never stored"),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("stream_id", name="pk_stream_ingresses"),
    CheckConstraint("kind IN ('rtmp', 'whip')", name="kind"),
)
"""The way in for a studio's software, at most one a stream."""

voice_chats = Table(
    "voice_chats",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", name="fk_voice_chats_user_id")),
    Column("place", Integer, comment="of the few that a person has"),
    Column("chat_id", Text, nullable=False, comment="of the conversation that holds the place"),
    Column("seen_at", MOMENT, nullable=False, comment="when its server last said that it goes on"),
    PrimaryKeyConstraint("user_id", "place", name="pk_voice_chats"),
)
"""Conversations with the voice agent that need no room; a row that is not renewed is of one that is over."""

voice_agents = Table(
    "voice_agents",
    metadata,
    Column("worker_id", Text, comment="of a process of `cnt-grpc voice-agent`"),
    Column("seen_at", MOMENT, nullable=False, comment="when LiveKit last had it registered"),
    PrimaryKeyConstraint("worker_id", name="pk_voice_agents"),
)
"""The workers that voice agents come from; a row that is not renewed is of one that is gone."""
