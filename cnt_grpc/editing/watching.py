"""Following one edit until it ends: a message whenever something changes, and every two seconds anyway."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from cnt_grpc.editing.rules import edits
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.rpc.call import Call

BEAT: Final = 1.8
"""Seconds after which the same is said again."""
_SPARE: Final = 1.0
"""Seconds before its deadline at which a stream ends itself."""


async def watched(call: Call, edit_id: int) -> AsyncIterator[Row]:
    """The edit's row again and again; the last one has ended, unless the server stops or the stream's time is up.

    Raises NotFound when the edit is not the caller's.
    """
    assert call.db.bus is not None, "a server hears of jobs by it"
    changed = asyncio.Event()
    job_id: int | None = None

    def look(keys: set[int] | None) -> None:
        if keys is None or job_id in keys:
            changed.set()

    stop = call.db.bus.subscribe(jobs.TOPIC, look)
    stopping = asyncio.create_task(call.stopping.wait())
    try:
        while not stopping.done() and asyncio.get_running_loop().time() < call.deadline - _SPARE:
            changed.clear()
            async with call.db.reading() as tx:
                row = await edits.shown(tx, call.caller, edit_id)
            if job_id != row["job_id"]:
                # It may have changed before anyone knew what to listen for.
                job_id = row["job_id"]
                changed.set()
            yield row
            if row["shown_state"] not in {"queued", "running"}:
                return
            waiting = asyncio.create_task(changed.wait())
            try:
                await asyncio.wait({waiting, stopping}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
    finally:
        stop()
        stopping.cancel()
