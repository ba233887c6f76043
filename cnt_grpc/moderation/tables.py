"""What moderators have before them, and the record of what was decided; the decided things stay in their own rooms."""

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata
from cnt_grpc.moderation.status import ReportCategory, ReportStatus


def _words(of: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in of)


moderation_cases = Table(
    "moderation_cases",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False, comment="as it stands in paths, such as podcast"),
    Column("subject_id", BigInteger, nullable=False, comment="an id of the kind's own table"),
    Column("author_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("opened_at", MOMENT, nullable=False),
    Column("closed_at", MOMENT, comment="none while it waits for a moderator"),
    Column("outcome", Text, comment="where the subject came to stand, or withdrawn when it was deleted"),
    PrimaryKeyConstraint("id", name="pk_moderation_cases"),
    CheckConstraint("outcome IN ('approved', 'rejected', 'archived', 'withdrawn')", name="outcome"),
    CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed"),
    Index("uq_moderation_cases_open", "kind", "subject_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    Index("ix_moderation_cases_open", "opened_at", "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_moderation_cases_author_id", "author_id", "opened_at", "id"),
    comment="Each time that something waited for a moderator; who decided and why stands in audit_log",
)

reports = Table(
    "reports",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("kind", Text, nullable=False, comment="such as comment"),
    Column("thing_id", BigInteger, nullable=False, comment="an id of the kind's own table"),
    Column("author_id", BigInteger, nullable=False, comment="whose it is, or 0; it may be gone before the report"),
    Column("reporter_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("category", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'open'")),
    Column("resolved_by", BigInteger, comment="a person; outlives the account"),
    Column("note", Text, nullable=False, server_default=text("''"), comment="why it was decided so"),
    Column("created_at", MOMENT, nullable=False),
    Column("resolved_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_reports"),
    CheckConstraint(f"category IN ({_words(ReportCategory)})", name="category"),
    CheckConstraint(f"status IN ({_words(ReportStatus)})", name="status"),
    CheckConstraint(
        "(status = 'open') = (resolved_at IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved"
    ),
    Index("uq_reports_open", "kind", "thing_id", "reporter_id", unique=True, postgresql_where=text("status = 'open'")),
    Index("ix_reports_open", "created_at", "id", postgresql_where=text("status = 'open'")),
    Index("ix_reports_resolved", "status", "resolved_at", "id", postgresql_where=text("status <> 'open'")),
    Index("ix_reports_kind", "status", "kind", "resolved_at", "id", postgresql_where=text("status <> 'open'")),
    Index("ix_reports_author_id", "author_id", "created_at", "id"),
    Index("ix_reports_reporter_id", "reporter_id", "id"),
    Index("ix_reports_resolved_by", "resolved_by", postgresql_where=text("resolved_by IS NOT NULL")),
    Index("ix_reports_thing", "kind", "thing_id"),
    comment="What people asked moderators to look at, and what these found",
)

# A trigger refuses to change or remove rows of this table; a migration makes it, because Core cannot describe triggers.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, autoincrement=False, comment="1, 2, 3 … without gaps, in the order of the commits"),
    Column("at", MOMENT, nullable=False),
    Column("actor_id", BigInteger, nullable=False, comment="a person, or 0 for the system; outlives the account"),
    Column("action", Text, nullable=False, comment="such as approve"),
    Column("target_kind", Text, nullable=False, comment="such as podcast"),
    Column("target_id", BigInteger, nullable=False),
    Column("before", Text, nullable=False, comment="JSON, byte for byte as it was hashed; so is after"),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 of the hash of the row before and of this row"),
    PrimaryKeyConstraint("id", name="pk_audit_log"),
    Index("ix_audit_log_actor", "actor_id", "id"),
    Index("ix_audit_log_action", "action", "id"),
    Index("ix_audit_log_target", "target_kind", "target_id", "id"),
    Index("ix_audit_log_target_kind", "target_kind", "id"),
    comment="Every act of power over others; rows are only ever added",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", SmallInteger, autoincrement=False),
    Column("length", BigInteger, nullable=False, comment="the id of the last row of audit_log"),
    Column("hash", LargeBinary, nullable=False, comment="the hash of that row"),
    PrimaryKeyConstraint("one", name="pk_audit_head"),
    CheckConstraint("one = 1", name="one"),
    comment="The end of the audit's chain: its lock, and what shows that no row is missing at the end",
)
