"""Uploads through the wire: real bytes in, a media object out, and nothing left of what is refused."""

import asyncio
import hashlib
import io
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from grpc import StatusCode
from PIL import Image
from sqlalchemy import Executable, bindparam, func, select, union_all

from cnt_grpc.kit.db import statement
from cnt_grpc.media import examine, reception, uploads
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.sessions import tail_key
from cnt_grpc.media.sniff import Kind
from cnt_grpc.media.tables import media_objects, media_usage, media_variants, upload_sessions
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from tests.harness.api import Api, Service
from tests.harness.world import Person, World
from tests.media import makers

PIECE = 100_000


def raw(
    data: bytes, filename: str = "sermon.mp3", kind: type[Any] = pb2.UploadAudioRequest, **more: Any
) -> Iterator[Any]:
    """A raw body as Envoy hands it over."""
    yield kind(file=HttpBody(content_type="application/octet-stream", data=data[:PIECE]), filename=filename, **more)
    for at in range(PIECE, len(data), PIECE):
        yield kind(file=HttpBody(data=data[at : at + PIECE]))


def multipart(data: bytes, filename: str, kind: type[Any] = pb2.UploadAudioRequest) -> Iterator[Any]:
    """A form with the file, as a browser sends it."""
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'.encode()
    body = head + data + f"\r\n--{boundary}--\r\n".encode()
    yield kind(file=HttpBody(content_type=f"multipart/form-data; boundary={boundary}", data=body[:PIECE]))
    for at in range(PIECE, len(body), PIECE):
        yield kind(file=HttpBody(data=body[at : at + PIECE]))


def pieces(data: bytes, start: pb2.UploadStart) -> Iterator[pb2.UploadRequest]:
    """What a gRPC client sends."""
    yield pb2.UploadRequest(start=start)
    for at in range(0, len(data), PIECE):
        yield pb2.UploadRequest(piece=data[at : at + PIECE])


@dataclass
class Ann:
    """Someone who uploads, and what a test looks at afterwards."""

    world: World
    api: Api
    person: Person
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    """What is older in the store was left by others."""

    @property
    def media(self) -> Service:
        return self.api.as_(self.person).media

    async def other(self, *, is_guest: bool = False) -> "Ann":
        return Ann(self.world, self.api, await self.world.user(is_guest=is_guest))

    async def content(self, key: str) -> bytes:
        return b"".join([piece async for piece in self.world.system.storage.read(key)])

    async def keys(self, prefix: str) -> list[str]:
        return [each.key async for each in self.world.system.storage.objects(prefix)]

    async def count(self, prefix: str) -> int:
        return len(await self.keys(prefix))

    async def charged(self) -> int:
        async with self.world.db.reading() as tx:
            return await tx.value(charged_bytes(), owner=self.person.id) or 0

    async def sessions(self) -> int:
        async with self.world.db.reading() as tx:
            return int(await tx.value(open_sessions(), owner=self.person.id))

    async def nothing_is_left(self) -> None:
        """Neither a session nor counted bytes, and no object that no row knows."""
        assert await self.sessions() == 0
        assert await self.charged() == 0
        # The worker may be busy with what other tests have left.
        await until(self._strays, 0)

    async def _strays(self) -> int:
        async with self.world.db.reading() as tx:
            known = {row["key"] for row in await tx.all(_known_keys())}
            sessions = await tx.all(_other_sessions(), owner=self.person.id)
        known |= {row["key"] for row in sessions} | {tail_key(row) for row in sessions}
        stored = [each.key async for each in self.world.system.storage.objects("") if each.modified_at >= self.since]
        strays = [key for key in stored if key not in known and not key.startswith("images/thumbnails/d")]
        folder = self.world.system.settings.media_dir / ".incoming"
        incoming = {each.name for each in folder.iterdir() if each.stat().st_mtime >= self.since.timestamp()}
        return len(strays) + len(incoming - {row["ticket"] for row in sessions})


@statement
def charged_bytes() -> Executable:
    return select(media_usage.c.bytes).where(media_usage.c.owner_id == bindparam("owner"))


@statement
def open_sessions() -> Executable:
    return select(func.count()).select_from(upload_sessions).where(upload_sessions.c.owner_id == bindparam("owner"))


@statement
def _other_sessions() -> Executable:
    """What other tests have begun and not finished."""
    return select(upload_sessions).where(upload_sessions.c.owner_id != bindparam("owner"))


@statement
def _known_keys() -> Executable:
    return union_all(select(media_objects.c.key), select(media_variants.c.key))


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


@pytest.fixture
def mp3(tmp_path: Path) -> bytes:
    return makers.tone(tmp_path / "a.mp3", 30).read_bytes()


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the worker."""
    monkeypatch.setattr(reception, "PATIENCE", 0)


# -- what is taken -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("send", [raw, multipart])
async def test_a_sound_file(send: Any, ann: Ann, mp3: bytes) -> None:
    answer = await ann.media.UploadAudio(send(mp3, "sermon.mp3"))
    assert answer.state == media_pb2.MEDIA_STATE_READY
    assert answer.duration_ms == pytest.approx(30_000, abs=50)
    assert answer.duration == 30
    assert answer.filename == "sermon.mp3"
    assert answer.content_type == "audio/mpeg"
    assert answer.size == len(mp3)
    assert answer.file_path.startswith("audio/")
    assert answer.file_path.endswith(".mp3")
    assert f"/media/{answer.file_path}?expires=" in answer.url
    assert await ann.content(answer.file_path) == mp3
    found = (await ann.media.GetMedia(media_id=answer.media_id)).media
    assert found.sha256 == hashlib.sha256(mp3).hexdigest()
    assert (found.kind, found.state) == (media_pb2.MEDIA_KIND_AUDIO, media_pb2.MEDIA_STATE_READY)
    assert (found.file_path, found.duration_ms, found.size) == (answer.file_path, answer.duration_ms, answer.size)
    assert await ann.charged() == len(mp3)


async def test_from_a_grpc_client(ann: Ann, mp3: bytes) -> None:
    digest = hashlib.sha256(mp3).digest()
    start = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO, filename="../a.mp3", size=len(mp3), sha256=digest)
    found = (await ann.media.Upload(pieces(mp3, start))).media
    assert (found.state, found.filename) == (media_pb2.MEDIA_STATE_READY, "a.mp3")
    assert await ann.content(found.file_path) == mp3


@pytest.mark.parametrize("wanted", [None, True, False])
async def test_a_film(wanted: bool | None, ann: Ann, tmp_path: Path) -> None:
    data = makers.film(tmp_path / "a.mp4", 2).read_bytes()
    more = {} if wanted is None else {"generate_thumbnail": wanted}
    answer = await ann.media.UploadVideo(raw(data, "a.mp4", pb2.UploadVideoRequest, **more))
    assert answer.state == media_pb2.MEDIA_STATE_READY
    assert answer.duration_ms == pytest.approx(2000, abs=50)
    assert await ann.content(answer.file_path) == data
    assert bool(answer.thumbnail_url) == (wanted is not False)
    found = (await ann.media.GetMedia(media_id=answer.media_id)).media
    assert (found.width, found.height) == (320, 240)


async def test_a_picture(ann: Ann, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    data = makers.picture(tmp_path / "a.jpg", exif=exif).read_bytes()
    answer = await ann.media.UploadImage(multipart(data, "me.jpg", pb2.UploadImageRequest))
    assert answer.state == media_pb2.MEDIA_STATE_READY
    stored = await ann.content(answer.file_path)
    assert b"SecretCamera" not in stored
    assert len(stored) == answer.size
    assert answer.thumbnail_url
    stem = answer.file_path.rpartition("/")[2].partition(".")[0]
    await until(lambda: ann.count(f"private/incoming/{stem}"), 0)


async def test_an_answer_does_not_wait_for_ever(no_patience: None, ann: Ann, mp3: bytes) -> None:
    answer = await ann.media.UploadAudio(raw(mp3))
    assert (answer.state, answer.duration_ms) == (media_pb2.MEDIA_STATE_PROBING, 0)

    async def state() -> int:
        return int((await ann.media.GetMedia(media_id=answer.media_id)).media.state)

    await until(state, media_pb2.MEDIA_STATE_READY)
    found = (await ann.media.GetMedia(media_id=answer.media_id)).media
    assert found.duration_ms == pytest.approx(30_000, abs=50)


# -- what is refused ---------------------------------------------------------------------------------------------------


async def test_what_is_no_sound(ann: Ann, tmp_path: Path) -> None:
    hostile = [
        makers.picture(tmp_path / "a.png").read_bytes(),
        b"#EXTM3U\nfile:///etc/passwd",
        b"<html><script>alert(1)</script>",
        b"PK\3\4" + b"\0" * 5000,
        b"MZ" + b"\0" * 5000,
    ]
    for data in hostile:
        for body in (raw(data), multipart(data, "a.mp3")):
            refusal = await ann.media.UploadAudio(body).fails(
                StatusCode.INVALID_ARGUMENT, "MEDIA_TYPE_REFUSED", kind="audio"
            )
            assert "mp3, wav, webm, m4a, aac, flac, ogg" in refusal.text
    await ann.nothing_is_left()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (lambda: raw(b""), "UPLOAD_EMPTY"),
        (lambda: multipart(b"", "a.mp3"), "UPLOAD_EMPTY"),
        (list, "MALFORMED"),
    ],
)
async def test_what_is_no_upload(body: Any, reason: str, ann: Ann) -> None:
    await ann.media.UploadAudio(body()).fails(StatusCode.INVALID_ARGUMENT, reason)
    await ann.nothing_is_left()


async def test_a_form_that_breaks_off(ann: Ann, mp3: bytes) -> None:
    cut = [*multipart(mp3, "a.mp3")][:-1]
    await ann.media.UploadAudio(cut).fails(StatusCode.INVALID_ARGUMENT, "MALFORMED")
    await ann.nothing_is_left()


async def test_what_turns_out_to_be_unreadable(ann: Ann, tmp_path: Path) -> None:
    film = makers.film(tmp_path / "a.mp4", 3, "-movflags", "+faststart").read_bytes()
    body = raw(film[: len(film) // 2], "a.mp4", pb2.UploadVideoRequest)
    refusal = await ann.media.UploadVideo(body).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_UNREADABLE")
    assert "breaks off" in refusal.text
    found = (await ann.media.GetMedia(media_id=int(refusal.metadata["media_id"]))).media
    assert found.state == media_pb2.MEDIA_STATE_FAILED
    assert (found.failure, found.url) == ("it breaks off before its end", "")
    assert await ann.charged() == 0
    await until(lambda: ann.count(found.file_path), 0)


async def test_a_picture_with_too_many_pixels(ann: Ann) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (7200, 7000), "navy").save(drawn, "PNG", compress_level=1)
    body = raw(drawn.getvalue(), "a.png", pb2.UploadImageRequest)
    refusal = await ann.media.UploadImage(body).fails(
        StatusCode.RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", kind="image", most_pixels=50_000_000
    )
    assert refusal.text == "a picture may have 50 million pixels"
    found = (await ann.media.GetMedia(media_id=int(refusal.metadata["media_id"]))).media
    assert (found.state, found.failure) == (media_pb2.MEDIA_STATE_FAILED, "it has more than 50 million pixels")
    assert await ann.charged() == 0
    # A header that says more than the file can hold is damage, not size.
    lie = bytearray(drawn.getvalue()[:5000] + drawn.getvalue()[-12:])
    body = raw(bytes(lie), "a.png", pb2.UploadImageRequest)
    await ann.media.UploadImage(body).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_UNREADABLE")


async def test_a_file_that_kills_its_examiner(
    ann: Ann, mp3: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film.py").write_text("import os; os.kill(os.getpid(), 11)")
    with monkeypatch.context() as patch:
        patch.setattr(examine, "_SCRIPTS", tmp_path)
        await ann.media.UploadAudio(raw(mp3)).fails(StatusCode.INVALID_ARGUMENT, "MEDIA_UNREADABLE")
    # And the worker lives.
    assert (await ann.media.UploadAudio(raw(mp3))).state == media_pb2.MEDIA_STATE_READY


@pytest.mark.parametrize(
    "start",
    [
        pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO, size=5),
        pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO, sha256=b"x" * 32),
    ],
)
async def test_bytes_that_are_not_those_declared(start: pb2.UploadStart, ann: Ann, mp3: bytes) -> None:
    await ann.media.Upload(pieces(mp3, start)).fails(StatusCode.INVALID_ARGUMENT, "UPLOAD_DIFFERS")
    await ann.nothing_is_left()


async def test_a_start_is_first_and_only_once(ann: Ann, mp3: bytes) -> None:
    start = pb2.UploadRequest(start=pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO))
    piece = pb2.UploadRequest(piece=mp3[:1000])
    for requests in ([], [piece], [start, piece, start]):
        await ann.media.Upload(requests).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    await ann.nothing_is_left()


# -- limits ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones: 300 kB a sound file, 500 kB a person."""
    small = Limits(bytes_of=dict.fromkeys(Kind, 300_000), quota=500_000)
    take = uploads.Intake.take

    async def limited(self: uploads.Intake, *given: Any) -> Any:
        return await take(uploads.Intake(self.storage, small), *given)

    monkeypatch.setattr(uploads.Intake, "take", limited)


async def test_a_file_that_is_too_large(limits: None, ann: Ann, mp3: bytes) -> None:
    async def endless() -> AsyncIterator[pb2.UploadAudioRequest]:
        for request in raw(mp3 * 4):
            yield request
        # Python's client confuses a refusal with a broken connection while it is writing, so this one waits for it.
        await asyncio.sleep(60)

    refusal = await ann.media.UploadAudio(endless()).fails(
        StatusCode.RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", most_bytes=300_000
    )
    assert refusal.retry_after > 0
    await ann.nothing_is_left()
    start = pb2.UploadStart(purpose=pb2.MEDIA_PURPOSE_AUDIO, size=300_001)
    await ann.media.Upload(pieces(mp3, start)).fails(StatusCode.RESOURCE_EXHAUSTED, "FILE_TOO_LARGE")


async def test_a_quota(limits: None, no_patience: None, ann: Ann, mp3: bytes) -> None:
    data = mp3[:200_000]
    answers = await asyncio.gather(*(ann.media.UploadAudio(raw(data)) for _ in range(6)), return_exceptions=True)
    refused = [each for each in answers if isinstance(each, AssertionError)]
    assert len(refused) == 4
    assert {getattr(each, "reason", "") for each in refused} == {"MEDIA_QUOTA_EXCEEDED"}
    assert await ann.charged() == 400_000
    bob = await ann.other()
    await bob.media.UploadAudio(raw(data))


# -- accidents ---------------------------------------------------------------------------------------------------------


async def test_a_cancelled_upload_leaves_nothing(no_patience: None, ann: Ann, mp3: bytes) -> None:
    for number in range(10):
        going_on = asyncio.Event()

        async def slowly(after: int = number, going_on: asyncio.Event = going_on) -> AsyncIterator[Any]:
            for at, request in enumerate(raw(mp3 * 4)):
                yield request
                if at >= after:
                    going_on.set()
                    await asyncio.sleep(60)

        call = ann.media.UploadAudio(slowly()).start()
        try:
            async with asyncio.timeout(0.5):
                await going_on.wait()
                await asyncio.sleep(0.01 * number)
        except TimeoutError:
            pass
        call.cancel()
    await until(ann.sessions, 0)
    await ann.nothing_is_left()


async def test_small_pieces(no_patience: None, ann: Ann, mp3: bytes) -> None:
    data = mp3[:40_000]
    body = [pb2.UploadAudioRequest(file=HttpBody(data=data[at : at + 10])) for at in range(0, len(data), 10)]
    answer = await ann.media.UploadAudio(body)
    assert await ann.content(answer.file_path) == data


# -- whose -------------------------------------------------------------------------------------------------------------


async def test_only_ones_own_is_shown(ann: Ann) -> None:
    bob = await ann.other()
    async with ann.world.db.transaction() as tx:
        row = await makers.audio(tx, ann.person.id)
    assert (await ann.media.GetMedia(media_id=row["id"])).media.media_id == row["id"]
    theirs = await bob.media.GetMedia(media_id=row["id"]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    nobodys = await bob.media.GetMedia(media_id=2**62).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    assert theirs.wire == nobodys.wire


async def test_guests_and_strangers_do_not_upload(ann: Ann, mp3: bytes) -> None:
    await ann.api.media.UploadAudio(raw(mp3)).fails(StatusCode.UNAUTHENTICATED, "NOT_SIGNED_IN")
    guest = await ann.other(is_guest=True)
    await guest.media.UploadAudio(raw(mp3)).fails(StatusCode.PERMISSION_DENIED, "ROLE_MISSING")


async def until(look: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(20):
        while await look() != wanted:
            await asyncio.sleep(0.05)  # nothing tells the caller when
