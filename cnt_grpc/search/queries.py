"""Every statement of the search room."""

from typing import Final

from sqlalchemy import ColumnElement, Executable, Text, bindparam, cast, delete, func, literal_column
from sqlalchemy.dialects.postgresql import TSVECTOR, insert

from cnt_grpc.kit.db import statement
from cnt_grpc.search.tables import search_documents

_document = search_documents.c

_PLAIN: Final = ("kind", "ref", "owner_id", "title", "subtitle", "text", "picture_key", "at")
"""Columns that are stored as they are given."""


def _stems(name: str, weight: str) -> ColumnElement[object]:
    found = func.to_tsvector("english", bindparam(name, type_=Text))
    return func.setweight(found, literal_column(f"'{weight}'"))


@statement
def put_document() -> Executable:
    """Write a document, or write it anew. Parameters: its columns, `literal`, and english_title, _subtitle and _text.

    Words are kept as they are and, where they are English, as their stems.
    """
    as_they_are: ColumnElement[object] = cast(bindparam("literal", type_=Text), TSVECTOR)
    stems = _stems("english_title", "A").op("||")(_stems("english_subtitle", "B")).op("||")(_stems("english_text", "C"))
    written = insert(search_documents).values(
        {name: bindparam(name, type_=_document[name].type) for name in _PLAIN}
        | {"words": as_they_are.op("||")(stems), "indexed_at": func.clock_timestamp()}
    )
    changed = {name: written.excluded[name] for name in (*_PLAIN[2:], "words", "indexed_at")}
    return written.on_conflict_do_update(index_elements=[_document.kind, _document.ref], set_=changed)


@statement
def remove_document() -> Executable:
    """Take a document out. Parameters: kind, ref."""
    return delete(search_documents).where(_document.kind == bindparam("kind"), _document.ref == bindparam("ref"))
