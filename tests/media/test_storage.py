"""What every store promises, tried on each of them; and what the local one promises besides."""

import asyncio
import contextlib
import errno
import hashlib
import os
import resource
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media.local import LocalStorage
from cnt_grpc.media.s3 import S3Storage
from cnt_grpc.media.storage import PART, PIECE, Draft, Storage, Written, is_key
from cnt_grpc.pb.cnt.media.v1.reason import Reason
from tests.media import s3_server

KEY = "audio/0123456789abcdef.mp3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def local(folder: Path) -> Iterator[LocalStorage]:
    made = LocalStorage(folder)
    yield made
    made.close()


@pytest.fixture(params=["local", "s3", "real s3"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    if request.param == "local":
        yield request.getfixturevalue("local")
        return
    made = S3Storage(
        s3_server.new_bucket(request.getfixturevalue("s3_url" if request.param == "s3" else "real_s3_url"))
    )
    yield made
    made.close()


async def leftovers(storage: Storage) -> list[str]:
    """Everything that is there, seen or unseen."""
    if isinstance(storage, LocalStorage):
        return [path.name for path in files(storage._root)]
    assert isinstance(storage, S3Storage)
    unfinished = (await storage.call("list_multipart_uploads")).get("Uploads", ())
    return [*await keys(storage), *(each["Key"] for each in unfinished)]


async def write(storage: Storage, key: str, *pieces: bytes) -> Written:
    async with storage.create(key, "audio/mpeg") as writer:
        for piece in pieces:
            await writer.write(piece)
        return await writer.commit()


async def content(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in storage.read(key, start, end)])


async def keys(storage: Storage, prefix: str = "") -> list[str]:
    return sorted([stored.key async for stored in storage.objects(prefix)])


async def test_what_is_written_is_read(storage: Storage) -> None:
    pieces = [bytes([number]) * 300_000 for number in range(9)]
    whole = b"".join(pieces)
    written = await write(storage, KEY, *pieces)
    assert written == Written(len(whole), hashlib.sha256(whole).digest())
    found = await storage.stat(KEY)
    assert found is not None
    assert (found.key, found.size) == (KEY, len(whole))
    assert await content(storage, KEY) == whole
    assert await content(storage, KEY, 299_999, 300_001) == b"\0\1"
    assert await content(storage, KEY, len(whole) - 3) == whole[-3:]
    assert await content(storage, KEY, 5, 5) == b""
    assert all([len(piece) <= PIECE async for piece in storage.read(KEY)])


async def test_an_empty_object(storage: Storage) -> None:
    assert (await write(storage, KEY)).size == 0
    assert await content(storage, KEY) == b""


async def test_nothing_is_seen_before_the_commit(storage: Storage) -> None:
    async with storage.create(KEY, "audio/mpeg") as writer:
        await writer.write(b"x" * 100_000)
        assert await storage.stat(KEY) is None
        assert await keys(storage) == []
        await writer.commit()
        assert await storage.stat(KEY) is not None


async def test_what_is_not_committed_is_gone(storage: Storage) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with storage.create(KEY, "audio/mpeg") as writer:
            await writer.write(b"x" * 100_000)
            raise ZeroDivisionError
    assert await storage.stat(KEY) is None
    assert await leftovers(storage) == []


async def test_a_cancelled_writer_leaves_nothing(storage: Storage) -> None:
    async def work() -> None:
        async with storage.create(KEY, "audio/mpeg") as writer:
            while True:
                await writer.write(b"x" * 1_000_000)

    for number in range(20):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.001 * number)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await leftovers(storage) == []


async def test_the_last_of_two_writers_wins_whole(storage: Storage) -> None:
    await asyncio.gather(*(write(storage, KEY, bytes([number]) * 500_000, bytes([number])) for number in range(4)))
    assert len(set(await content(storage, KEY))) == 1


async def test_what_is_not_there(storage: Storage, tmp_path: Path) -> None:
    assert await storage.stat(KEY) is None
    await storage.delete(KEY)
    with pytest.raises(FileNotFoundError):
        await content(storage, KEY)
    with pytest.raises(FileNotFoundError):
        await storage.fetch(KEY, tmp_path / "copy")


async def test_deleting(storage: Storage) -> None:
    await write(storage, KEY, b"1")
    await write(storage, "video/a.mp4", b"2")
    await write(storage, "private/incoming/a.png", b"3")
    assert await keys(storage) == [KEY, "private/incoming/a.png", "video/a.mp4"]
    assert await keys(storage, "private/incoming/") == ["private/incoming/a.png"]
    await storage.delete(KEY, "audio/never.mp3", "video/a.mp4")
    assert await keys(storage) == ["private/incoming/a.png"]


async def test_files_in_and_out(storage: Storage, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_bytes(b"still" * 1000)
    assert (await storage.put(KEY, made, "image/jpeg")).size == 5000
    assert made.exists()
    copy = tmp_path / "copy"
    await storage.fetch(KEY, copy)
    assert copy.read_bytes() == made.read_bytes()
    copy.unlink()
    assert await content(storage, KEY) == b"still" * 1000


async def test_reading_goes_on_while_the_object_is_deleted(storage: Storage) -> None:
    await write(storage, KEY, b"x" * 3 * PIECE)
    reading = storage.read(KEY)
    size = len(await anext(reading))
    await storage.delete(KEY)
    with contextlib.suppress(FileNotFoundError):
        async for piece in reading:
            size += len(piece)
    assert size in {PIECE, 3 * PIECE}


NOT_KEYS = r"""
    a a.mp3 /etc/passwd ../a/b.mp3 a/../b.mp3 a//b.mp3 a/.b.mp3 .incoming/a.b a/b a/b.mp3/ a/b.tar.gz A/b.mp3
    a\b/c.mp3 a/%2e%2e/b.mp3 ä/b.mp3
"""


@pytest.mark.parametrize("text", ["", "a/b.mp3\0", "a/b.mp3\n", "a/" + "b" * 300 + ".mp3", *NOT_KEYS.split()])
async def test_what_is_no_key(text: str, storage: Storage) -> None:
    assert not is_key(text)
    with pytest.raises(ValueError, match="no key"):
        await storage.stat(text)


async def test_memory_stays_flat(storage: Storage) -> None:
    """64 MB in pieces of 1 MiB; a store that kept them would show it."""

    async def many() -> AsyncIterator[bytes]:
        for number in range(64):
            yield bytes([number]) * PIECE

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with storage.create(KEY, "audio/mpeg") as writer:
        async for piece in many():
            await writer.write(piece)
        await writer.commit()
    most = 16_000 if isinstance(storage, LocalStorage) else 80_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < most


async def test_a_second_key_for_the_same_bytes(storage: Storage) -> None:
    await write(storage, "private/drafts/audio/a.mp3", b"song" * 1000)
    for _ in range(2):
        await storage.copy("private/drafts/audio/a.mp3", "audio/a.mp3")
    assert await content(storage, "audio/a.mp3") == b"song" * 1000
    await storage.delete("private/drafts/audio/a.mp3")
    assert await content(storage, "audio/a.mp3") == b"song" * 1000
    with pytest.raises(FileNotFoundError):
        await storage.copy("private/drafts/audio/a.mp3", "audio/b.mp3")
    assert await leftovers(storage) == ["a.mp3" if isinstance(storage, LocalStorage) else "audio/a.mp3"]


async def test_a_large_object_is_copied_in_parts(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.media.s3._MOST_COPIED", PART)
    data = os.urandom(2 * PART + 99)
    await write(storage, KEY, data)
    await storage.copy(KEY, "audio/b.mp3")
    assert await content(storage, "audio/b.mp3") == data


NO_DRAFT = (FileNotFoundError, Unavailable)
"""The server of these tests breaks down over a part of an upload that it does not know; others say NoSuchUpload."""


async def drafted(storage: Storage, data: bytes) -> Draft:
    draft = await storage.begin(KEY, "audio/mpeg", len(data))
    for number, at in enumerate(range(0, len(data), PART), 1):
        await storage.put_part(draft, number, data[at : at + PART])
    return draft


async def test_an_object_in_several_goes(storage: Storage) -> None:
    data = os.urandom(2 * PART + 12_345)
    draft = await storage.begin(KEY, "audio/mpeg", len(data))
    assert await storage.arrived(draft) == 0
    await storage.put_part(draft, 1, data[:PART])
    assert await storage.arrived(draft) == PART
    assert await storage.stat(KEY) is None
    await storage.put_part(draft, 2, data[PART : 2 * PART])
    await storage.put_part(draft, 2, data[PART : 2 * PART])
    await storage.put_part(draft, 3, data[2 * PART :])
    assert await storage.arrived(draft) == len(data)
    await storage.join(draft)
    assert await content(storage, KEY) == data
    # What is joined never changes.
    with pytest.raises(NO_DRAFT):
        await storage.put_part(draft, 1, data[:PART])
    with pytest.raises(FileNotFoundError):
        await storage.join(draft)
    await storage.drop(draft)
    assert await leftovers(storage) == ["0123456789abcdef.mp3" if isinstance(storage, LocalStorage) else KEY]


async def test_what_is_dropped_is_gone(storage: Storage) -> None:
    draft = await drafted(storage, os.urandom(PART + 5))
    await storage.drop(draft)
    await storage.drop(draft)
    assert await storage.arrived(draft) == 0
    with pytest.raises(NO_DRAFT):
        await storage.put_part(draft, 1, b"x")
    assert await leftovers(storage) == []


async def test_drafts_that_are_gone_on_with_are_not_swept(storage: Storage) -> None:
    kept, left = await drafted(storage, b"x" * (PART + 5)), await storage.begin("audio/b.mp3", "audio/mpeg", PART)
    # One of the servers of these tests says of each upload that it began in 2010, the other one tells the truth.
    assert await storage.sweep(timedelta(seconds=-5), keep={kept.ticket}) == 1
    assert await storage.arrived(kept) == PART + 5
    with pytest.raises(NO_DRAFT):
        await storage.put_part(left, 1, b"x")
    await storage.join(kept)
    assert await content(storage, KEY) == b"x" * (PART + 5)


async def test_reading_from_anywhere_to_anywhere(storage: Storage) -> None:
    """Over S3 it is read by parts, the next one while one is read."""
    data = os.urandom(2 * PART + 99)
    await write(storage, KEY, data)
    for start, end in ((0, None), (PART - 1, PART + 1), (1, PART), (PIECE, 2 * PART + 98), (5, 10**12), (10**12, None)):
        assert await content(storage, KEY, start, end) == data[start:end]


# -- the local store ---------------------------------------------------------------------------------------------------


async def test_a_full_disk_is_told_and_left_clean(
    local: LocalStorage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, "no space")
        return real(file, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable) as refusal:
        await write(local, KEY, b"x" * 1000, b"y" * 50, b"z" * 1000)
    assert refusal.value.reason == Reason.STORAGE_FULL
    assert files(folder) == []


async def test_room_is_left_on_the_disk(folder: Path) -> None:
    storage = LocalStorage(folder, keep_free=2**62)
    with pytest.raises(Unavailable) as refusal:
        await write(storage, KEY, b"x")
    assert refusal.value.reason == Reason.STORAGE_FULL
    storage.close()


async def test_room_is_looked_for_while_writing(folder: Path) -> None:
    storage = LocalStorage(folder, keep_free=0)
    async with storage.create(KEY, "audio/mpeg") as writer:
        await writer.write(b"x" * 7 * PIECE)
        storage._keep_free = 2**62
        await writer.write(b"x" * PIECE)
        with pytest.raises(Unavailable):
            await writer.commit()
    assert files(folder) == []
    storage.close()


async def test_leftovers_of_killed_writers_are_swept(local: LocalStorage, folder: Path) -> None:
    old, young = folder / ".incoming" / "old", folder / ".incoming" / "young"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    await write(local, KEY, b"x")
    assert await local.sweep(timedelta(hours=24)) == 1
    assert not old.exists()
    assert young.exists()
    assert await local.stat(KEY) is not None


async def test_a_file_on_another_disk_is_not_copied(
    local: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(local, KEY, b"x" * 1000)

    def elsewhere(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(Path, "hardlink_to", elsewhere)
    await local.fetch(KEY, tmp_path / "film")
    assert (tmp_path / "film").is_symlink()
    assert (tmp_path / "film").read_bytes() == b"x" * 1000


async def test_stored_files_cannot_be_written_to(local: LocalStorage) -> None:
    await write(local, KEY, b"x")
    assert local.path(KEY).stat().st_mode & 0o222 == 0


def files(folder: Path) -> list[Path]:
    """All files that are left, hidden ones too."""
    return [path for path in folder.rglob("*") if path.is_file()]
