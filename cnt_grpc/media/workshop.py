"""Where other rooms' jobs make films of stored ones: they get a copy in an empty folder, and hand in what they made."""

import shutil
import tempfile
from asyncio import shield, to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.media import examine
from cnt_grpc.media.examine import Facts
from cnt_grpc.media.queries import made
from cnt_grpc.media.sniff import MP4, TYPES, Kind
from cnt_grpc.media.storage import Storage, Written


@dataclass(frozen=True, slots=True)
class Bench:
    """A stored file to work on."""

    folder: Path
    """Empty but for the file, the job's own, and gone afterwards."""
    path: Path
    """The file; it may be the store's own copy, so it must not be written to."""
    container: str
    """FFmpeg's name of the demuxer that must read it: no other may guess from the bytes."""


@dataclass(frozen=True, slots=True)
class Made:
    """A film that was made, examined and stored, and that no row knows of yet."""

    key: str
    written: Written
    facts: Facts


@dataclass(frozen=True, slots=True)
class Workshop:
    """Hands out stored files, and takes in what was made of them."""

    storage: Storage

    @asynccontextmanager
    async def bench(self, db: Database, media_id: int) -> AsyncIterator[Bench | None]:
        """A copy of the file to work on; None when it is gone."""
        async with db.reading() as tx:
            row = await tx.one(made.source(), media=media_id)
        if row is None:
            yield None
            return
        file_type = next(each for each in TYPES if each.content_type == row["content_type"])
        folder = Path(tempfile.mkdtemp(prefix="cnt-workshop-"))
        try:
            path = folder / f"file.{file_type.extension}"
            try:
                await self.storage.fetch(row["key"], path)
            except FileNotFoundError:
                yield None
                return
            yield Bench(folder, path, file_type.container)
        finally:
            await shield(to_thread(shutil.rmtree, folder, ignore_errors=True))

    async def hand_in(self, film: Path, key: str) -> Made:
        """Examine an mp4 as if a stranger had sent it, and store it.

        Raises what examine.film raises: programs that make films break off with an exit status of 0 now and then.
        """
        scratch = film.with_suffix(".examined")
        scratch.mkdir()
        facts = await examine.film(film, MP4, Kind.VIDEO, scratch, thumbnail=False)
        return Made(key, await self.storage.put(key, film, MP4.content_type), facts)

    async def keep(self, tx: Tx, film: Made) -> int:
        """Make what was handed in a stored file like others, private and the platform's own; its id."""
        media_id: int = await tx.value(
            made.add_made(),
            kind=Kind.VIDEO.value,
            key=film.key,
            content_type=MP4.content_type,
            size=film.written.size,
            sha256=film.written.sha256,
            duration_ms=film.facts.duration_ms,
            width=film.facts.width,
            height=film.facts.height,
            codecs=film.facts.codecs,
            now=clock.now(),
        )
        return media_id

    async def discard(self, key: str) -> None:
        """Remove what was handed in after all."""
        await self.storage.delete(key)
