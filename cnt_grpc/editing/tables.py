"""Tables of the editing room: edits, and the histories of files that they make."""

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
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

edit_histories = Table(
    "edit_histories",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("owner_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("in_use", Integer, nullable=False, server_default=text("0"), comment="number of the version in use"),
    Column("newest", Integer, nullable=False, server_default=text("0"), comment="number of the newest version"),
    PrimaryKeyConstraint("id", name="pk_edit_histories"),
    Index("ix_edit_histories_owner_id", "owner_id"),
    comment="What was made of one original",
)

edit_versions = Table(
    "edit_versions",
    metadata,
    Column("history_id", BigInteger, ForeignKey("edit_histories.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False, comment="0 is the original"),
    # No cascade: a file that a history shows is in use, and nothing that is in use can be removed.
    Column("media_id", BigInteger, ForeignKey("media_objects.id"), nullable=False),
    Column("edit_id", BigInteger, comment="that made it; none of the original"),
    Column("made_of", Integer, nullable=False, comment="number of the version that it was made of"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("history_id", "number", name="pk_edit_versions"),
    UniqueConstraint("media_id", name="uq_edit_versions_media_id"),
    comment="The forms that a file has had; none of them is ever changed",
)

edits = Table(
    "edits",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("owner_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("history_id", BigInteger, nullable=False),
    Column("made_of", Integer, nullable=False, comment="number of the version that it starts from"),
    Column("media_id", BigInteger, nullable=False, comment="the file of that version"),
    Column("plan", LargeBinary, nullable=False, comment="cnt.editing.v1.EditPlan"),
    Column("state", Text, nullable=False, server_default=text("'open'"), comment="while open, its job says how far"),
    Column("job_id", BigInteger, comment="its last job"),
    Column("stored_key", Text, comment="where the run under way puts its bytes; what no version has is removed"),
    Column("speed", REAL, nullable=False, server_default=text("0"), comment="seconds of the result in a second"),
    Column("eta_ms", Integer, nullable=False, server_default=text("0"), comment="until it is done; 0 is unknown"),
    Column("percent", Integer, nullable=False, server_default=text("0"), comment="how far it was when it failed"),
    Column("version", Integer, comment="number of what it made"),
    Column("actual_start_ms", BigInteger, comment="of a fast trim: where in the source it begins"),
    Column("keeps_sources", Boolean, nullable=False, server_default=text("true"), comment="beside its version's"),
    Column("reason", Text, nullable=False, server_default=text("''"), comment="why it failed"),
    Column("message", Text, nullable=False, server_default=text("''"), comment="the same in words"),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="of its last job; once it has ended"),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT, comment="the run that ended it"),
    Column("finished_at", MOMENT),
    PrimaryKeyConstraint("id", name="pk_edits"),
    ForeignKeyConstraint(
        ["history_id", "made_of"],
        ["edit_versions.history_id", "edit_versions.number"],
        name="fk_edits_version",
        ondelete="CASCADE",
    ),
    CheckConstraint("state IN ('open', 'done', 'failed', 'cancelled')", name="state"),
    CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished"),
    Index("ix_edits_owner_id", "owner_id", "id"),
    Index("ix_edits_history_id", "history_id", "made_of"),
    Index("ix_edits_open", "owner_id", postgresql_where=text("state = 'open'")),
    Index("ix_edits_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    Index("ix_edits_keeps_sources", "finished_at", postgresql_where=text("keeps_sources AND finished_at IS NOT NULL")),
    comment="What people asked for, and what came of it",
)

waveforms = Table(
    "waveforms",
    metadata,
    Column("media_id", BigInteger, ForeignKey("media_objects.id", ondelete="CASCADE"), nullable=False),
    Column("peaks", LargeBinary, nullable=False, comment="a byte each, 0 to 255, from the beginning to the end"),
    Column("created_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("media_id", name="pk_waveforms"),
    comment="How loud files are along their length, for drawing; made when first asked for",
)
