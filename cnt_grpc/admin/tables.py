"""Tables of the admin room: what was counted, who asked to be a creator, and what comes from Google Drive."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from cnt_grpc.kit.db.tables import MOMENT, metadata, violation
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.pb.cnt.admin.v1.reason import Reason

dashboard_totals = Table(
    "dashboard_totals",
    metadata,
    Column("name", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("measured_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("name", name="pk_dashboard_totals"),
    comment="Counts that would take long to make, made once a minute",
)

metric_samples = Table(
    "metric_samples",
    metadata,
    Column("name", Text, nullable=False),
    Column("at", MOMENT, nullable=False, comment="the beginning of a minute"),
    Column("value", Double, nullable=False),
    PrimaryKeyConstraint("name", "at", name="pk_metric_samples"),
    comment="Numbers minute by minute, kept for 90 days",
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
    Index(
        "uq_creator_applications_pending",
        "user_id",
        unique=True,
        postgresql_where=text("status = 'pending'"),
        info=violation(Precondition, Reason.APPLICATION_PENDING),
    ),
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

drive_accounts = Table(
    "drive_accounts",
    metadata,
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_drive_accounts_user_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("email", Text, nullable=False, comment="whose Drive it is, in Google's words"),
    Column("sealed", LargeBinary, nullable=False, comment="the tokens; opened by SECRET_KEY, for this person alone"),
    Column("connected_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("user_id", name="pk_drive_accounts"),
    comment="Google Drives of administrators",
)

drive_imports = Table(
    "drive_imports",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column(
        "user_id",
        BigInteger,
        ForeignKey("users.id", name="fk_drive_imports_user_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("file_id", Text, nullable=False, comment="Drive's"),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False, comment="in Drive's words"),
    Column("size", BigInteger, nullable=False),
    Column("revision", Text, nullable=False, comment="of the bytes that are being copied; others begin anew"),
    Column("status", Text, nullable=False),
    Column("received", BigInteger, nullable=False, server_default=text("0"), comment="bytes that have come"),
    Column("upload_id", Text, comment="the upload in several goes that takes them in"),
    Column("job_id", BigInteger, comment="what copies it; none for what failed at once"),
    Column(
        "media_id",
        BigInteger,
        ForeignKey("media_objects.id", name="fk_drive_imports_media_id", ondelete="SET NULL"),
        comment="what it has become; none before, and once that is gone",
    ),
    Column("error", Text, nullable=False, server_default=text("''"), comment="a reason of the contract"),
    Column("error_message", Text, nullable=False, server_default=text("''")),
    Column("created_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_drive_imports"),
    CheckConstraint("status IN ('waiting', 'copying', 'done', 'failed', 'cancelled')", name="status"),
    CheckConstraint("(status IN ('waiting', 'copying')) = (ended_at IS NULL)", name="ended"),
    # A file is copied once at a time, however often somebody asks.
    Index("uq_drive_imports_running", "user_id", "file_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_drive_imports_newest", "user_id", "created_at", "id"),
    Index("ix_drive_imports_file_id", "user_id", "file_id"),
    Index("ix_drive_imports_media_id", "media_id", postgresql_where=text("media_id IS NOT NULL")),
    comment="Files on their way from Google Drive",
)
