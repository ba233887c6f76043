"""What the platform makes itself: handed in, kept as a file like all others, and gone when nothing uses it."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from cnt_grpc import media
from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Changed, Exhausted
from cnt_grpc.media import Kind, Workshop, new_key
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.removal import Remover
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers
from tests.media.test_uploads import Ann


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


@pytest.fixture
def workshop(world: World) -> Workshop:
    return world.system.workshop


async def test_a_picture_with_words(ann: Ann, workshop: Workshop) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (1600, 1600), "teal").save(drawn, "JPEG")
    key = f"images/quotes/quote_{ann.person.id}_0123abcd.jpg"
    made = await workshop.hand_in(drawn.getvalue(), key)
    async with ann.world.db.transaction() as tx:
        media_id = await workshop.keep(tx, made, owner=ann.person.id)
        await media.use(tx, media_id, "community", f"post:{ann.person.id}")
        await media.publish(tx, media_id, "community", f"post:{ann.person.id}")
    assert await ann.content(key) == drawn.getvalue(), "what was made is stored as it is"
    found = (await ann.media.GetMedia(media_id=media_id)).media
    assert (found.kind, found.width, found.height) == (media_pb2.MEDIA_KIND_IMAGE, 1600, 1600)
    assert found.url.endswith(key)
    assert found.thumbnail_url
    assert [each.name for each in found.variants] == ["thumbnail", "medium"]
    assert all(each.file_path.startswith("images/quotes/") for each in found.variants)
    assert await ann.charged() == 0, "nobody pays for what the platform makes"


async def test_a_document_and_a_sound_and_a_film(ann: Ann, workshop: Workshop, tmp_path: Path) -> None:
    pdf = await workshop.hand_in(makers.document_file(tmp_path / "a.pdf"), new_key("documents", "pdf"))
    sound = await workshop.hand_in(makers.tone(tmp_path / "a.webm", 2), new_key("audio", "webm"), Kind.AUDIO)
    film = await workshop.hand_in(makers.film(tmp_path / "a.mp4", 2), new_key("video", "mp4"), thumbnail=True)
    async with ann.world.db.transaction() as tx:
        ids = [await workshop.keep(tx, each, owner=ann.person.id) for each in (pdf, sound, film)]
    found = [(await ann.media.GetMedia(media_id=each)).media for each in ids]
    assert [each.kind for each in found] == [
        media_pb2.MEDIA_KIND_DOCUMENT,
        media_pb2.MEDIA_KIND_AUDIO,
        media_pb2.MEDIA_KIND_VIDEO,
    ]
    assert [bool(each.thumbnail_url) for each in found] == [True, False, True]
    assert abs(found[1].duration_ms - 2000) < 50
    assert found[1].content_type == "audio/webm"
    async with workshop.bench(ann.world.db, ids[2]) as bench:
        assert bench is not None
        assert bench.path.read_bytes() == (tmp_path / "a.mp4").read_bytes()


async def test_what_a_recorder_has_put_into_the_store(ann: Ann, workshop: Workshop, tmp_path: Path) -> None:
    key = new_key("video", "mp4")
    assert await workshop.adopt(key) is None
    film = makers.film(tmp_path / "a.mp4", 2)
    await workshop.storage.put(key, film, "video/mp4")
    made = await workshop.adopt(key)
    assert made is not None
    assert made.written.sha256 == hashlib.sha256(film.read_bytes()).digest()
    async with ann.world.db.transaction() as tx:
        media_id = await workshop.keep(tx, made, owner=ann.person.id, filename="sunday.mp4", charged=True)
    found = (await ann.media.GetMedia(media_id=media_id)).media
    assert (found.size, found.filename) == (film.stat().st_size, "sunday.mp4")
    assert abs(found.duration_ms - 2000) < 50
    assert await ann.charged() == film.stat().st_size


async def test_a_run_that_is_repeated_makes_the_same_file(ann: Ann, workshop: Workshop, tmp_path: Path) -> None:
    key = new_key("images", "png")
    ids = set()
    for size in ((100, 100), (200, 100)):
        made = await workshop.hand_in(makers.picture(tmp_path / "a.png", size), key)
        async with ann.world.db.transaction() as tx:
            ids.add(await workshop.keep(tx, made, owner=ann.person.id, charged=True))
    assert len(ids) == 1
    found = (await ann.media.GetMedia(media_id=ids.pop())).media
    assert (found.width, found.height) == (200, 100), "what the last run has made"
    bob = await ann.other()
    async with ann.world.db.transaction() as tx:
        with pytest.raises(Changed):
            await workshop.keep(tx, made, owner=bob.person.id)


async def test_what_does_not_fit_the_quota_is_not_kept(ann: Ann, world: World, tmp_path: Path) -> None:
    small = Workshop(world.system.storage, Limits(quota=1000))
    made = await small.hand_in(makers.tone(tmp_path / "a.mp3", 3), new_key("audio", "mp3"))
    with pytest.raises(Exhausted):
        async with ann.world.db.transaction() as tx:
            await small.keep(tx, made, owner=ann.person.id, charged=True)
    await small.discard(made)
    await ann.nothing_is_left()


async def test_what_nobody_uses_goes_and_its_key_can_be_kept_again(ann: Ann, workshop: Workshop) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (700, 700), "teal").save(drawn, "JPEG")
    key = f"images/quotes/quote_{ann.person.id}_again.jpg"

    async def keep() -> int:
        made = await workshop.hand_in(drawn.getvalue(), key)
        async with ann.world.db.transaction() as tx:
            return await workshop.keep(tx, made, owner=ann.person.id)

    first = await keep()
    assert await Remover(workshop.storage).discard(ann.world.db, first)
    assert await ann.count(key.removesuffix(".jpg")) == 0, "with its variants"
    assert await keep() != first
    clock.move(timedelta(hours=25))
    await Remover(workshop.storage).sweep(ann.world.db)
    assert await ann.count(key.removesuffix(".jpg")) == 0


async def test_what_is_no_file_of_its_kind_is_not_taken(workshop: Workshop, tmp_path: Path) -> None:
    film = makers.film(tmp_path / "a.mp4", 3)
    film.write_bytes(film.read_bytes()[:20_000])
    key = new_key("video", "mp4")
    with pytest.raises(media.UnreadableError):
        await workshop.hand_in(film, key)
    with pytest.raises((media.UnreadableError, media.BrokenExaminerError)):
        await workshop.hand_in(b"no picture", new_key("images", "jpg"))
    with pytest.raises(ValueError, match=r"ends in \.exe"):
        await workshop.hand_in(film, "video/a.exe")
    assert await workshop.storage.stat(key) is None
