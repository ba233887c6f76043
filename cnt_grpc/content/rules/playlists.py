"""Playlists: whose they are, who may see them by a link, and in which order their items stand."""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnt_grpc.content.queries import playlists as queries
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.reason import Reason

MOST: Final = 500
"""Playlists of a person, and items of a playlist."""

_PURPOSE: Final = "playlist"
_LINK: Final = struct.Struct(">qi")
"""A playlist's id, and how often sharing it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a playlist shall be. None keeps what is there."""

    name: str | None = None
    description: str | None = None
    shared: bool | None = None
    order: Sequence[int] = ()
    """Items that shall come first, in this order."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A playlist and a page of its items."""

    playlist: Row
    entries: Sequence[Row]
    next_page_token: str


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's playlists, and the token of the next page."""
    gate = Gate.of(caller)
    stmt = queries.playlists_page(gate, page.limit, after=not page.is_first)
    found = await tx.all(stmt, owner_id=caller.user_id, **gate.parameters(caller), **page.params)
    return page.cut(found, key=lambda row: (row["id"],))


async def create(tx: Tx, caller: Caller, wanted: Wish) -> Row:
    """Make a playlist. Raises Precondition when there are too many."""
    if await tx.value(queries.number_of_playlists(), owner_id=caller.user_id) >= MOST:
        raise Precondition(Reason.LIBRARY_FULL, f"you may keep {MOST} playlists")
    playlist_id = await tx.value(
        queries.insert_playlist(),
        owner_id=caller.user_id,
        name=wanted.name,
        description=wanted.description or "",
        shared=bool(wanted.shared),
        now=clock.now(),
    )
    return await own(tx, caller, playlist_id)


async def own(tx: Tx, caller: Caller, playlist_id: int) -> Row:
    """One of the caller's playlists. Raises NotFound."""
    gate = Gate.of(caller)
    given = {"playlist_id": playlist_id, "owner_id": caller.user_id}
    return _found(await tx.one(queries.own_playlist(gate), **given, **gate.parameters(caller)))


async def shown(tx: Tx, caller: Caller, playlist_id: int, page: Page) -> Shown:
    """One of the caller's playlists, and a page of its items. Raises NotFound."""
    return await _with_entries(tx, caller, await own(tx, caller, playlist_id), page)


async def shared(tx: Tx, caller: Caller, share_key: str, page: Page) -> Shown:
    """A playlist to which this link leads, and a page of its items. Raises NotFound."""
    gate = Gate.of(caller)
    row = None
    if (link := _read(share_key)) is not None:
        playlist_id, number = link
        given = {"playlist_id": playlist_id, "number": number}
        row = await tx.one(queries.shared_playlist(gate), **given, **gate.parameters(caller))
    return await _with_entries(tx, caller, _found(row), page)


def share_key(row: Row) -> str:
    """What stands in the link to a playlist; "" while it is not shared."""
    if not row["shared"]:
        return ""
    link = _LINK.pack(row["id"], row["share_number"])
    return base64.urlsafe_b64encode(link + seal.sign(_PURPOSE, link)).rstrip(b"=").decode()


async def update(tx: Tx, caller: Caller, playlist_id: int, wanted: Wish) -> Row:
    """Change a playlist of the caller's. Raises NotFound."""
    old = await _to_change(tx, caller, playlist_id)
    shared = old["shared"] if wanted.shared is None else wanted.shared
    await tx.run(
        queries.update_playlist(),
        playlist_id=playlist_id,
        name=old["name"] if wanted.name is None else wanted.name,
        description=old["description"] if wanted.description is None else wanted.description,
        shared=shared,
        share_number=old["share_number"] + (old["shared"] and not shared),
        now=clock.now(),
    )
    if wanted.order:
        stands = [row["item_id"] for row in await _order(tx, caller, playlist_id)]
        first = [item_id for item_id in wanted.order if item_id in set(stands)]
        rest = [item_id for item_id in stands if item_id not in set(first)]
        await tx.run(queries.set_order(), playlist_id=playlist_id, ids=first + rest)
    return await own(tx, caller, playlist_id)


async def delete(tx: Tx, caller: Caller, playlist_id: int) -> None:
    """Delete a playlist of the caller's. Raises NotFound."""
    await _to_change(tx, caller, playlist_id)
    await tx.run(queries.delete_playlist(), playlist_id=playlist_id)


async def add(tx: Tx, caller: Caller, playlist_id: int, item_id: int) -> Row:
    """Put an item at the end of a playlist of the caller's, once. Raises NotFound, and Precondition when it is full."""
    await _to_change(tx, caller, playlist_id)
    gate = Gate.of(caller)
    entries = {row["item_id"] for row in await _order(tx, caller, playlist_id)}
    given = {"playlist_id": playlist_id, "item_id": item_id, "now": clock.now()}
    if await tx.value(queries.add_entry(gate), **given, **gate.parameters(caller)) is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    if len(entries | {item_id}) > MOST:
        raise Precondition(Reason.LIBRARY_FULL, f"a playlist may hold {MOST} items")
    await tx.run(queries.touch_playlist(), playlist_id=playlist_id, now=clock.now())
    return await own(tx, caller, playlist_id)


async def move(tx: Tx, caller: Caller, playlist_id: int, item_id: int, position: int) -> None:
    """Move an item of a playlist to a place (from 0) among those that the caller sees. Raises NotFound."""
    await _to_change(tx, caller, playlist_id)
    rows = await _order(tx, caller, playlist_id)
    order = [row["item_id"] for row in rows if row["item_id"] != item_id]
    visible = [row["item_id"] for row in rows if row["visible"]]
    if item_id not in visible:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    visible.remove(item_id)
    # What the caller does not see keeps its neighbour before it.
    at = order.index(visible[position]) if position < len(visible) else len(order)
    await tx.run(queries.set_order(), playlist_id=playlist_id, ids=[*order[:at], item_id, *order[at:]])
    await tx.run(queries.touch_playlist(), playlist_id=playlist_id, now=clock.now())


async def remove(tx: Tx, caller: Caller, playlist_id: int, item_id: int) -> Row:
    """Take an item out of a playlist of the caller's. Raises NotFound when there is no such playlist."""
    await _to_change(tx, caller, playlist_id)
    await tx.run(queries.remove_entry(), playlist_id=playlist_id, item_id=item_id)
    await tx.run(queries.touch_playlist(), playlist_id=playlist_id, now=clock.now())
    return await own(tx, caller, playlist_id)


async def _to_change(tx: Tx, caller: Caller, playlist_id: int) -> Row:
    return _found(await tx.one(queries.playlist_to_change(), playlist_id=playlist_id, owner_id=caller.user_id))


async def _order(tx: Tx, caller: Caller, playlist_id: int) -> Sequence[Row]:
    gate = Gate.of(caller)
    return await tx.all(queries.order_of(gate), playlist_id=playlist_id, **gate.parameters(caller))


async def _with_entries(tx: Tx, caller: Caller, playlist: Row, page: Page) -> Shown:
    gate = Gate.of(caller)
    stmt = queries.entries_page(gate, page.limit, after=not page.is_first)
    found = await tx.all(stmt, playlist_id=playlist["id"], **gate.parameters(caller), **page.params)
    rows, next_page_token = page.cut(found, key=lambda row: (row["position"], row["id"]))
    return Shown(playlist, rows, next_page_token)


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound(Reason.PLAYLIST_NOT_FOUND)
    return row


def _read(share_key: str) -> tuple[int, int] | None:
    """The playlist and the number in a link that we signed; None for anything else."""
    try:
        raw = base64.b64decode(share_key.encode() + b"=" * (-len(share_key) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    link, tag = raw[: _LINK.size], raw[_LINK.size :]
    if not seal.verify(_PURPOSE, link, tag):
        return None
    playlist_id, number = _LINK.unpack(link)
    return playlist_id, number
