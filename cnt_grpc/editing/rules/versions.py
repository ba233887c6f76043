"""The history of a file: which forms it has had, and which one is in use."""

from cnt_grpc.editing.queries import versions as queries
from cnt_grpc.editing.rules import edits
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
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
    if await tx.value(queries.use_version(), history=edit["history_id"], number=number) is None:
        raise NotFound(Reason.EDIT_VERSION_NOT_FOUND)
    row = await tx.one(queries.own_version(), edit=edit_id, owner=caller.user_id, number=number)
    assert row is not None, "it is in use"
    return row
