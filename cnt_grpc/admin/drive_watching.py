"""Following imports until all have ended: each whenever it changes, and a beat while nothing does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from cnt_grpc.admin.rules import drive_imports
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.rpc.call import Call

BEAT: Final = 5.0
"""Seconds after which a stream says that it is alive."""
LOOK: Final = 2.0
"""Seconds after which it looks whatever it has heard: what a file's examination finds wakes nobody here."""
_SPARE: Final = 1.0
"""Seconds before its deadline at which a stream ends itself."""
_GOING_ON: Final = frozenset({"waiting", "copying", "examining"})


async def watched(call: Call, import_ids: Sequence[int]) -> AsyncIterator[Row | None]:
    """Rows of these imports as they change, and None as a beat; raises NotFound for one that is not the caller's."""
    assert call.db.bus is not None, "a server hears of jobs by it"
    changed = asyncio.Event()
    heard: set[int] = set()

    def look(keys: set[int] | None) -> None:
        if keys is None or not heard.isdisjoint(keys):
            changed.set()

    now = asyncio.get_running_loop().time
    told: dict[int, tuple[object, ...]] = {}
    said = now()
    stop = call.db.bus.subscribe(jobs.TOPIC, look)
    stopping = asyncio.create_task(call.stopping.wait())
    try:
        while not stopping.done() and now() < call.deadline - _SPARE:
            changed.clear()
            rows = await drive_imports.watched(call.db, call.caller, import_ids)
            heard.update(row["job_id"] for row in rows if row["job_id"] is not None)
            for row in rows:
                shown = row["shown_status"], row["received"], row["media_id"]
                if told.get(row["id"]) != shown:
                    told[row["id"]] = shown
                    said = now()
                    yield row
            if not any(row["shown_status"] in _GOING_ON for row in rows):
                return
            if now() - said >= BEAT:
                said = now()
                yield None
            waiting = asyncio.create_task(changed.wait())
            try:
                await asyncio.wait({waiting, stopping}, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
    finally:
        stop()
        stopping.cancel()
