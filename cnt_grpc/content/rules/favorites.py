"""Favourites, and what is new from the artists whom someone follows: items of all kinds alike."""

from cnt_grpc.content.queries import favorites as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.reason import Reason


async def listed(tx: Tx, caller: Caller, kind: str, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's favourites of a kind (for "": of all), and the token of the next page."""
    gate = Gate.of(caller)
    of_kind = {"kind": kind} if kind else {}
    stmt = queries.favorites_page(gate, page.limit, of_kind=bool(kind), after=not page.is_first)
    found = await tx.all(stmt, owner_id=caller.user_id, **of_kind, **gate.parameters(caller), **page.params)
    return page.cut(found, key=lambda row: (row["favorited_at"], row["id"]))


async def add(tx: Tx, caller: Caller, kind: str, item_id: int) -> None:
    """Make an item a favourite of the caller's; twice is once. Raises NotFound."""
    gate = Gate.of(caller)
    given = {"item_id": item_id, "kind": kind, "owner_id": caller.user_id, "now": clock.now()}
    if await tx.value(queries.add_favorite(gate), **given, **gate.parameters(caller)) is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)


async def remove(tx: Tx, caller: Caller, kind: str, item_id: int) -> None:
    """Make an item a favourite no longer; also one that is hidden meanwhile."""
    await tx.run(queries.remove_favorite(), item_id=item_id, kind=kind, owner_id=caller.user_id)


async def check(tx: Tx, caller: Caller, kind: str, item_id: int) -> bool:
    """Whether an item that the caller may see is a favourite of theirs."""
    gate = Gate.of(caller)
    given = {"item_id": item_id, "kind": kind, "owner_id": caller.user_id}
    return bool(await tx.value(queries.is_favorite(gate), **given, **gate.parameters(caller)))


async def feed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of what those whom the caller follows published, and the token of the next page."""
    stmt = queries.feed_page(page.limit, after=not page.is_first)
    found = await tx.all(stmt, caller_id=caller.user_id, **page.params)
    return page.cut(found, key=lambda row: (row["published_at"], row["id"]))
