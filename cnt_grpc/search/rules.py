"""What is found for the words that somebody typed."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Select

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.paging import Page, SortValue
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.search import queries, words
from cnt_grpc.search.document import Kind
from cnt_grpc.search.words import Query

MOST_REFS: Final = 50
_FEW: Final = 11
"""Of each kind; a size that statements of pages have too."""


async def find(tx: Tx, caller: Caller, text: str, kind: Kind, page: Page) -> tuple[list[Row], str]:
    """A page of what matches within a kind, best first, and the token of the next page."""
    query = words.query(text)
    if query is None:
        return [], ""
    stmt = queries.matches(kind, page.limit, after=not page.is_first, caller=caller.user_id != 0)
    return page.cut(await tx.all(stmt, **_parameters(query, caller), **page.params), key=_place)


async def refs(tx: Tx, caller: Caller, text: str, kind: Kind, *, among: Select[tuple[int]] | None = None) -> list[int]:
    """The ids of what matches best within a kind, fifty at most; for rooms that search among their own things.

    `among` selects the ids of those that may be found; one object for each such choice, for statements are kept by it.
    """
    query = words.query(text)
    if query is None:
        return []
    stmt = queries.matches(kind, MOST_REFS, after=False, caller=caller.user_id != 0, among=among)
    return [row["ref"] for row in await tx.all(stmt, **_parameters(query, caller))]


async def best(tx: Tx, caller: Caller, text: str, number: int) -> list[Row]:
    """What matches best of all kinds together: kind, ref, title, subtitle and text of `number` things at most."""
    query = words.query(text)
    if query is None:
        return []
    stmt = queries.first_matches(_FEW, caller=caller.user_id != 0)
    rows = await tx.all(stmt, **_parameters(query, caller))
    return sorted(rows, key=lambda row: row["rank"], reverse=True)[:number]


async def find_all(
    tx: Tx, caller: Caller, text: str, pages: Mapping[Kind, Page]
) -> Mapping[Kind, tuple[list[Row], str]]:
    """What matches of each kind, if anything does: its first page, and the token of the next. One statement."""
    query = words.query(text)
    if query is None:
        return {}
    limit = max(page.limit for page in pages.values())
    stmt = queries.first_matches(limit, caller=caller.user_id != 0)
    found: defaultdict[Kind, list[Row]] = defaultdict(list)
    for row in await tx.all(stmt, **_parameters(query, caller)):
        found[Kind(row["kind"])].append(row)
    return {kind: page.cut(found[kind], key=_place) for kind, page in pages.items() if kind in found}


def _parameters(query: Query, caller: Caller) -> Mapping[str, object]:
    who = {"caller_id": caller.user_id} if caller.user_id else {}
    return {"literal": query.literal, "english": query.english, "others": query.others, **who}


def _place(row: Row) -> tuple[SortValue, ...]:
    return row["rank"], row["at"], row["ref"]
