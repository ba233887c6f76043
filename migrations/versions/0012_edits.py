"""Edits of sound and film, the histories that they make, and how loud files are along their length."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _histories()
    _edits()
    op.create_table(
        "waveforms",
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "peaks", sa.LargeBinary(), nullable=False, comment="a byte each, 0 to 255, from the beginning to the end"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_waveforms_media_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", name="pk_waveforms"),
        comment="How loud files are along their length, for drawing; made when first asked for",
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")


def _histories() -> None:
    op.create_table(
        "edit_histories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "in_use",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="number of the version in use",
        ),
        sa.Column(
            "newest",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="number of the newest version",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_edit_histories_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_edit_histories"),
        comment="What was made of one original",
    )
    op.create_index("ix_edit_histories_owner_id", "edit_histories", ["owner_id"])
    op.create_table(
        "edit_versions",
        sa.Column("history_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="0 is the original"),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("edit_id", sa.BigInteger(), nullable=True, comment="that made it; none of the original"),
        sa.Column("made_of", sa.Integer(), nullable=False, comment="number of the version that it was made of"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["history_id"], ["edit_histories.id"], name="fk_edit_versions_history_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media_objects.id"], name="fk_edit_versions_media_id"),
        sa.PrimaryKeyConstraint("history_id", "number", name="pk_edit_versions"),
        sa.UniqueConstraint("media_id", name="uq_edit_versions_media_id"),
        comment="The forms that a file has had; none of them is ever changed",
    )


def _edits() -> None:
    nothing: dict[str, Any] = {"server_default": sa.text("0"), "nullable": False}
    empty: dict[str, Any] = {"server_default": sa.text("''"), "nullable": False}
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "edits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("history_id", sa.BigInteger(), nullable=False),
        sa.Column("made_of", sa.Integer(), nullable=False, comment="number of the version that it starts from"),
        sa.Column("media_id", sa.BigInteger(), nullable=False, comment="the file of that version"),
        sa.Column("plan", sa.LargeBinary(), nullable=False, comment="cnt.editing.v1.EditPlan"),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'open'"),
            nullable=False,
            comment="while open, its job says how far",
        ),
        sa.Column("job_id", sa.BigInteger(), nullable=True, comment="its last job"),
        sa.Column(
            "stored_key",
            sa.Text(),
            nullable=True,
            comment="where the run under way puts its bytes; what no version has is removed",
        ),
        sa.Column("speed", sa.REAL(), comment="seconds of the result in a second", **nothing),
        sa.Column("eta_ms", sa.Integer(), comment="until it is done; 0 is unknown", **nothing),
        sa.Column("version", sa.Integer(), nullable=True, comment="number of what it made"),
        sa.Column(
            "actual_start_ms", sa.BigInteger(), nullable=True, comment="of a fast trim: where in the source it begins"
        ),
        sa.Column("reason", sa.Text(), comment="why it failed", **empty),
        sa.Column("message", sa.Text(), comment="the same in words", **empty),
        sa.Column("attempts", sa.Integer(), comment="of its last job; once it has ended", **nothing),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("started_at", moment, nullable=True, comment="the run that ended it"),
        sa.Column("finished_at", moment, nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'failed', 'cancelled')", name=op.f("ck_edits_state")),
        sa.CheckConstraint("(state = 'open') = (finished_at IS NULL)", name=op.f("ck_edits_finished")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_edits_owner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["history_id", "made_of"],
            ["edit_versions.history_id", "edit_versions.number"],
            name="fk_edits_version",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_edits"),
        comment="What people asked for, and what came of it",
    )
    op.create_index("ix_edits_owner_id", "edits", ["owner_id", "id"])
    op.create_index("ix_edits_history_id", "edits", ["history_id", "made_of"])
    op.create_index("ix_edits_open", "edits", ["owner_id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "ix_edits_finished_at", "edits", ["finished_at"], postgresql_where=sa.text("finished_at IS NOT NULL")
    )
