"""Tables of support: questions to the team, and what is said to them."""

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

from cnt_grpc.kit.db.tables import MOMENT, metadata

support_messages = Table(
    "support_messages",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("author_id", BigInteger, ForeignKey("users.id", name="fk_support_messages_author_id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("admin_response", Text, nullable=False, server_default=text("''"), comment="the team's last answer"),
    Column("replies_count", Integer, nullable=False, server_default=text("0")),
    Column("unread_by_team", Integer, nullable=False, server_default=text("1"), comment="the question itself at first"),
    Column("unread_by_author", Integer, nullable=False, server_default=text("0")),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False, comment="when something was said last"),
    PrimaryKeyConstraint("id", name="pk_support_messages"),
    CheckConstraint("status IN ('open', 'in_progress', 'resolved', 'closed')", name="status"),
    CheckConstraint("replies_count >= 0 AND unread_by_team >= 0 AND unread_by_author >= 0", name="counts"),
    Index("ix_support_messages_author", "author_id", "created_at", "id"),
    Index("ix_support_messages_status", "status", "created_at", "id"),
    Index("ix_support_messages_all", "created_at", "id"),
    Index("ix_support_messages_open", "id", postgresql_where=text("status IN ('open', 'in_progress')")),
    # For the counts of what is unread: both are short, however many questions were ever asked.
    Index("ix_support_messages_team", "unread_by_team", postgresql_where=text("unread_by_team > 0")),
    Index("ix_support_messages_unread", "author_id", "unread_by_author", postgresql_where=text("unread_by_author > 0")),
    comment="Questions to the platform's team",
)

support_replies = Table(
    "support_replies",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("ticket_id", BigInteger, ForeignKey("support_messages.id", ondelete="CASCADE"), nullable=False),
    Column(
        "author_id",
        BigInteger,
        ForeignKey("users.id", name="fk_support_replies_author_id"),
        comment="none for someone of the team who has gone",
    ),
    Column("is_from_team", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_support_replies"),
    Index("ix_support_replies_oldest", "ticket_id", "created_at", "id"),
    Index("ix_support_replies_author_id", "author_id"),
    comment="What is said to questions, by who asked and by the team",
)
