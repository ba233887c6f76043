"""The S3 store when the road to it is bad: every step fails once, or for good, and nothing is left behind."""

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import NotFound, Unavailable
from cnt_grpc.media.purposes import AUDIO, Limits
from cnt_grpc.media.removal import Remover
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.s3 import S3Access, S3Storage
from cnt_grpc.media.storage import PART, Draft
from cnt_grpc.media.uploads import Declared, Intake
from tests.auth import makers as people
from tests.harness.world import World
from tests.media import s3_server
from tests.media.s3_server import Road
from tests.media.test_storage import KEY, content, leftovers, write

STEPS = 6
"""Requests of one object in two parts and a piece: begin, three parts, list, complete."""


@pytest.fixture(params=["s3_url", "real_s3_url"])
async def road(request: pytest.FixtureRequest) -> AsyncIterator[Road]:
    async with s3_server.road_to(request.getfixturevalue(request.param)) as made:
        yield made


def _opened(road: Road) -> S3Storage:
    access = s3_server.new_bucket(road.target)
    return S3Storage(S3Access(access.bucket, endpoint=road.url, key_id="testing", secret="testing", timeout=1.0))


DATA = os.urandom(PART) * 2 + b"tail" * 1000


@pytest.mark.parametrize("how", ["500", "late", "after"])
@pytest.mark.parametrize("step", range(STEPS))
async def test_a_step_that_fails_once_is_tried_again(step: int, how: str, road: Road) -> None:
    storage = _opened(road)
    road.broken, road.how = {step}, how
    await write(storage, KEY, DATA)
    assert await content(storage, KEY) == DATA
    unfinished = await leftovers(storage)
    assert unfinished == [KEY] or (step, how) == (0, "after")
    storage.close()


@pytest.mark.parametrize("step", [0, 2, STEPS - 1])
async def test_a_store_that_fails_for_good_is_told_and_left_clean(step: int, road: Road) -> None:
    storage = _opened(road)
    road.broken = set(range(step, step + 4))
    with pytest.raises((Unavailable, OSError)):
        await write(storage, KEY, DATA)
    await storage.sweep(timedelta(seconds=-5))
    assert await leftovers(storage) == []
    storage.close()


async def test_leftovers_of_killed_writers_are_swept(road: Road) -> None:
    storage = _opened(road)
    draft = await storage.begin(KEY, "audio/mpeg", PART)
    # One of the servers of these tests says of each upload that it began in 2010, the other one tells the truth.
    assert await storage.sweep(timedelta(hours=24)) + await storage.sweep(timedelta(seconds=-5)) == 1
    assert await storage.arrived(draft) == 0
    storage.close()


@pytest.mark.parametrize("how", ["500", "late", "after"])
async def test_a_copy_in_parts_whose_last_answer_is_lost(how: str, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.media.s3._MOST_COPIED", PART)
    storage = _opened(road)
    await write(storage, KEY, DATA)
    # Two questions of its size, the beginning, three parts and their list come before.
    road.broken, road.how = {len(road.seen) + 7}, how
    await storage.copy(KEY, "audio/copy.mp3")
    assert road.seen[min(road.broken)].startswith("POST")
    assert await content(storage, "audio/copy.mp3") == DATA
    assert sorted(await leftovers(storage)) == sorted([KEY, "audio/copy.mp3"])
    storage.close()


async def test_a_copy_tells_a_lost_draft_from_a_lost_source(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.media.s3._MOST_COPIED", PART)
    storage = _opened(road)
    await write(storage, KEY, DATA)
    real = storage.join

    async def gone(draft: Draft) -> None:
        await storage.drop(draft)
        await real(draft)

    monkeypatch.setattr(storage, "join", gone)
    with pytest.raises(OSError, match="what had been copied") as refusal:
        await storage.copy(KEY, "audio/copy.mp3")
    assert not isinstance(refusal.value, FileNotFoundError)
    await storage.delete(KEY)
    with pytest.raises(FileNotFoundError):
        await storage.copy(KEY, "audio/copy.mp3")
    storage.close()


async def test_what_is_gone_on_with_outlives_a_day(road: Road, scratch: Database) -> None:
    """A phone puts parts straight into the store, and asks where it stands; it began a day ago."""
    async with scratch.transaction() as tx:
        ann = (await people.user(tx))["id"]
    access = s3_server.new_bucket(road.target)
    storage = S3Storage(S3Access(access.bucket, endpoint=road.target, key_id="testing", secret="testing"))
    uploads, data = Resumable(Intake(storage, Limits())), wave(2 * PART)
    declared = Declared("a.wav", len(data), hashlib.sha256(data).digest())
    begun = await uploads.begin(scratch, ann, AUDIO, "audio/wav", declared)
    session, places = begun.row["id"], uploads.places(begun)
    for number, hours in ((0, 20), (1, 5)):
        clock.move(timedelta(hours=hours))
        first = Request(places[number].url, data=data[number * PART : (number + 1) * PART], method="PUT")  # noqa: S310
        first.add_header("Content-Type", "application/octet-stream")
        with urlopen(first, timeout=20) as answer:  # noqa: ASYNC210, S310
            assert answer.status == 200
        assert (await uploads.standing(scratch, ann, session)).received == (number + 1) * PART
    await Remover(storage).sweep(scratch)
    assert (await uploads.standing(scratch, ann, session)).received == 2 * PART
    clock.move(timedelta(hours=25))
    await Remover(storage).sweep(scratch)
    with pytest.raises(NotFound):
        await uploads.standing(scratch, ann, session)
    assert await leftovers(storage) == []
    storage.close()


async def test_private_addresses_of_the_store_name_their_file(s3_url: str) -> None:
    made = s3_server.new_bucket(s3_url)
    small, large = S3Storage(made), S3Storage(S3Access("cnt-files", "eu-west-3", key_id="testing", secret="testing"))
    urls = [
        media.Urls("https://cdn.example", small).private(KEY),
        f"{s3_url}/{made.bucket}/{KEY}",
    ]
    for url in urls:
        assert media.Urls("https://cdn.example", small).key_of(url) == KEY, url
        assert media.Urls("https://cdn.example", large).key_of(url) == ""
    urls = [
        media.Urls("https://cdn.example", large).private(KEY),
        f"https://s3.eu-west-3.amazonaws.com/cnt-files/{KEY}",
        f"https://cnt-files.s3.eu-west-3.amazonaws.com/{KEY}?versionId=1",
        f"https://cnt-files.s3.amazonaws.com/{KEY}",
        f"https://cdn.example/{KEY}",
        KEY,
    ]
    for url in urls:
        assert media.Urls("https://cdn.example", large).key_of(url) == KEY, url
    for url in (
        f"https://other.s3.eu-west-3.amazonaws.com/{KEY}",
        f"https://s3.amazonaws.com/other/{KEY}",
        f"https://evil.example/cnt-files/{KEY}",
        "https://cnt-files.s3.amazonaws.com/",
        "https://cnt-files.s3.amazonaws.com/../a.mp3",
    ):
        assert media.Urls("https://cdn.example", large).key_of(url) == "", url
    small.close()
    large.close()


async def test_addresses_lead_straight_to_the_store(road: Road, tmp_path: Path) -> None:
    storage = _opened(road)
    road_less = S3Storage(S3Access(storage._client.bucket, endpoint=road.target, key_id="testing", secret="testing"))
    draft = await road_less.begin(KEY, "audio/mpeg", len(DATA))
    for number in (1, 2, 3):
        url = road_less.part_url(draft, number, 900)
        assert url is not None
        part = DATA[(number - 1) * PART : number * PART]
        headers = {"Content-Type": "application/octet-stream"}
        with urlopen(Request(url, data=part, method="PUT", headers=headers), timeout=20) as answer:  # noqa: ASYNC210, S310  (a test alone on its loop)
            assert answer.status == 200
    assert await road_less.arrived(draft) == len(DATA)
    await road_less.join(draft)
    url = road_less.signed_url(KEY, 900)
    assert url is not None
    assert "X-Amz-Signature" in url
    with urlopen(url) as answer:  # noqa: ASYNC210, S310
        assert answer.read() == DATA
    await road_less.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == DATA
    storage.close()
    road_less.close()


async def test_an_upload_whose_bytes_pass_us_by(road: Road, world: World) -> None:
    access = s3_server.new_bucket(road.target)
    storage = S3Storage(S3Access(access.bucket, endpoint=road.target, key_id="testing", secret="testing"))
    uploads, ann = Resumable(Intake(storage, world.system.limits)), await world.user()
    data = wave(2 * PART + 1000)
    declared = Declared("a.wav", len(data), hashlib.sha256(data).digest())
    begun = await uploads.begin(world.db, ann.id, AUDIO, "audio/wav", declared)
    session = begun.row["id"]
    places = uploads.places(begun)
    assert [(each.number, each.offset, each.size) for each in places] == [
        (1, 0, PART),
        (2, PART, PART),
        (3, 2 * PART, 1000),
    ]
    # The first part goes straight to the store, the rest through us.
    headers = {"Content-Type": "application/octet-stream"}
    first = Request(places[0].url, data=data[:PART], method="PUT", headers=headers)  # noqa: S310
    with urlopen(first, timeout=20) as answer:  # noqa: ASYNC210, S310
        assert answer.status == 200
    standing = await uploads.standing(world.db, ann.id, session)
    assert standing.received == PART
    assert [each.number for each in uploads.places(standing)] == [2, 3]

    async def rest(start: int, end: int) -> AsyncIterator[bytes]:
        yield data[start:end]

    for start, end in ((PART, PART + 500), (PART + 500, len(data))):
        assert (await uploads.put(world.db, ann.id, session, start, rest(start, end))).received == end
    media_id, job = await uploads.complete(world.db, ann.id, session)
    assert job is not None
    assert await uploads.complete(world.db, ann.id, session) == (media_id, None)
    assert await content(storage, begun.row["key"]) == data
    assert await leftovers(storage) == [begun.row["key"]]
    storage.close()


def wave(size: int) -> bytes:
    """Noise of so many bytes in all, as a wav file."""
    header = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\x00\x01\x00\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00"
    start = header + form + b"data" + (size - 44).to_bytes(4, "little")
    return start + os.urandom(size - len(start))
