"""A whole upload in several goes over S3, each of its requests broken once or for good: it comes through or is gone."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import Kind
from cnt_grpc.media.moving import Mover
from cnt_grpc.media.purposes import DRAFT_AUDIO, Limits
from cnt_grpc.media.queries import objects
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.s3 import S3Access, S3Storage
from cnt_grpc.media.storage import PART
from cnt_grpc.media.uploads import Declared, Intake
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import MoveMedia
from tests.auth import makers as people
from tests.faults.sizes import FULL
from tests.media import s3_server
from tests.media.s3_server import Road
from tests.media.test_s3 import wave
from tests.media.test_storage import content, leftovers
from tests.media.test_uploads import charged_bytes, open_sessions

HOWS: Final = ("500", "late", "after")
PATIENCE: Final = 5.0
"""Seconds that the store has for an answer; a late one comes after that."""
AT_ONCE: Final = 5
SERVERS: Final = ("s3_url", "real_s3_url") if FULL else ("s3_url",)
DATA: Final = wave(PART + 1000)


@dataclass
class MoveRun:
    """What the mover needs of a job's run."""

    db: Database

    @asynccontextmanager
    async def finish(self) -> AsyncIterator[Tx]:
        async with self.db.transaction() as tx:
            yield tx


@dataclass
class Journey:
    """Somebody's upload: a part straight into the store, the rest through us in two goes, finished, and published."""

    db: Database
    road: Road
    access: S3Access
    owner: int = 0
    media_id: int = 0
    key: str = ""

    async def go(self) -> None:
        async with self.db.transaction() as tx:
            self.owner = (await people.user(tx))["id"]
        storage = S3Storage(
            S3Access(self.access.bucket, endpoint=self.road.url, key_id="testing", secret="testing", timeout=PATIENCE)
        )
        try:
            await self._upload(storage)
            await self._publish(storage)
        finally:
            await asyncio.to_thread(storage.close)

    async def _upload(self, storage: S3Storage) -> None:
        uploads = Resumable(Intake(storage, Limits()))
        declared = Declared("a.wav", len(DATA), hashlib.sha256(DATA).digest())
        begun = await uploads.begin(self.db, self.owner, DRAFT_AUDIO, "audio/wav", declared)
        session = begun.row["id"]
        await asyncio.to_thread(_put, uploads.places(begun)[0].url, DATA[:PART])
        for start, end in ((PART, PART + 300), (PART + 300, len(DATA))):
            assert (await uploads.standing(self.db, self.owner, session)).received == start
            await uploads.put(self.db, self.owner, session, start, _bytes(start, end))
        self.media_id, _ = await uploads.complete(self.db, self.owner, session)

    async def _publish(self, storage: S3Storage) -> None:
        nothing = dict.fromkeys(("thumbnail_key", "duration_ms", "width", "height"))
        known = {"size": len(DATA), "sha256": hashlib.sha256(DATA).digest(), "codecs": ""}
        async with self.db.transaction() as tx:
            await tx.run(objects.set_ready(), media=self.media_id, **known, **nothing)
            row = await media.claim(tx, Caller(self.owner), Kind.AUDIO, media_id=self.media_id)
            self.key = row["key"]
        assert self.key.startswith("audio/")
        await Mover(storage).move(MoveMedia(media_id=self.media_id), MoveRun(self.db))  # type: ignore[arg-type]  # all of a run that it asks for


def _put(url: str, data: bytes) -> None:
    """As a phone does it: again and again."""
    for _ in range(10):
        request = Request(url, data=data, method="PUT", headers={"Content-Type": "application/octet-stream"})  # noqa: S310  (our own)
        with contextlib.suppress(HTTPError, URLError, TimeoutError), urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            assert answer.status == 200
            return
    raise AssertionError("the store takes no part")


async def _bytes(start: int, end: int) -> AsyncIterator[bytes]:
    yield DATA[start:end]


async def travelled(
    db: Database, access: S3Access, step: int, times: int, how: str
) -> tuple[Journey, Exception | None]:
    """An upload on a road of its own, of which so many requests from this one on are broken."""
    async with s3_server.road_to(access.endpoint) as road:
        road.broken, road.how, road.late = set(range(step, step + times)), how, PATIENCE + 2
        journey = Journey(db, road, access)
        try:
            await journey.go()
        except (Unavailable, OSError) as error:
            return journey, error
        return journey, None


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.timeout(600)
async def test_each_request_of_an_upload_is_broken(
    server: str, request: pytest.FixtureRequest, scratch: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Large enough to be copied in parts, as a film is.
    monkeypatch.setattr("cnt_grpc.media.s3._MOST_COPIED", PART)
    access = s3_server.new_bucket(request.getfixturevalue(server))
    whole, error = await travelled(scratch, access, 10**6, 1, "500")
    assert error is None
    steps = len(whole.road.seen)
    assert steps > 15
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(step: int, times: int, how: str) -> tuple[Journey, Exception | None]:
        async with slots:
            return await travelled(scratch, access, step, times, how)

    def hows(step: int) -> tuple[str, ...]:
        # Where parts are joined, an answer that is lost costs most.
        joins = whole.road.seen[step].startswith("POST") and "uploadId" in whole.road.seen[step]
        return HOWS if FULL or joins else (HOWS[step % 3],)

    once = await asyncio.gather(*(one(step, 1, how) for step in range(steps) for how in hows(step)))
    bad = [(step, how) for step in range(0, steps, 1 if FULL else 5) for how in (HOWS if FULL else ("500",))]
    for_good = await asyncio.gather(*(one(step, 4, how) for step, how in bad))
    store = S3Storage(access)
    for journey, error in [(whole, None), *once]:
        assert error is None, (journey.road.how, journey.road.broken, journey.road.seen)
        assert hashlib.sha256(await content(store, journey.key)).digest() == hashlib.sha256(DATA).digest()
    assert any(error is not None for _, error in for_good)
    # What gave up leaves only what the sweeper knows, and what nothing uses goes as well.
    clock.move(timedelta(hours=25))
    await Remover(store).sweep(scratch)
    assert await leftovers(store) == []
    for journey, _ in [*once, *for_good, (whole, None)]:
        async with scratch.reading() as tx:
            assert await tx.value(open_sessions(), owner=journey.owner) == 0
            assert await tx.value(charged_bytes(), owner=journey.owner) in {None, 0}
    store.close()
