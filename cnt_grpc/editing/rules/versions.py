"""The history of a file: which forms it has had, which one is in use, and taking one out of it."""

from cnt_grpc import media
from cnt_grpc.editing.queries import edits as edit_queries
from cnt_grpc.editing.queries import versions as queries
from cnt_grpc.editing.rules import edits
from cnt_grpc.editing.rules.sources import ROOM
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.editing.v1.reason import Reason


async def listed(tx: Tx, caller: Caller, edit_id: int, page: Page) -> tuple[list[Row], str]:
    """A page of the history that the caller's own edit belongs to, newest first; raises NotFound."""
    rows = await tx.all(
        queries.own_versions(page.limit, first=page.is_first), edit=edit_id, owner=caller.user_id, **page.params
    )
    if not rows and page.is_first:
        # Every history has its original.
        raise NotFound(Reason.EDIT_NOT_FOUND)
    return page.cut(rows, key=lambda row: (row["number"],))


async def use(tx: Tx, caller: Caller, edit_id: int, number: int) -> Row:
    """Take a version into use; raises NotFound for the edit or the number."""
    edit = await edits.shown(tx, caller, edit_id)
    # Held, so that it is not removed meanwhile.
    if await tx.value(queries.hold_version(), history=edit["history_id"], number=number) is None:
        raise NotFound(Reason.EDIT_VERSION_NOT_FOUND)
    await tx.run(queries.use_version(), history=edit["history_id"], number=number)
    row = await tx.one(queries.own_version(), edit=edit_id, owner=caller.user_id, number=number)
    assert row is not None, "it is in use"
    return row


async def delete(tx: Tx, caller: Caller, edit_id: int) -> None:
    """Remove an edit that has ended, and the version that it made.

    Raises NotFound, Precondition while it is under way or others start from its version.
    """
    # Held, so that of two at once the second finds nothing.
    await edits.held(tx, caller, edit_id)
    edit = await edits.shown(tx, caller, edit_id)
    if edit["shown_state"] in {"queued", "running"}:
        raise Precondition(Reason.EDIT_NOT_ENDED)
    if edit["version"] is not None:
        await _drop(tx, edit["history_id"], edit["version"], edit["made_id"])
    if edit["stored_key"] is not None:
        await media.abandon(tx, edit["stored_key"])
    await tx.run(edit_queries.delete_edit(), edit=edit_id)
    await media.release(tx, ROOM, edits.ref_of_edit(edit_id))


async def _drop(tx: Tx, history: int, number: int, media_id: int) -> None:
    # Whoever starts an edit from it holds the file first, as here: of the two, one comes second and sees the other.
    await media.use(tx, media_id, ROOM, edits.ref_of_version(media_id))
    if await tx.value(queries.is_built_upon(), history=history, number=number):
        raise Precondition(Reason.EDIT_BUILT_UPON)
    made_of = await tx.value(queries.drop_version(), history=history, number=number)
    # A statement of its own: it sees who took the version into use while the first one waited for them.
    await tx.run(queries.leave_version(), history=history, number=number, other=made_of)
    await media.release(tx, ROOM, edits.ref_of_version(media_id))
