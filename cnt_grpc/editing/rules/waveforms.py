"""How loud files are along their length: found out when first asked for, and kept as long as the file."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cnt_grpc.editing.queries import waveforms as queries
from cnt_grpc.editing.rules.sources import claimed
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Caller

POINTS: Final = 1000
"""Peaks that are shown unless another number is asked for."""
PATIENCE: Final = 60.0
"""Seconds that a caller waits."""

Enqueue = Callable[[Tx, int, int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Waveform:
    """What is known of a file."""

    state: str
    """`done`, `running` or `failed`."""
    peaks: bytes
    duration_ms: int


async def shown(db: Database, caller: Caller, media_id: int, enqueue: Enqueue) -> Waveform:
    """The peaks of a file of the caller's own, which may take a minute; raises NotFound, Invalid, Precondition."""

    async def ask(tx: Tx) -> tuple[bytes | None, int, int]:
        source = (await claimed(tx, caller, [media_id]))[media_id]
        if not source.clip.sound:
            raise Invalid.of("media_id", "there is no sound in it")
        peaks = await tx.value(queries.waveform(), media=media_id)
        job = 0 if peaks is not None else await enqueue(tx, media_id, caller.user_id)
        return peaks, job, round(source.clip.seconds * 1000)

    peaks, job, duration_ms = await db.transact(ask)
    if peaks is not None:
        return _known(peaks, duration_ms)
    assert db.bus is not None, "a server hears of jobs by it"
    state = await jobs.wait(db, db.bus, job, PATIENCE)
    async with db.reading() as tx:
        peaks = await tx.value(queries.waveform(), media=media_id)
    if peaks is not None:
        return _known(peaks, duration_ms)
    return Waveform("failed" if state.is_final else "running", b"", duration_ms)


def _known(peaks: bytes, duration_ms: int) -> Waveform:
    return Waveform("done" if peaks else "failed", peaks, duration_ms)


async def keep(tx: Tx, media_id: int, peaks: bytes) -> None:
    """Keep the peaks, none of a file that cannot be read, unless it is gone by now."""
    await tx.run(queries.add_waveform(), media=media_id, peaks=peaks, now=clock.now())


def thinned(peaks: bytes, points: int) -> list[int]:
    """No more than so many of the peaks: of each part the loudest."""
    if len(peaks) <= points:
        return list(peaks)
    edges = [len(peaks) * at // points for at in range(points + 1)]
    return [max(peaks[start:end]) for start, end in pairwise(edges)]
