"""An administrator with a Drive, for the tests of imports."""

import asyncio
import hashlib
import secrets
from pathlib import Path
from typing import Any

from cnt_grpc.pb.cnt.admin.v1 import drive_pb2 as pb2
from tests.harness.api import Api
from tests.harness.drive import DriveStandIn
from tests.harness.world import Person, World
from tests.media.makers import tone

PATIENCE = 60.0
DONE, FAILED, CANCELLED = (
    pb2.DRIVE_IMPORT_STATUS_DONE,
    pb2.DRIVE_IMPORT_STATUS_FAILED,
    pb2.DRIVE_IMPORT_STATUS_CANCELLED,
)


def mp3(folder: Path, *, seconds: float) -> bytes:
    """A sound that can be played."""
    return tone(folder / f"{secrets.token_hex(4)}.mp3", seconds).read_bytes()


class Boss:
    """An administrator with a Drive."""

    def __init__(self, world: World, api: Api, person: Person, owner: str) -> None:
        self.world, self.person, self.owner = world, person, owner
        self.api = api.as_(person)
        self.drive: DriveStandIn = world.google.drive

    async def watched(self, *import_ids: int) -> list[Any]:
        """All that a stream tells of these imports until they have ended."""
        async with asyncio.timeout(PATIENCE):
            messages = self.api.drive.WatchDriveImports(import_ids=import_ids)
            return [each.drive_import async for each in messages if each.HasField("drive_import")]

    async def stored(self, media_id: int) -> Any:
        """The row of a file, and the SHA-256 of its bytes in the store."""
        async with self.world.db.transaction() as tx:
            [row] = await tx.raw("SELECT * FROM media_objects WHERE id = $1", media_id)
        digest = hashlib.sha256()
        async for piece in self.world.system.storage.read(row["key"]):
            digest.update(piece)
        return row, digest.digest()
