"""Uploads in several goes: cut anywhere, gone on with from where they stand, and checked as a whole at the end."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row
from cnt_grpc.media import finishing, resumable, sessions
from cnt_grpc.media.removal import GRACE, Remover
from cnt_grpc.media.storage import PART, Storage
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as media_pb
from cnt_grpc.pb.cnt.media.v1 import upload_service_pb2 as pb2
from tests.harness.api import Api, Service
from tests.harness.world import World
from tests.media import makers
from tests.media.test_uploads import Ann, until

PIECE = 200_000


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


@pytest.fixture
def uploads(ann: Ann) -> Service:
    return ann.api.as_(ann.person).upload


@pytest.fixture
def wav(tmp_path: Path) -> bytes:
    """About 18 MB: two whole parts and a piece."""
    return makers.tone(tmp_path / "a.wav", 210).read_bytes()


@pytest.fixture
def mp3(tmp_path: Path) -> bytes:
    return makers.tone(tmp_path / "a.mp3", 3).read_bytes()


def declared(data: bytes, content_type: str = "audio/wav", **more: Any) -> dict[str, Any]:
    return {
        "purpose": media_pb.MEDIA_PURPOSE_AUDIO,
        "content_type": content_type,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "filename": "sermon",
    } | more


async def pieces(upload_id: str, data: bytes, offset: int, cut: int | None = None) -> AsyncIterator[Any]:
    """The rest of the file; with `cut` only so many bytes, after which the client says nothing any more."""
    end = len(data) if cut is None else min(len(data), offset + cut)
    first = True
    for at in range(offset, end, PIECE):
        body = HttpBody(data=data[at : min(at + PIECE, end)])
        yield (
            pb2.PutUploadRequest(upload_id=upload_id, offset=offset, piece=body)
            if first
            else pb2.PutUploadRequest(piece=body)
        )
        first = False
    if cut is not None:
        await asyncio.sleep(60)


async def put(uploads: Service, upload_id: str, data: bytes, offset: int = 0) -> int:
    return int((await uploads.PutUpload(pieces(upload_id, data, offset))).received)


async def begun(uploads: Service, data: bytes, content_type: str = "audio/wav", **more: Any) -> pb2.Upload:
    answer: pb2.Upload = (await uploads.CreateUpload(**declared(data, content_type, **more))).upload
    return answer


async def test_in_one_go(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mp3")
    assert (upload.received, upload.size, upload.part_size, list(upload.parts)) == (0, len(mp3), PART, [])
    assert await ann.charged() == len(mp3)
    assert await put(uploads, upload.upload_id, mp3) == len(mp3)
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert (media.state, media.content_type) == (media_pb2.MEDIA_STATE_READY, "audio/mpeg")
    assert media.duration_ms == pytest.approx(3000, abs=50)
    assert await ann.content(media.file_path) == mp3
    assert media.sha256 == hashlib.sha256(mp3).hexdigest()
    assert await ann.charged() == len(mp3)


async def test_finishing_twice_is_the_same_file(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    await put(uploads, upload.upload_id, mp3)
    first = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert (await uploads.CompleteUpload(upload_id=upload.upload_id)).media.media_id == first.media_id
    found = (await uploads.GetUpload(upload_id=upload.upload_id)).upload
    assert (found.media_id, found.received) == (first.media_id, len(mp3))
    await uploads.PutUpload(pieces(upload.upload_id, mp3, 0)).fails(StatusCode.FAILED_PRECONDITION, "UPLOAD_OVER")
    await uploads.DeleteUpload(upload_id=upload.upload_id)
    assert await ann.content(first.file_path) == mp3
    assert await ann.charged() == len(mp3)


async def test_cut_ten_times_anywhere(ann: Ann, uploads: Service, wav: bytes) -> None:
    upload = await begun(uploads, wav)
    chance = random.Random(7)
    received, cuts = 0, 0
    while cuts < 10:
        before = received
        cut = chance.randrange(1, 2_500_000)
        call = uploads.PutUpload(pieces(upload.upload_id, wav, received, cut), timeout=60).start()
        await asyncio.sleep(0.3)
        call.cancel()
        cuts += 1
        async with asyncio.timeout(10):
            while (now := (await uploads.GetUpload(upload_id=upload.upload_id)).upload.received) == before:
                await asyncio.sleep(0.05)
        # The part is there before the tail is.
        await asyncio.sleep(0.5)
        now = (await uploads.GetUpload(upload_id=upload.upload_id)).upload.received
        assert before < now <= before + cut
        received = now
    assert await put(uploads, upload.upload_id, wav, received) == len(wav)
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert hashlib.sha256(await ann.content(media.file_path)).digest() == hashlib.sha256(wav).digest()
    assert await ann.keys(f"private/incoming/{media.file_path.rpartition('/')[2].partition('.')[0]}") == []


async def test_small_goes(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    for at in range(0, len(mp3), 10_000):
        part = pb2.PutUploadRequest(upload_id=upload.upload_id, offset=at, piece=HttpBody(data=mp3[at : at + 10_000]))
        assert (await uploads.PutUpload([part])).received == min(len(mp3), at + 10_000)
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert await ann.content(media.file_path) == mp3


async def test_a_picture(ann: Ann, uploads: Service, tmp_path: Path) -> None:
    data = makers.picture(tmp_path / "a.png").read_bytes()
    upload = await begun(uploads, data, "image/png", purpose=media_pb.MEDIA_PURPOSE_IMAGE)
    await put(uploads, upload.upload_id, data)
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert (media.state, media.width) == (media_pb2.MEDIA_STATE_READY, 800)
    assert [each.name for each in media.variants] == ["thumbnail"]
    stem = media.file_path.rpartition("/")[2].partition(".")[0]
    await until(lambda: ann.count(f"private/incoming/{stem}"), 0)


async def test_a_wrong_offset_is_told_the_right_one(uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    part = pb2.PutUploadRequest(upload_id=upload.upload_id, piece=HttpBody(data=mp3[:5000]))
    await uploads.PutUpload([part])
    wrong = pb2.PutUploadRequest(upload_id=upload.upload_id, offset=4000, piece=HttpBody(data=mp3[4000:5000]))
    await uploads.PutUpload([wrong]).fails(StatusCode.FAILED_PRECONDITION, "UPLOAD_OFFSET_WRONG", received=5000)
    await uploads.CompleteUpload(upload_id=upload.upload_id).fails(
        StatusCode.FAILED_PRECONDITION, "UPLOAD_INCOMPLETE", received=5000
    )


async def test_more_than_declared(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3[:20_000], "audio/mpeg")
    part = pb2.PutUploadRequest(upload_id=upload.upload_id, piece=HttpBody(data=mp3[:20_001]))
    await uploads.PutUpload([part]).fails(StatusCode.INVALID_ARGUMENT, "UPLOAD_DIFFERS")
    await uploads.DeleteUpload(upload_id=upload.upload_id)
    await ann.nothing_is_left()


async def test_other_bytes_than_declared_leave_nothing(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg", sha256="0" * 64)
    await put(uploads, upload.upload_id, mp3)
    await uploads.CompleteUpload(upload_id=upload.upload_id).fails(StatusCode.INVALID_ARGUMENT, "UPLOAD_DIFFERS")
    await ann.nothing_is_left()


async def test_another_type_than_declared_is_refused_at_once(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/flac")
    await uploads.PutUpload(pieces(upload.upload_id, mp3, 0)).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED")
    await uploads.DeleteUpload(upload_id=upload.upload_id)
    await ann.nothing_is_left()


async def test_what_cannot_begin(ann: Ann, uploads: Service, mp3: bytes) -> None:
    await uploads.CreateUpload(**declared(mp3, "text/html")).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED")
    await uploads.CreateUpload(**declared(mp3, size=10**12)).fails(StatusCode.RESOURCE_EXHAUSTED, "FILE_TOO_LARGE")
    document = declared(mp3, "application/pdf", purpose=media_pb.MEDIA_PURPOSE_DOCUMENT)
    await uploads.CreateUpload(**document).fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")
    film = declared(mp3, "video/mp4", purpose=media_pb.MEDIA_PURPOSE_VIDEO, size=4_900_000_000)
    begun_ids = [(await uploads.CreateUpload(**film)).upload.upload_id for _ in range(4)]
    await uploads.CreateUpload(**film).fails(StatusCode.RESOURCE_EXHAUSTED, "MEDIA_QUOTA_EXCEEDED")
    for each in begun_ids:
        await uploads.DeleteUpload(upload_id=each)
    await ann.nothing_is_left()


async def test_giving_up_leaves_nothing(ann: Ann, uploads: Service, wav: bytes) -> None:
    upload = await begun(uploads, wav)
    call = uploads.PutUpload(pieces(upload.upload_id, wav, 0, PART + 100_000), timeout=60).start()
    await until_received(uploads, upload.upload_id)
    call.cancel()
    await asyncio.sleep(0.3)
    await uploads.DeleteUpload(upload_id=upload.upload_id)
    await uploads.GetUpload(upload_id=upload.upload_id).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")
    await ann.nothing_is_left()


async def test_two_at_once_do_no_harm(ann: Ann, uploads: Service, wav: bytes) -> None:
    """The old connection hangs; the client goes on over a new one, and then the old one wakes up."""
    upload = await begun(uploads, wav)
    wake = asyncio.Event()

    async def hanging() -> AsyncIterator[Any]:
        at = 0
        async for each in pieces(upload.upload_id, wav, 0):
            yield each
            at += PIECE
            if at == 9_000_000:
                await wake.wait()

    old = asyncio.ensure_future(_settled(uploads.PutUpload(hanging(), timeout=60)))
    received = await until_received(uploads, upload.upload_id)
    assert received == PART
    assert await put(uploads, upload.upload_id, wav, received) == len(wav)
    wake.set()
    await old
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert await ann.content(media.file_path) == wav


async def test_what_is_abandoned_is_swept_after_a_day(ann: Ann, uploads: Service, mp3: bytes) -> None:
    data = mp3[:20_000]
    upload = await begun(uploads, mp3, "audio/mpeg")
    await uploads.PutUpload([pb2.PutUploadRequest(upload_id=upload.upload_id, piece=HttpBody(data=data))])
    remover = Remover(ann.world.system.storage)
    # Only sessions, since a sweep of everything would take what other tests have left to use.
    await remover.sweep_sessions(ann.world.db, clock.now() - GRACE)
    assert (await uploads.GetUpload(upload_id=upload.upload_id)).upload.received == len(data)
    await remover.sweep_sessions(ann.world.db, clock.now() + timedelta(seconds=1))
    await uploads.GetUpload(upload_id=upload.upload_id).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")
    await ann.nothing_is_left()


async def test_nobody_has_a_hundred_under_way(
    ann: Ann, uploads: Service, mp3: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resumable.MOST_OPEN == 100
    monkeypatch.setattr(resumable, "MOST_OPEN", 3)
    open_ids = [(await begun(uploads, mp3, "audio/mpeg")).upload_id for _ in range(2)]
    both = [_settled(uploads.CreateUpload(**declared(mp3, "audio/mpeg"))) for _ in range(2)]
    results = await asyncio.gather(*both)
    assert sum(isinstance(each, pb2.CreateUploadResponse) for each in results) == 1, "the last place is taken once"
    refusal = await uploads.CreateUpload(**declared(mp3, "audio/mpeg")).fails(
        StatusCode.RESOURCE_EXHAUSTED, "UPLOADS_TOO_MANY", most=3
    )
    assert refusal.text == "3 uploads are under way"
    assert await ann.charged() == 3 * len(mp3), "what was refused does not count"
    # What is finished is not under way.
    await put(uploads, open_ids[0], mp3)
    await uploads.CompleteUpload(upload_id=open_ids[0])
    assert (await begun(uploads, mp3, "audio/mpeg")).received == 0


@pytest.mark.parametrize("who", ["owner", "sweeper"])
async def test_what_is_being_given_up_is_not_finished(
    who: str, ann: Ann, uploads: Service, mp3: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    await put(uploads, upload.upload_id, mp3)
    begins, goes_on, real = asyncio.Event(), asyncio.Event(), sessions.forget_bytes

    async def slow(storage: Storage, row: Row) -> None:
        if row["id"] == upload.upload_id:
            begins.set()
            await goes_on.wait()
        await real(storage, row)

    monkeypatch.setattr(sessions, "forget_bytes", slow)
    remover, later = Remover(ann.world.system.storage), clock.now() + timedelta(seconds=1)
    giving_up = asyncio.ensure_future(
        remover.sweep_sessions(ann.world.db, later)
        if who == "sweeper"
        else _settled(uploads.DeleteUpload(upload_id=upload.upload_id))
    )
    async with asyncio.timeout(30):
        await begins.wait()
    await uploads.CompleteUpload(upload_id=upload.upload_id).fails(StatusCode.ABORTED, "UPLOAD_BUSY")
    await uploads.DeleteUpload(upload_id=upload.upload_id).fails(StatusCode.ABORTED, "UPLOAD_BUSY")
    goes_on.set()
    await giving_up
    await uploads.CompleteUpload(upload_id=upload.upload_id).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")
    await ann.nothing_is_left()


async def test_what_is_being_finished_is_not_taken_away(
    ann: Ann, uploads: Service, mp3: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    await put(uploads, upload.upload_id, mp3)
    begins, goes_on, real = asyncio.Event(), asyncio.Event(), finishing.join

    async def slow(storage: Storage, row: Row) -> bytes:
        begins.set()
        await goes_on.wait()
        return await real(storage, row)

    monkeypatch.setattr(finishing, "join", slow)
    completing = asyncio.ensure_future(_settled(uploads.CompleteUpload(upload_id=upload.upload_id)))
    async with asyncio.timeout(30):
        await begins.wait()
    await uploads.DeleteUpload(upload_id=upload.upload_id).fails(StatusCode.ABORTED, "UPLOAD_BUSY")
    await Remover(ann.world.system.storage).sweep_sessions(ann.world.db, clock.now() + timedelta(seconds=1))
    goes_on.set()
    answer: Any = await completing
    assert await ann.content(answer.media.file_path) == mp3


async def test_a_tail_that_is_shorter_than_was_told(ann: Ann, uploads: Service, mp3: bytes) -> None:
    """Of two calls at once, one has put its tail in the place of the other's, which came further."""
    upload = await begun(uploads, mp3, "audio/mpeg")
    first = pb2.PutUploadRequest(upload_id=upload.upload_id, piece=HttpBody(data=mp3[:9000]))
    assert (await uploads.PutUpload([first])).received == 9000
    row, storage = await resumable.own(ann.world.db, ann.person.id, upload.upload_id), ann.world.system.storage
    async with storage.create(sessions.tail_key(row), "application/octet-stream") as writer:
        await writer.write(mp3[:4000])
        await writer.commit()
    await uploads.PutUpload(pieces(upload.upload_id, mp3, 9000)).fails(
        StatusCode.FAILED_PRECONDITION, "UPLOAD_OFFSET_WRONG", received=4000
    )
    assert (await uploads.GetUpload(upload_id=upload.upload_id)).upload.received == 4000
    # And one that another call has taken up altogether.
    await storage.delete(sessions.tail_key(row))
    await uploads.PutUpload(pieces(upload.upload_id, mp3, 4000)).fails(
        StatusCode.FAILED_PRECONDITION, "UPLOAD_OFFSET_WRONG", received=0
    )
    assert await put(uploads, upload.upload_id, mp3) == len(mp3)
    media = (await uploads.CompleteUpload(upload_id=upload.upload_id)).media
    assert await ann.content(media.file_path) == mp3


async def test_only_ones_own(ann: Ann, uploads: Service, mp3: bytes) -> None:
    upload = await begun(uploads, mp3, "audio/mpeg")
    bob = await ann.other()
    theirs = bob.api.as_(bob.person).upload
    await theirs.PutUpload(pieces(upload.upload_id, mp3, 0)).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")
    await theirs.CompleteUpload(upload_id=upload.upload_id).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")
    await theirs.DeleteUpload(upload_id=upload.upload_id).fails(StatusCode.NOT_FOUND, "UPLOAD_NOT_FOUND")


async def until_received(uploads: Service, upload_id: str) -> int:
    """Wait until a part has come; how much there is."""
    async with asyncio.timeout(20):
        while not (now := (await uploads.GetUpload(upload_id=upload_id)).upload.received):
            await asyncio.sleep(0.05)
    return int(now)


async def _settled(pending: Any) -> object:
    try:
        return await pending
    except AssertionError as refusal:
        return refusal
