"""What can be found: one row for each public thing of any room, as its room last described it."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Text, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from cnt_grpc.kit.db.tables import MOMENT, metadata
from cnt_grpc.search.document import Kind

LONGEST_EXCERPT: Final = 200
"""Characters of a text that results show."""

search_documents = Table(
    "search_documents",
    metadata,
    Column("kind", Text, nullable=False),
    Column("ref", BigInteger, nullable=False, comment="an id of the kind's own room"),
    Column("owner_id", BigInteger, nullable=False, comment="a person, or 0; no reference: its room sees to it"),
    Column("title", Text, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("text", Text, nullable=False, comment="the beginning of it, for results to show"),
    Column("picture_key", Text, comment="of a public picture"),
    Column("at", MOMENT, nullable=False),
    Column("words", TSVECTOR, nullable=False, comment="made by words.py: title A, subtitle B, text C"),
    Column("indexed_at", MOMENT, nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("kind", "ref", name="pk_search_documents"),
    CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in Kind) + ")", name="kind"),
    # One index a kind: a search within a kind reads no other's words. fastupdate would be cheaper to write, but then
    # every search reads what was written lately word for word.
    *(
        Index(
            f"ix_search_documents_{kind}",
            "words",
            postgresql_using="gin",
            postgresql_where=text(f"kind = '{kind}'"),
            postgresql_with={"fastupdate": "off"},
        )
        for kind in Kind
    ),
    Index("ix_search_documents_owner_id", "owner_id", "kind", "ref", postgresql_where=text("owner_id <> 0")),
    comment="What the public may find; only what is public is here, and its room takes it out when it hides it",
)
