"""Tables of the admin room: what was counted, and who asked to be a creator."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata

dashboard_totals = Table(
    "dashboard_totals",
    metadata,
    Column("name", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("measured_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("name", name="pk_dashboard_totals"),
    comment="Counts that would take long to make, made once a minute",
)

creator_applications = Table(
    "creator_applications",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_creator_applications_user_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("stage_name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("links", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    Column("reason", Text, nullable=False, server_default=text("''"), comment="why it was rejected"),
    Column("decided_at", MOMENT),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("id", name="pk_creator_applications"),
    CheckConstraint("status IN ('pending', 'approved', 'rejected')", name="status"),
    CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
    Index("uq_creator_applications_pending", "user_id", unique=True, postgresql_where=text("status = 'pending'")),
    Index("ix_creator_applications_user_id", "user_id", "id"),
    Index("ix_creator_applications_created_at", "created_at", "id"),
    Index("ix_creator_applications_status", "status", "created_at", "id"),
    comment="Who wants to be a creator; who decided stands in audit_log",
)

identity_papers = Table(
    "identity_papers",
    metadata,
    Column(
        "application_id",
        BigInteger,
        ForeignKey("creator_applications.id", name="fk_identity_papers_application_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("media_id", BigInteger, ForeignKey("media_objects.id", name="fk_identity_papers_media_id"), nullable=False),
    PrimaryKeyConstraint("application_id", "media_id", name="pk_identity_papers"),
    Index("ix_identity_papers_media_id", "media_id"),
    comment="Papers that prove who applies; they go when the application is decided",
)
