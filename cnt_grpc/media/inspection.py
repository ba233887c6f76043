"""For operators: comparing rows with objects, filling the store from a folder, making thumbnails that are missing."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import AppError
from cnt_grpc.media import probing, sessions
from cnt_grpc.media.examine import UnreadableError
from cnt_grpc.media.probing import TRIES, Prober
from cnt_grpc.media.purposes import AUDIO, DOCUMENT, IMAGE, VIDEO, Limits, Purpose
from cnt_grpc.media.queries import inspection as queries
from cnt_grpc.media.queries import objects
from cnt_grpc.media.storage import PIECE, Storage
from cnt_grpc.media.uploads import Declared, Intake

_BATCH: Final = 500
YOUNG: Final = timedelta(hours=24)
"""Objects younger than this may belong to an upload under way."""

_PURPOSES: Final = {
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg"), AUDIO),
    **dict.fromkeys((".mp4", ".mov", ".mkv", ".webm"), VIDEO),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".gif"), IMAGE),
    ".pdf": DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be."""

    key: str
    what: str
    """`no object`, `another size`, or `no row`."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Looks at everything, for nobody in particular."""

    db: Database
    storage: Storage
    limits: Limits

    async def differences(self) -> AsyncIterator[Difference]:
        """Rows without an object, rows whose object has another size, and objects that nothing knows of."""
        known = set()
        async for row in _rows(self.db):
            known.add(row["key"])
            stored = await self.storage.stat(row["key"])
            if stored is None:
                yield Difference(row["key"], "no object")
            elif stored.size != row["size"]:
                yield Difference(row["key"], "another size")
        async with self.db.reading() as tx:
            for row in await tx.all(queries.keys_under_way()):
                known |= {row["key"], sessions.tail_key(row)}
            known |= {row["key"] for row in await tx.all(queries.keys_unfinished())}
        before = clock.now() - YOUNG
        async for found in self.storage.objects():
            if found.key not in known and found.modified_at < before:
                yield Difference(found.key, "no row")

    async def number_of_rows(self) -> int:
        """How many rows `differences` looks at."""
        async with self.db.reading() as tx:
            return int(await tx.value(queries.number()))

    def uploadable(self, folder: Path) -> list[tuple[Path, Purpose]]:
        """The files below the folder that the platform takes, as their names say; the bytes are looked at later."""
        found = ((path, _PURPOSES.get(path.suffix.lower())) for path in sorted(folder.rglob("*")) if path.is_file())
        return [(path, purpose) for path, purpose in found if purpose is not None]

    async def upload(self, owner: int, path: Path, purpose: Purpose, *, dry: bool) -> str:
        """Store a file as the owner's, unless they have one with the same bytes; what came of it, in a few words."""
        digest, size = await asyncio.to_thread(_digest, path)
        async with self.db.reading() as tx:
            there = await tx.value(queries.same_bytes(), owner=owner, sha256=digest, filename=path.name)
        if there is not None:
            return "is there"
        if dry:
            return "would be stored"
        try:
            declared = Declared(path.name, size, digest)
            row, _ = await Intake(self.storage, self.limits).take(self.db, owner, purpose, _pieces(path), declared)
        except AppError as refusal:
            return f"refused: {refusal.message}"
        return f"stored as {row['key']}"

    async def without_thumbnail(self) -> list[int]:
        """Ids of the films that have none."""
        async with self.db.reading() as tx:
            return [row["id"] for row in await tx.all(queries.without_thumbnail())]

    async def make_thumbnail(self, media_id: int) -> str:
        """Make a film's thumbnail, here and now; what came of it, in a few words."""
        async with self.db.reading() as tx:
            row = await tx.one(objects.object_by_id(), media=media_id)
        if row is None:
            return "is gone"
        try:
            # The last of the tries: a film that breaks the examiner now is not tried again.
            result = await Prober(self.storage, self.limits).examine(row, thumbnail=True, attempt=TRIES)
        except UnreadableError as error:
            return f"none: {error}"

        async def write(tx: Tx) -> bool:
            return await probing.add_thumbnail(tx, media_id, result)

        return "made" if await self.db.transact(write) else "is there"


async def _rows(db: Database) -> AsyncIterator[Row]:
    last = ""
    while True:
        async with db.reading() as tx:
            rows = await tx.all(queries.stored_keys(_BATCH), after=last)
        for row in rows:
            yield row
        if len(rows) < _BATCH:
            return
        last = rows[-1]["key"]


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _digest(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest(), path.stat().st_size
