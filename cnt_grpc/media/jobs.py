"""Background doors of the media room."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job, Run
from cnt_grpc.kit.worker import Periodic
from cnt_grpc.media import probing, rules
from cnt_grpc.media.examine import UnreadableError
from cnt_grpc.media.probing import Prober
from cnt_grpc.media.removal import Remover
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import DiscardMedia, ProbeMedia, SweepMedia

PROBE: Final = Job("media.probe", ProbeMedia, attempts=5, timeout=timedelta(minutes=10))
"""Examine a file; most of the time is spent waiting for others to be examined."""
DISCARD: Final = Job("media.discard", DiscardMedia, attempts=10, timeout=timedelta(minutes=2))
"""Remove a file unless something uses it."""
SWEEP: Final = Job("media.sweep", SweepMedia, attempts=2, timeout=timedelta(minutes=30), limit=1)
"""Remove what was left behind."""

PERIODIC: Final = (Periodic("17 * * * *", SWEEP, SweepMedia()),)


async def release(tx: Tx, room: str, ref: str, media_id: int = 0) -> None:
    """Note that something (`ref`, such as item:12) uses a file no longer, or without `media_id` none at all.

    What nothing uses any more is removed soon after this transaction has been committed.
    """
    for unused in await rules.forget_uses(tx, room, ref, media_id):
        await jobs.enqueue(tx, DISCARD, DiscardMedia(media_id=unused), dedupe=f"media:{unused}")


@dataclass(frozen=True, slots=True)
class MediaJobs:
    """What the worker does for this room."""

    prober: Prober
    remover: Remover

    async def probe(self, payload: ProbeMedia, run: Run) -> None:
        """Examine a file. What it stores on the way has the same keys at each run, so that a run may die anywhere."""
        row = await probing.row_to_probe(run.db, payload.media_id)
        if row is None:
            return
        try:
            result = await self.prober.examine(row, thumbnail=payload.thumbnail, attempt=run.attempt)
        except UnreadableError as error:
            async with run.finish() as tx:
                left = await probing.set_failed(tx, row["id"], str(error))
        else:
            async with run.finish() as tx:
                await probing.set_ready(tx, row, result)
            left = [row["source_key"]] if row["source_key"] else []
        # Should the worker die here, the sweeper finds them.
        await self.prober.storage.delete(*left)

    async def discard(self, payload: DiscardMedia, run: Run) -> None:
        """Remove a file unless something uses it by now."""
        await self.remover.discard(run.db, payload.media_id)

    async def sweep(self, payload: SweepMedia, run: Run) -> None:
        """Remove what was left behind, and have examined what still waits."""
        del payload
        for media_id in await self.remover.sweep(run.db):
            async with run.db.transaction() as tx:
                await jobs.enqueue(tx, PROBE, ProbeMedia(media_id=media_id, thumbnail=True), dedupe=f"media:{media_id}")
