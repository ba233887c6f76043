"""How loud a file is along its length: read once from front to back, with no more in memory than a piece of it."""

import asyncio
import os
from pathlib import Path
from typing import Final

import ffmpeg

from cnt_grpc import media
from cnt_grpc.editing.queries.sources import sources
from cnt_grpc.kit.db import Database

MOST: Final = 8192
"""Peaks of a file."""
A_SECOND: Final = 20
"""Peaks of a second, of files that are short enough."""
_RATE: Final = 8000
_LOUDEST: Final = 32768
_BYTES: Final = 2


class Peaks:
    """Takes samples (16 bit, one channel) as they come."""

    def __init__(self, seconds: float) -> None:
        number = min(MOST, max(1, round(seconds * A_SECOND)))
        self._size = max(1, round(seconds * _RATE / number)) * _BYTES
        self._rest = b""
        self.found = bytearray()

    def hear(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._rest += piece
        whole = len(self._rest) // self._size * self._size
        for start in range(0, whole, self._size):
            self._add(self._rest[start : start + self._size])
        self._rest = self._rest[whole:]

    def end(self) -> bytes:
        """All peaks."""
        if len(self._rest) >= _BYTES:
            self._add(self._rest[: len(self._rest) // _BYTES * _BYTES])
        return bytes(self.found[:MOST])

    def _add(self, part: bytes) -> None:
        samples = memoryview(part).cast("h")
        highest, lowest = max(samples), min(samples)
        loudest = max(highest, -lowest)
        self.found.append(min(255, loudest * 256 // _LOUDEST))


async def peaks(workshop: media.Workshop, db: Database, media_id: int, stop: asyncio.Event) -> bytes | None:
    """The peaks of a file; None when it is gone. Raises what `media.ffmpeg.run` raises."""
    async with db.reading() as tx:
        row = await tx.one(sources(), media=[media_id])
    if row is None:
        return None
    async with workshop.bench(db, media_id) as bench:
        if bench is None:
            return None
        name = f"in{bench.path.suffix}"
        await asyncio.to_thread(os.link, bench.path, Path(bench.folder, name))
        heard = Peaks((row["duration_ms"] or 0) / 1000)
        sound = media.ffmpeg.opened(name, bench.container)["a:0"]
        samples = ffmpeg.output(sound, "pipe:1", f="s16le", ac=1, ar=_RATE)
        await media.ffmpeg.run(media.ffmpeg.arguments(samples), bench.folder, inputs=[name], hear=heard.hear, stop=stop)
        return heard.end()
