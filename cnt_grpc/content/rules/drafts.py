"""Drafts: what someone has begun, with its files and whatever their editor wants to find again."""

from collections.abc import Mapping
from typing import Any, Final

from cnt_grpc import media
from cnt_grpc.content.queries import drafts as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.content.v1.reason import Reason

MOST: Final = 500
"""Drafts of a person."""
LARGEST_STATE: Final = 256 * 1024
"""Bytes of JSON."""

_ROOM: Final = "content"
_FILES: Final = {
    "media_id": (media.Kind.AUDIO, media.Kind.VIDEO, media.Kind.IMAGE),
    "thumbnail_id": (media.Kind.IMAGE,),
}
"""Columns that refer to files, and what these may be."""

Changes = Mapping[str, Any]
"""Columns of a draft and what they shall be; 0 is no file and no category, and what is left out stays."""


async def listed(tx: Tx, caller: Caller, draft_type: str, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's drafts of a type (for "": of all), and the token of the next page."""
    of_type = {"draft_type": draft_type} if draft_type else {}
    stmt = queries.drafts_page(page.limit, of_type=bool(draft_type), after=not page.is_first)
    found = await tx.all(stmt, owner_id=caller.user_id, **of_type, **page.params)
    return page.cut(found, key=lambda row: (row["updated_at"], row["id"]))


async def shown(tx: Tx, caller: Caller, draft_id: int) -> Row:
    """A draft of the caller's. Raises NotFound."""
    return _found(await tx.one(queries.own_draft(), draft_id=draft_id, owner_id=caller.user_id))


async def create(tx: Tx, caller: Caller, draft_type: str, wanted: Changes) -> Row:
    """Keep a draft. Raises Invalid, what media.claim raises, and Precondition when there are too many."""
    if await tx.value(queries.number_of_drafts(), owner_id=caller.user_id) >= MOST:
        raise Precondition(Reason.LIBRARY_FULL, f"you may keep {MOST} drafts")
    columns = await _checked(tx, caller, dict.fromkeys(queries.CHANGEABLE) | dict(wanted))
    draft_id = await tx.value(
        queries.insert_draft(), owner_id=caller.user_id, draft_type=draft_type, now=clock.now(), **columns
    )
    await _use(tx, draft_id, columns)
    return await shown(tx, caller, draft_id)


async def begin(tx: Tx, owner_id: int, draft_type: str, *, title: str, media_id: int) -> int:
    """A draft of a file that the platform made for somebody, such as a recording; its id. Raises what `create` does."""
    begun = {"title": title, "description": "", "content": "", "status": "editing", "media_id": media_id}
    row = await create(tx, Caller(user_id=owner_id), draft_type, begun)
    return int(row["id"])


async def update(tx: Tx, caller: Caller, draft_id: int, wanted: Changes) -> Row:
    """Change a draft of the caller's. Raises NotFound, Invalid, and what media.claim raises."""
    old = await _to_change(tx, caller, draft_id)
    changed = await _checked(tx, caller, wanted)
    kept = {name: old[name] for name in queries.CHANGEABLE}
    await tx.run(queries.update_draft(), draft_id=draft_id, now=clock.now(), **{**kept, **changed})
    for column in _FILES.keys() & changed.keys():
        await media.release(tx, _ROOM, _ref(draft_id, column))
    await _use(tx, draft_id, changed)
    return await shown(tx, caller, draft_id)


async def delete(tx: Tx, caller: Caller, draft_id: int) -> None:
    """Delete a draft of the caller's, and its files with it if nothing else uses them. Raises NotFound."""
    await _to_change(tx, caller, draft_id)
    await remove(tx, draft_id)


async def remove(tx: Tx, draft_id: int) -> None:
    """Delete a draft, whoever asks for it."""
    await tx.run(queries.delete_draft(), draft_id=draft_id)
    for column in _FILES:
        await media.release(tx, _ROOM, _ref(draft_id, column))


async def _to_change(tx: Tx, caller: Caller, draft_id: int) -> Row:
    return _found(await tx.one(queries.draft_to_change(), draft_id=draft_id, owner_id=caller.user_id))


async def _checked(tx: Tx, caller: Caller, wanted: Changes) -> dict[str, Any]:
    """The columns as the table takes them. Raises what is wrong with them."""
    columns = dict(wanted)
    state = columns.get("editing_state")
    if state is not None and len(state.encode()) > LARGEST_STATE:
        raise Invalid.of("editing_state", "must not be larger than 256 KiB", "editing_state.max")
    if "category_id" in columns:
        columns["category_id"] = columns["category_id"] or None
    for column, kinds in _FILES.items():
        if column in columns:
            columns[column] = columns[column] or None
            if columns[column]:
                # Claimed as it is: it comes out of its private place when what the draft becomes is published.
                await media.claim(tx, caller, *kinds, media_id=columns[column], private=True)
    return columns


async def _use(tx: Tx, draft_id: int, columns: Changes) -> None:
    for column in _FILES:
        if columns.get(column):
            await media.use(tx, columns[column], _ROOM, _ref(draft_id, column))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound(Reason.DRAFT_NOT_FOUND)
    return row


def _ref(draft_id: int, column: str) -> str:
    return f"draft:{draft_id}:{column.removesuffix('_id')}"
