"""What the public may find: one row for each thing of any room, with an index for each kind."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS = (
    "podcast",
    "movie",
    "music",
    "document",
    "bible_story",
    "artist",
    "person",
    "post",
    "event",
    "stream",
)


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False, comment="an id of the kind's own room"),
        sa.Column(
            "owner_id", sa.BigInteger(), nullable=False, comment="a person, or 0; no reference: its room sees to it"
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="the beginning of it, for results to show"),
        sa.Column("picture_key", sa.Text(), nullable=True, comment="of a public picture"),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "words", postgresql.TSVECTOR(), nullable=False, comment="made by words.py: title A, subtitle B, text C"
        ),
        sa.Column(
            "indexed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("kind", "ref", name="pk_search_documents"),
        sa.CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind}'" for kind in _KINDS) + ")", name=op.f("ck_search_documents_kind")
        ),
        comment="What the public may find; only what is public is here, and its room takes it out when it hides it",
    )
    for kind in _KINDS:
        op.create_index(
            f"ix_search_documents_{kind}",
            "search_documents",
            ["words"],
            postgresql_using="gin",
            postgresql_where=sa.text(f"kind = '{kind}'"),
            postgresql_with={"fastupdate": "off"},
        )
    op.create_index(
        "ix_search_documents_owner_id",
        "search_documents",
        ["owner_id", "kind", "ref"],
        postgresql_where=sa.text("owner_id <> 0"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
