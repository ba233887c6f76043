"""Every statement of the search room."""

from typing import Any, Final

from sqlalchemy import (
    REAL,
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    Subquery,
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
from cnt_grpc.search.words import LOT, LOT_BITS

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
COMMON: Final = 64
"""Matches in a lot from which on words are common."""

_SHOWN: Final = ("kind", "ref", "owner_id", "title", "subtitle", "text", "picture_key", "at")


def _asked(name: str) -> ColumnElement[Any]:
    return cast(bindparam(name, type_=Text), TSQUERY)


# Its value is known once the statement runs, and not before: so Postgres plans it once for all words. A plan for each
# search takes as long as the search.
_stems_and_others = func.to_tsquery("english", bindparam("english", type_=Text)).op("&&")(_asked("others"))
_looked_for = select(_asked("literal").op("||")(_stems_and_others).label("query")).cte("looked_for")
_query = select(_looked_for.c.query).scalar_subquery()
_people = auth.people


def _of_lot(number: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a document matches, and is in the lot of this number."""
    in_lot: ColumnElement[Any] = cast(func.concat(LOT, number, type_=Text), TSQUERY)
    return _document.words.op("@@")(in_lot.op("&&")(_query))


def _candidates(kind: Kind, *, caller: bool, among: Select[tuple[int]] | None) -> Subquery:
    """What is ranked: all that matches, or of common words the newest.

    An index finds all places of a word before it gives the first. So common words are looked up lot by lot, from the
    newest on, until there are enough candidates; and what is common, the newest lot that is full tells.
    """
    of_kind = _document.kind == kind.value
    newest = select(func.max(_document.ref).op(">>")(LOT_BITS).label("number")).where(of_kind).cte(f"newest_{kind}")
    last = select(newest.c.number).scalar_subquery()
    some = select(_document.ref).where(of_kind, _of_lot(func.greatest(last - 1, 0))).limit(COMMON).subquery()
    probe = select(func.count().label("number")).select_from(some).cte(f"probe_{kind}")
    number = select(probe.c.number).scalar_subquery()

    met = [of_kind]
    if among is not None:
        met.append(_document.ref.in_(among))
    if caller:
        met.append(auth.not_blocked(bindparam("caller_id", type_=BigInteger), _document.owner_id))
    rank = cast(func.ts_rank(_document.words, _query, 1), REAL).label("rank")
    shown = (*(_document[name] for name in _SHOWN), rank)
    lots = select(func.generate_series(last, 0, -1).label("number")).where(number >= COMMON).subquery(f"lots_{kind}")
    in_lots = select(*shown).select_from(lots.join(search_documents, _of_lot(lots.c.number)))
    anywhere = select(*shown).where(_document.words.op("@@")(_query), number < COMMON)
    either = (
        each.where(*met).limit(CANDIDATES).subquery(f"{name}_{kind}")
        for name, each in (("common", in_lots), ("rare", anywhere))
    )
    return union_all(*(select(each) for each in either)).subquery(f"matching_{kind}")


def _page(
    kind: Kind, limit: int, *, after: bool, caller: bool, among: Select[tuple[int]] | None = None
) -> Select[*tuple[Any, ...]]:
    """A page of what matches within a kind, best first, newest first among equals; with the owners' names."""
    ranked = _candidates(kind, caller=caller, among=among)
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
def matches(
    kind: Kind, limit: int, *, after: bool, caller: bool, among: Select[tuple[int]] | None = None
) -> Executable:
    """A page of what matches within a kind. Parameters: those of a Query, and caller_id and after_0 to _2 if so.

    `among` selects the ids of those that may be found; it has no parameters.
    """
    return _page(kind, limit, after=after, caller=caller, among=among)


@statement
def first_matches(limit: int, *, caller: bool) -> Executable:
    """The first page of every kind, in one statement. Parameters: as for `matches`."""
    return union_all(*(select(_page(kind, limit, after=False, caller=caller).subquery(f"of_{kind}")) for kind in Kind))
