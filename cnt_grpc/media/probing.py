"""Examining a stored file: is it what it seems, how long, how large; pictures are drawn anew on the way."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.media import examine, rules, variants
from cnt_grpc.media.examine import BrokenExaminerError, Facts, UnreadableError
from cnt_grpc.media.folders import job_folder
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.queries import inspection, made, objects
from cnt_grpc.media.sniff import TYPES, FileType, Kind
from cnt_grpc.media.storage import Storage, Written
from cnt_grpc.media.variants import StoredPicture

BROKEN_TWICE: Final = "it cannot be read: it is damaged or not what it seems"
TRIES: Final = 2
"""How often the examiner may die of a file before the file is to blame."""

_TYPES: Final = {each.content_type: each for each in TYPES}


@dataclass(frozen=True, slots=True)
class Result:
    """What to write about the file; the bytes are in the store already."""

    facts: Facts
    main: Written | None = None
    """What replaces the bytes that were sent: of pictures only."""
    variants: tuple[StoredPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Prober:
    """Examines files, in processes of their own."""

    storage: Storage
    limits: Limits
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))
    """Examinations at once: each may take a processor, and a good part of a gigabyte."""

    async def examine(self, row: Row, *, thumbnail: bool, attempt: int, stills: str = "") -> Result:
        """Find out about the file, and store the pictures made of it; `stills` as in variants.place.

        Raises UnreadableError when it is no media that we can use, BrokenExaminerError when another try may tell.
        """
        async with self.slots, job_folder() as folder:
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
            return await self._store(row, facts, stills)

    async def still(self, db: Database, row: Row, film_id: int, at_ms: int, *, attempt: int) -> Result:
        """Store the picture of a film's moment under the row's key. Raises as `examine` does."""
        async with db.reading() as tx:
            film = await tx.one(made.source(), media=film_id)
        if film is None:
            raise UnreadableError("its film is gone")
        file_type = _TYPES[film["content_type"]]
        async with self.slots, job_folder() as folder:
            path = folder / f"film.{file_type.extension}"
            try:
                await self.storage.fetch(film["key"], path)
            except FileNotFoundError:
                raise UnreadableError("its bytes are lost") from None
            output = folder / "made"
            output.mkdir()
            try:
                facts = await examine.film(path, file_type, Kind.VIDEO, output, thumbnail=True, at_ms=at_ms)
            except BrokenExaminerError:
                if attempt < TRIES:
                    raise
                raise UnreadableError(BROKEN_TWICE) from None
            if not facts.pictures:
                raise UnreadableError("the film shows no picture there")
            picture = facts.pictures[0]
            written = await self.storage.put(row["key"], picture.file, row["content_type"])
            return Result(Facts(width=picture.width, height=picture.height), written)

    async def _look(self, row: Row, file_type: FileType, path: Path, folder: Path, *, thumbnail: bool) -> Facts:
        kind = Kind(row["kind"])
        output = folder / "made"
        output.mkdir()
        if kind is Kind.IMAGE:
            return await examine.picture(path, file_type, output, pixels=self.limits.pixels)
        if kind is Kind.DOCUMENT:
            return await examine.document(path, output)
        # A container may hold sound or film, and its row says which was asked for.
        return await examine.film(path, file_type, kind, output, thumbnail=thumbnail)

    async def _store(self, row: Row, facts: Facts, stills: str) -> Result:
        main = None
        for each in facts.pictures:
            if not each.name:
                main = await self.storage.put(row["key"], each.file, variants.content_type(each))
        return Result(facts, main, await variants.store(self.storage, Kind(row["kind"]), row["key"], facts, stills))


async def set_ready(tx: Tx, row: Row, result: Result) -> bool:
    """Write what was found out; False, and nothing, for a file that someone else has dealt with meanwhile."""
    thumbnail = variants.thumbnail_key(result.variants)
    changed = await tx.value(
        objects.set_ready(),
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
        return False
    await variants.add(tx, row["id"], result.variants)
    return True


async def add_thumbnail(tx: Tx, media_id: int, result: Result) -> bool:
    """Write the pictures of a film that had none; False, and nothing, when it has some or is gone."""
    thumbnail = variants.thumbnail_key(result.variants)
    if thumbnail is None or await tx.value(inspection.set_thumbnail(), media=media_id, key=thumbnail) is None:
        return False
    await variants.add(tx, media_id, result.variants)
    return True


async def set_failed(tx: Tx, media_id: int, why: str, most_pixels: int | None = None) -> list[str]:
    """Write that the file is unusable, give its bytes back to the owner; the keys to remove once this is committed."""
    row = await tx.one(objects.set_failed(), media=media_id, failure=why, most_pixels=most_pixels)
    if row is None:
        return []
    await rules.refund(tx, row["owner_id"], row["refund"])
    return [key for key in (row["key"], row["source_key"]) if key]


async def row_to_probe(db: Database, media_id: int) -> Row | None:
    """The file if it still waits to be examined."""
    async with db.reading() as tx:
        row = await tx.one(objects.object_by_id(), media=media_id)
    return row if row is not None and row["state"] == "probing" else None
