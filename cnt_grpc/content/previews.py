"""Previews of films: short cuts, made by the worker, kept if the film is still the same when they are ready."""

from dataclasses import dataclass

from cnt_grpc import media
from cnt_grpc.content import ffmpeg
from cnt_grpc.content.kinds import MOVIE
from cnt_grpc.content.queries import changes
from cnt_grpc.content.queries import items as queries
from cnt_grpc.content.rules import files
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.moderation import Status


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to be cut out of which film."""

    item_id: int
    media_id: int
    start: int
    """Seconds."""
    end: int
    """Seconds."""


async def make(workshop: media.Workshop, db: Database, cut: Cut, key: str) -> media.Made | None:
    """Cut the preview and store it under the key; None when the film is gone.

    Raises media.ffmpeg.FfmpegError, or what says that FFmpeg's work is no film.
    """
    async with workshop.bench(db, cut.media_id) as bench:
        if bench is None:
            return None
        preview = bench.folder / "preview.mp4"
        await ffmpeg.cut(bench.path, bench.container, preview, start=cut.start, end=cut.end)
        return await workshop.hand_in(preview, key)


async def keep(tx: Tx, workshop: media.Workshop, cut: Cut, film: media.Made) -> bool:
    """Give the film its preview, unless it is another film by now, or has one; whether it took it."""
    row = await tx.one(queries.own_item(MOVIE, anyones=True), item_id=cut.item_id)
    if row is None or row["preview_id"] is not None:
        return False
    if cut != Cut(row["id"], row["media_id"], row["preview_start_time"], row["preview_end_time"]):
        return False
    columns = {"preview_id": await workshop.keep(tx, film)}
    await tx.run(changes.set_preview(), item_id=cut.item_id, preview_key=film.key, **columns)
    await files.use(tx, cut.item_id, columns)
    if row["status"] == Status.APPROVED:
        await files.publish(tx, cut.item_id, columns)
    return True
