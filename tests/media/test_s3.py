"""The S3 store when the road to it is bad: every step fails once, or for good, and nothing is left behind."""

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.media.purposes import AUDIO
from cnt_grpc.media.resumable import Resumable
from cnt_grpc.media.s3 import S3Access, S3Storage
from cnt_grpc.media.storage import PART
from cnt_grpc.media.uploads import Declared, Intake
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
    try:
        await write(storage, KEY, DATA)
    except FileNotFoundError:
        # The store had joined the parts, and only its answer was lost: whoever asks again finds the object.
        assert (step, how) == (STEPS - 1, "after")
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
