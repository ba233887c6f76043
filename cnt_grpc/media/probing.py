"""Examining a stored file: is it what it seems, how long, how large; pictures are drawn anew on the way."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.media import examine, queries, rules
from cnt_grpc.media.examine import BrokenExaminerError, Facts, Picture, UnreadableError
from cnt_grpc.media.purposes import THUMBNAILS, Limits
from cnt_grpc.media.sniff import TYPES, FileType, Kind
from cnt_grpc.media.storage import Storage, Written

BROKEN_TWICE: Final = "it cannot be read: it is damaged or not what it seems"
TRIES: Final = 2
"""How often the examiner may die of a file before the file is to blame."""

_TYPES: Final = {each.content_type: each for each in TYPES}


@dataclass(frozen=True, slots=True)
class _Made:
    """A picture of ours in the store."""

    picture: Picture
    key: str
    content_type: str
    written: Written


@dataclass(frozen=True, slots=True)
class Result:
    """What to write about the file; the bytes are in the store already."""

    facts: Facts
    main: Written | None = None
    """What replaces the bytes that were sent: of pictures only."""
    variants: tuple[_Made, ...] = ()


@dataclass(frozen=True, slots=True)
class Prober:
    """Examines files, in processes of their own."""

    storage: Storage
    limits: Limits
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))
    """Examinations at once: each may take a processor, and a good part of a gigabyte."""

    async def examine(self, row: Row, *, thumbnail: bool, attempt: int) -> Result:
        """Find out about the file, and store the pictures made of it.

        Raises UnreadableError when it is no media that we can use, BrokenExaminerError when another try may tell.
        """
        async with self.slots, _folder() as folder:
            file_type = _TYPES[row["content_type"]]
            # The server names the file: the name that it was sent with means nothing to any reader.
            path = folder / f"file.{file_type.extension}"
            try:
                await self.storage.fetch(row["source_key"] or row["key"], path)
            except FileNotFoundError:
                raise UnreadableError("its bytes are lost") from None
            try:
                facts = await self._look(row, file_type, path, folder, thumbnail=thumbnail)
            except BrokenExaminerError:
                if attempt < TRIES:
                    raise
                raise UnreadableError(BROKEN_TWICE) from None
            return await self._store(row, facts)

    async def _look(self, row: Row, file_type: FileType, path: Path, folder: Path, *, thumbnail: bool) -> Facts:
        kind = Kind(row["kind"])
        output = folder / "made"
        output.mkdir()
        if kind is Kind.IMAGE:
            return await examine.picture(path, file_type, output, pixels=self.limits.pixels)
        # A container may hold sound or film, and its row says which was asked for.
        return await examine.film(path, file_type, kind, output, thumbnail=thumbnail)

    async def _store(self, row: Row, facts: Facts) -> Result:
        main, made = None, []
        for each in facts.pictures:
            content_type = next(found.content_type for found in TYPES if found.extension == each.extension)
            if not each.name:
                main = await self.storage.put(row["key"], each.file, content_type)
                continue
            key = _variant_key(row, each)
            made.append(_Made(each, key, content_type, await self.storage.put(key, each.file, content_type)))
        return Result(facts, main, tuple(made))


@asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    """An empty folder, gone afterwards; what was made in it may be large, so it is removed in a thread."""
    folder = Path(tempfile.mkdtemp(prefix="cnt-media-"))
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


async def set_ready(tx: Tx, row: Row, result: Result) -> None:
    """Write what was found out; a file that someone else has dealt with meanwhile stays as it is."""
    thumbnail = next((made.key for made in result.variants if made.picture.name == "thumbnail"), None)
    changed = await tx.value(
        queries.set_ready(),
        media=row["id"],
        thumbnail_key=thumbnail,
        size=result.main.size if result.main else row["size"],
        sha256=result.main.sha256 if result.main else row["sha256"],
        duration_ms=result.facts.duration_ms,
        width=result.facts.width,
        height=result.facts.height,
        codecs=result.facts.codecs,
    )
    if changed is None:
        return
    variants = [
        {
            "media": row["id"],
            "name": made.picture.name,
            "key": made.key,
            "content_type": made.content_type,
            "size": made.written.size,
            "sha256": made.written.sha256,
            "width": made.picture.width,
            "height": made.picture.height,
        }
        for made in result.variants
    ]
    await tx.many(queries.add_variant(), variants)


async def set_failed(tx: Tx, media_id: int, why: str) -> list[str]:
    """Write that the file is unusable, give its bytes back to the owner; the keys to remove once this is committed."""
    row = await tx.one(queries.set_failed(), media=media_id, failure=why)
    if row is None:
        return []
    await rules.refund(tx, row["owner_id"], row["refund"])
    return [key for key in (row["key"], row["source_key"]) if key]


async def row_to_probe(db: Database, media_id: int) -> Row | None:
    """The file if it still waits to be examined."""
    async with db.reading() as tx:
        row = await tx.one(queries.object_by_id(), media=media_id)
    return row if row is not None and row["state"] == "probing" else None


def _variant_key(row: Row, picture: Picture) -> str:
    """Beside the picture itself; stills of films have a folder of their own. The same at each run of the job, so that
    a run that was killed leaves nothing that the next one does not replace.
    """
    folder, _, name = row["key"].rpartition("/")
    stem = name.partition(".")[0]
    if row["kind"] == Kind.VIDEO and not folder.startswith("private"):
        return f"{THUMBNAILS}/{stem}.{picture.extension}"
    return f"{folder}/{stem}-{picture.name}.{picture.extension}"
