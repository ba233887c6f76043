"""Background doors of the media room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.media import probing
from cnt_grpc.media.examine import UnreadableError
from cnt_grpc.media.keeping import DISCARD, show
from cnt_grpc.media.mending import Mender, TooMuchError
from cnt_grpc.media.moving import MOVE, Mover
from cnt_grpc.media.probing import Prober
from cnt_grpc.media.removal import Remover
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import DiscardMedia, MakeStill, MendMedia, ProbeMedia, SweepMedia

PROBE: Final = Job("media.probe", ProbeMedia, attempts=5, timeout=timedelta(minutes=10))
"""Examine a file; most of the time is spent waiting for others to be examined."""
STILL: Final = Job("media.still", MakeStill, attempts=5, timeout=timedelta(minutes=10))
"""Make a picture of one moment of a film."""
SWEEP: Final = Job("media.sweep", SweepMedia, attempts=2, timeout=timedelta(minutes=30), limit=1)
"""Remove what was left behind."""

MEND: Final = Job("media.mend", MendMedia, attempts=2, timeout=timedelta(hours=2), limit=1)
"""Compare rows with objects, and mend what differs."""

__all__ = ["DISCARD", "MEND", "MOVE", "PERIODIC", "PROBE", "STILL", "SWEEP", "MediaJobs"]

PERIODIC: Final = (Periodic("17 * * * *", SWEEP, SweepMedia()), Periodic("37 * * * *", MEND, MendMedia()))


@dataclass(frozen=True, slots=True)
class MediaJobs:
    """What the worker does for this room."""

    prober: Prober
    remover: Remover
    mover: Mover
    mender: Mender

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {
            PROBE: self.probe,
            STILL: self.still,
            DISCARD: self.discard,
            SWEEP: self.sweep,
            MOVE: self.mover.move,
            MEND: self.mend,
        }

    async def probe(self, payload: ProbeMedia, run: Run) -> None:
        """Examine a file. What it stores on the way has the same keys at each run, so that a run may die anywhere."""
        row = await probing.row_to_probe(run.db, payload.media_id)
        if row is None:
            return
        try:
            result = await self.prober.examine(
                row, thumbnail=payload.thumbnail, attempt=run.attempt, stills=payload.stills
            )
        except UnreadableError as error:
            async with run.finish() as tx:
                left = await probing.set_failed(tx, row["id"], str(error), error.most_pixels)
        else:
            async with run.finish() as tx:
                ready = await probing.set_ready(tx, row, result)
                if ready and payload.avatar and row["owner_id"] is not None:
                    await show(tx, row["owner_id"], row["id"])
            left = [row["source_key"]] if row["source_key"] else []
        # Should the worker die here, the sweeper finds them.
        await self.prober.storage.delete(*left)

    async def still(self, payload: MakeStill, run: Run) -> None:
        """Make a picture of one moment of a film; the row that waits for it says where it goes."""
        row = await probing.row_to_probe(run.db, payload.media_id)
        if row is None:
            return
        try:
            result = await self.prober.still(run.db, row, payload.film_id, payload.at_ms, attempt=run.attempt)
        except UnreadableError as error:
            async with run.finish() as tx:
                left = await probing.set_failed(tx, row["id"], str(error))
            await self.prober.storage.delete(*left)
        else:
            async with run.finish() as tx:
                await probing.set_ready(tx, row, result)

    async def discard(self, payload: DiscardMedia, run: Run) -> None:
        """Remove a file unless something uses it by now."""
        await self.remover.discard(run.db, payload.media_id)

    async def sweep(self, payload: SweepMedia, run: Run) -> None:
        """Remove what was left behind, and have examined and moved what still waits."""
        del payload
        await self.mover.ask_again(run.db)
        for media_id in await self.remover.sweep(run.db):
            async with run.db.transaction() as tx:
                await jobs.enqueue(tx, PROBE, ProbeMedia(media_id=media_id, thumbnail=True), dedupe=f"media:{media_id}")

    async def mend(self, payload: MendMedia, run: Run) -> None:
        """Compare this hour's share of the rows with the store."""
        del payload
        try:
            await self.mender.mend_share(run.db)
        except TooMuchError:
            return  # the log has it; another try would find the same
