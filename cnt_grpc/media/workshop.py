"""Where other rooms' jobs make files of stored ones or of nothing: what they hand in becomes a file like all others.

async with workshop.bench(db, media_id) as bench: ...           # a stored file to work on
made = await workshop.hand_in(path_or_bytes, key)               # examined and stored; no transaction may be open
async with run.finish() as tx:
    media_id = await workshop.keep(tx, made, owner=ann)         # its row; then use, publish as with an upload
"""

import hashlib
import uuid
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Changed
from cnt_grpc.media import examine, rules, variants
from cnt_grpc.media.examine import Facts
from cnt_grpc.media.folders import job_folder
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.queries import made as queries
from cnt_grpc.media.sniff import TYPES, FileType, Kind, type_of_key
from cnt_grpc.media.storage import Storage, Written
from cnt_grpc.media.variants import StoredPicture
from cnt_grpc.pb.cnt.media.v1.reason import Reason


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
    """A file that was made, examined and stored, and that no row knows of yet."""

    key: str
    file_type: FileType
    written: Written
    facts: Facts
    pictures: tuple[StoredPicture, ...] = ()
    """Of it, in the store as well."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Hands out stored files, and takes in what was made."""

    storage: Storage
    limits: Limits = field(default_factory=Limits)

    @asynccontextmanager
    async def bench(self, db: Database, media_id: int) -> AsyncIterator[Bench | None]:
        """A copy of the file to work on; None when it is gone."""
        async with db.reading() as tx:
            row = await tx.one(queries.source(), media=media_id)
        if row is None:
            yield None
            return
        file_type = next(each for each in TYPES if each.content_type == row["content_type"])
        async with job_folder() as folder:
            path = folder / f"file.{file_type.extension}"
            try:
                await self.storage.fetch(row["key"], path)
            except FileNotFoundError:
                yield None
                return
            yield Bench(folder, path, file_type.container)

    async def hand_in(self, made: Path | bytes, key: str, kind: Kind | None = None, *, thumbnail: bool = False) -> Made:
        """Examine what was made as if a stranger had sent it, and store it.

        The key's extension says the type (`kind` tells a webm of sound from a film). Pictures and documents get their
        variants, a film a still if wanted. Give every run of a job the same key: it then replaces what a run that was
        killed has left; what no row ever knows is swept.

        Raises examine.UnreadableError and BrokenExaminerError: programs that make films break off with an exit status
        of 0 now and then. ValueError for a key of no type that the platform takes.
        """
        file_type = type_of_key(key, kind)
        async with job_folder() as folder:
            path = folder / f"made.{file_type.extension}"
            if isinstance(made, bytes):
                await to_thread(path.write_bytes, made)
            else:
                path = made
            facts = await self._examine(path, file_type, folder, thumbnail=thumbnail)
            pictures = await variants.store(self.storage, file_type.kind, key, facts)
            return Made(key, file_type, await self.storage.put(key, path, file_type.content_type), facts, pictures)

    async def adopt(self, key: str, kind: Kind | None = None, *, thumbnail: bool = True) -> Made | None:
        """The same of what somebody else, such as a recorder, has put into our store under this key; None without it.

        Nothing sweeps it for a day, which is the time for adopting it.
        """
        file_type = type_of_key(key, kind)
        async with job_folder() as folder:
            path = folder / f"file.{file_type.extension}"
            try:
                await self.storage.fetch(key, path)
            except FileNotFoundError:
                return None
            facts = await self._examine(path, file_type, folder, thumbnail=thumbnail)
            pictures = await variants.store(self.storage, file_type.kind, key, facts)
            return Made(key, file_type, await to_thread(_measure, path), facts, pictures)

    async def keep(
        self, tx: Tx, made: Made, *, owner: int | None = None, filename: str = "", charged: bool = False
    ) -> int:
        """Make what was handed in a stored file like others, private and used by nothing yet; its id.

        Without an owner it is the platform's own. `charged`: its bytes count against the owner's quota. Keeping the
        same key again is the same file. Raises Exhausted when the quota does not have so much left, Changed while the
        key is that of a file that has failed, or is somebody else's: try again.
        """
        amount = made.written.size if charged and owner is not None else 0
        row = await tx.one(
            queries.keep_made(),
            owner=owner,
            kind=made.file_type.kind.value,
            key=made.key,
            thumbnail_key=variants.thumbnail_key(made.pictures),
            filename=filename,
            content_type=made.file_type.content_type,
            size=made.written.size,
            charged=amount,
            sha256=made.written.sha256,
            duration_ms=made.facts.duration_ms,
            width=made.facts.width,
            height=made.facts.height,
            codecs=made.facts.codecs,
            now=clock.now(),
        )
        if row is None:
            raise Changed(Reason.MEDIA_LEAVING)
        if amount and row["is_new"] and owner is not None:
            await rules.charge(tx, owner, amount, self.limits.quota)
        await variants.add(tx, row["id"], made.pictures)
        return int(row["id"])

    async def discard(self, made: Made | str) -> None:
        """Remove what was handed in after all, or what lies under this key."""
        if isinstance(made, str):
            await self.storage.delete(made, *variants.possible(made))
        else:
            await self.storage.delete(made.key, *(each.key for each in made.pictures))

    async def _examine(self, path: Path, file_type: FileType, folder: Path, *, thumbnail: bool) -> Facts:
        scratch = folder / "examined"
        scratch.mkdir()
        if file_type.kind is Kind.IMAGE:
            return await examine.picture(path, file_type, scratch, pixels=self.limits.pixels)
        if file_type.kind is Kind.DOCUMENT:
            return await examine.document(path, scratch)
        return await examine.film(path, file_type, file_type.kind, scratch, thumbnail=thumbnail)


def new_key(folder: str, extension: str) -> str:
    """A key that nobody has used and nobody can guess, such as video/….mp4; purposes.py lists the folders."""
    return f"{folder}/{uuid.uuid4().hex}.{extension}"


def _measure(path: Path) -> Written:
    with path.open("rb") as file:
        return Written(path.stat().st_size, hashlib.file_digest(file, "sha256").digest())
