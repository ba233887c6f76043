"""For operators: filling the store from a local folder; may be broken off and repeated."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError
from cnt_grpc.media.purposes import AUDIO, DOCUMENT, IMAGE, VIDEO, Limits, Purpose
from cnt_grpc.media.queries import inspection as queries
from cnt_grpc.media.storage import PIECE, Storage
from cnt_grpc.media.uploads import Declared, Intake

_PURPOSES: Final = {
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg"), AUDIO),
    **dict.fromkeys((".mp4", ".mov", ".mkv", ".webm"), VIDEO),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".gif"), IMAGE),
    ".pdf": DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Filling:
    """Stores local files as somebody's."""

    db: Database
    storage: Storage
    limits: Limits

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


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _digest(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest(), path.stat().st_size
