"""Asking for edits, breaking them off, trying them again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cnt_grpc import media
from cnt_grpc.editing import captions, planning
from cnt_grpc.editing.clip import Source
from cnt_grpc.editing.operations import Operation, Output, TextOverlays, others
from cnt_grpc.editing.queries import edits as queries
from cnt_grpc.editing.queries import versions
from cnt_grpc.editing.rules.sources import ROOM, claimed
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Exhausted, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.pb.cnt.editing.v1.reason import Reason

MOST_OPEN: Final = 1000
"""Edits of one person that wait or run."""
_OPEN_RETRY: Final = 60.0

_JUDGE: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="captions")
"""Twenty thousand letters take a second of processor time: one edit after another, for all calls of a process."""

Enqueue = Callable[[Tx, int, int], Awaitable[int]]
"""Has a worker make an edit (its id, its owner) after the transaction; returns the job's id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An edit that somebody asks for."""

    media_id: int
    operations: Sequence[Operation]
    output: Output
    plan: bytes
    """The same as the row keeps it."""


async def judge(db: Database, caller: Caller, asked: Asked) -> None:
    """See whether the words of an edit can be drawn, before `create`: no transaction may be open, for it takes a while.

    Raises Invalid with every violation, and what `create` raises.
    """
    if not any(isinstance(each, TextOverlays) for each in asked.operations):
        return

    async def planned(tx: Tx) -> planning.Plan:
        return (await _planned(tx, caller, asked))[0]

    plan = await db.transact(planned)
    await asyncio.get_running_loop().run_in_executor(_JUDGE, captions.judge, plan)


async def create(tx: Tx, caller: Caller, asked: Asked, enqueue: Enqueue) -> int:
    """Have an edit made whose words were judged; its id.

    Raises Invalid with every violation, NotFound, Precondition for sources, Exhausted for too many open edits.
    """
    _, sources = await _planned(tx, caller, asked)
    history, number = await _place(tx, caller, asked.media_id)
    edit_id: int = await tx.value(
        queries.add_edit(),
        owner_id=caller.user_id,
        history_id=history,
        made_of=number,
        media_id=asked.media_id,
        plan=asked.plan,
        created_at=clock.now(),
    )
    for media_id in sorted(sources):
        await media.use(tx, media_id, ROOM, ref_of_edit(edit_id))
    await tx.run(queries.set_job(), edit=edit_id, job=await enqueue(tx, edit_id, caller.user_id))
    return edit_id


async def shown(tx: Tx, caller: Caller, edit_id: int) -> Row:
    """An edit of the caller's own; raises NotFound."""
    row = await tx.one(queries.own_edit(), edit=edit_id, owner=caller.user_id)
    if row is None:
        raise NotFound(Reason.EDIT_NOT_FOUND)
    return row


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's edits, newest first, and the token of the next one."""
    rows = await tx.all(queries.own_edits(page.limit, first=page.is_first), owner=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def cancel(tx: Tx, caller: Caller, edit_id: int) -> None:
    """Break an edit off; raises NotFound, Precondition when it has ended."""
    row = await held(tx, caller, edit_id)
    if row["state"] != "open" or not await jobs.cancel(tx, row["job_id"]):
        raise Precondition(Reason.EDIT_HAS_ENDED)


async def retry(tx: Tx, caller: Caller, edit_id: int, enqueue: Enqueue) -> None:
    """Have an edit made that failed or was broken off; raises NotFound, Precondition, Exhausted."""
    await held(tx, caller, edit_id)
    row = await shown(tx, caller, edit_id)
    if row["shown_state"] not in {"failed", "cancelled"}:
        raise Precondition(Reason.EDIT_NOT_FAILED)
    await _make_sure_of_room(tx, caller)
    await tx.run(queries.set_job(), edit=edit_id, job=await enqueue(tx, edit_id, caller.user_id))


def ref_of_edit(edit_id: int) -> str:
    """Under which an edit uses its sources until it has ended well."""
    return f"edit:{edit_id}"


def ref_of_version(media_id: int) -> str:
    """Under which a history uses one of the forms of its file."""
    return f"version:{media_id}"


async def held(tx: Tx, caller: Caller, edit_id: int) -> Row:
    """An edit of the caller's own, as nobody else changes it until the transaction ends; raises NotFound."""
    row = await tx.one(queries.own_edit_locked(), edit=edit_id, owner=caller.user_id)
    if row is None:
        raise NotFound(Reason.EDIT_NOT_FOUND)
    return row


async def _planned(tx: Tx, caller: Caller, asked: Asked) -> tuple[planning.Plan, Mapping[int, Source]]:
    """The plan of an edit that may be asked for, and its files, which stay until the transaction ends."""
    await _make_sure_of_room(tx, caller)
    named = [media_id for _, media_id in others(asked.operations)]
    sources = await claimed(tx, caller, [asked.media_id, *named])
    return planning.plan(sources[asked.media_id], asked.operations, sources, asked.output), sources


async def _make_sure_of_room(tx: Tx, caller: Caller) -> None:
    if await tx.value(queries.open_edits(MOST_OPEN), owner=caller.user_id) >= MOST_OPEN:
        raise Exhausted(Reason.TOO_MANY_EDITS, f"{MOST_OPEN} edits may wait", retry_after=_OPEN_RETRY)


async def _place(tx: Tx, caller: Caller, media_id: int) -> tuple[int, int]:
    """The history that a file belongs to and its number there; a new one for a file that was never edited."""
    # Two first edits of one file at once would begin two histories, were they not to wait for each other here.
    await media.use(tx, media_id, ROOM, ref_of_version(media_id))
    row = await tx.one(versions.version_of_file(), media=media_id, owner=caller.user_id)
    if row is not None:
        return row["history_id"], row["number"]
    history: int = await tx.value(versions.add_history(), owner=caller.user_id)
    await tx.run(
        versions.add_version(),
        history_id=history,
        number=0,
        media_id=media_id,
        edit_id=None,
        made_of=0,
        created_at=clock.now(),
    )
    return history, 0
