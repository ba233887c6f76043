"""People who upload: what was acknowledged is there with the bytes that were sent, and the worker has examined it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from google.api import httpbody_pb2

from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.media import makers

if TYPE_CHECKING:
    from tests.faults.clients import Client
    from tests.faults.whole import Whole


class Uploads:
    """Small sound files; an upload has no request id, so that one whose answer was lost leaves a file that is swept."""

    share = 0.1

    def __init__(self) -> None:
        self._sound = b""
        self._sent: dict[int, bytes] = {}

    @property
    def acknowledged(self) -> int:
        """Uploads that were answered."""
        return len(self._sent)

    async def prepare(self, whole: Whole) -> None:
        """A real file."""
        self._sound = await asyncio.to_thread(lambda: makers.tone(whole.folder / "tone.mp3", 0.3).read_bytes())

    async def step(self, client: Client) -> None:
        """Send it, with a tail of its own so that no two are alike."""
        data = self._sound + client.random.randbytes(200)
        half = len(data) // 2
        first = pb2.UploadAudioRequest(
            file=httpbody_pb2.HttpBody(content_type="audio/mpeg", data=data[:half]), filename="sermon.mp3"
        )
        second = pb2.UploadAudioRequest(file=httpbody_pb2.HttpBody(data=data[half:]))
        # The answer waits until the worker has looked at the file.
        reply = await client.ask("media", "UploadAudio", given=(first, second), seconds=30)
        self._sent[reply.media_id] = hashlib.sha256(data).digest()

    async def check(self, whole: Whole) -> None:
        """What the rows say of them; that the files are so is checked of all files."""
        async with whole.system.db.transaction() as tx:
            rows = await tx.raw("SELECT id, sha256, state FROM media_objects")
        found = {row["id"]: (row["sha256"], row["state"]) for row in rows}
        wrong = [number for number, sha256 in self._sent.items() if found.get(number) != (sha256, "ready")]
        assert not wrong, (
            f"{len(wrong)} of {len(self._sent)} uploads are not as sent: {[found.get(n) for n in wrong[:5]]}"
        )
