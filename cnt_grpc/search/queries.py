"""Every statement of the search room."""

from typing import Any, Final

from sqlalchemy import (
    REAL,
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.search.document import Kind
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


@statement
def documents_after(limit: int) -> Executable:
    """What is in the index of a kind behind an id, by rising id, and since when. Parameters: kind, after."""
    return (
        select(_document.ref, _document.indexed_at)
        .where(_document.kind == bindparam("kind"), _document.ref > bindparam("after"))
        .order_by(_document.ref)
        .limit(limit)
    )


@statement
def remove_unchanged() -> Executable:
    """Take a document out, unless it was written anew meanwhile. Parameters: kind, ref, indexed_at."""
    return delete(search_documents).where(
        _document.kind == bindparam("kind"),
        _document.ref == bindparam("ref"),
        _document.indexed_at == bindparam("indexed_at"),
    )


@statement
def documents_of() -> Executable:
    """All that is found of one person's. Parameter: user_id."""
    shown = (_document.kind, _document.ref, _document.title, _document.subtitle, _document.text, _document.at)
    mine = _document.owner_id == bindparam("user_id")
    return select(*shown).where(mine, _document.owner_id != 0).order_by(_document.kind, _document.ref)


CANDIDATES: Final = 1000
"""Matches of a kind that are ranked at most: of a common word, ranking all would take a hundred times as long."""

_SHOWN: Final = ("kind", "ref", "owner_id", "title", "subtitle", "text", "picture_key", "at")


def _asked(name: str) -> ColumnElement[Any]:
    return cast(bindparam(name, type_=Text), TSQUERY)


# Its value is known once the statement runs, and not before: so Postgres plans it once for all words. A plan for each
# search takes as long as the search.
_stems_and_others = func.to_tsquery("english", bindparam("english", type_=Text)).op("&&")(_asked("others"))
_looked_for = select(_asked("literal").op("||")(_stems_and_others).label("query")).cte("looked_for")
_query = select(_looked_for.c.query).scalar_subquery()
_people = auth.people


def _page(kind: Kind, limit: int, *, after: bool, caller: bool) -> Select[*tuple[Any, ...]]:
    """A page of what matches within a kind, best first, newest first among equals; with the owners' names."""
    matching = select(
        *(_document[name] for name in _SHOWN),
        cast(func.ts_rank(_document.words, _query, 1), REAL).label("rank"),
    ).where(_document.kind == kind.value, _document.words.op("@@")(_query))
    if caller:
        matching = matching.where(auth.not_blocked(bindparam("caller_id", type_=BigInteger), _document.owner_id))
    ranked = matching.limit(CANDIDATES).subquery(f"matching_{kind}")
    order = (ranked.c.rank, ranked.c.at, ranked.c.ref)
    page = select(ranked)
    if kind is Kind.PERSON:
        page = page.join_from(ranked, auth.public_people, auth.public_people.c.id == ranked.c.owner_id)
    if after:
        page = page.where(beyond(*order))
    found = page.order_by(*(each.desc() for each in order)).limit(limit).subquery(f"page_{kind}")
    names = (_people.c.name.label("owner_name"), _people.c.username.label("owner_username"), _people.c.avatar_key)
    return (
        select(found, *names)
        .select_from(found.outerjoin(_people, _people.c.id == found.c.owner_id))
        .order_by(found.c.rank.desc(), found.c.at.desc(), found.c.ref.desc())
    )


@statement
def matches(kind: Kind, limit: int, *, after: bool, caller: bool) -> Executable:
    """A page of what matches within a kind. Parameters: those of a Query, and caller_id and after_0 to _2 if so."""
    return _page(kind, limit, after=after, caller=caller)


@statement
def first_matches(limit: int, *, caller: bool) -> Executable:
    """The first page of every kind, in one statement. Parameters: as for `matches`."""
    return union_all(*(select(_page(kind, limit, after=False, caller=caller).subquery(f"of_{kind}")) for kind in Kind))
