"""The sweeper: rows without objects and objects without rows are found and mended, and what was abandoned goes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from grpc import StatusCode

from cnt_grpc import media
from cnt_grpc.commands import media as commands
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row
from cnt_grpc.media import Inspection, mending
from cnt_grpc.media.inspection import Difference
from cnt_grpc.media.jobs import SWEEP
from cnt_grpc.media.mending import SHARES, Mender, TooMuchError
from cnt_grpc.media.purposes import Limits
from cnt_grpc.media.queries import objects
from cnt_grpc.media.removal import Remover
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import SweepMedia
from tests.harness.api import Api
from tests.harness.world import World
from tests.media import makers
from tests.media.test_purposes import file_of
from tests.media.test_rules import Room, room
from tests.media.test_uploads import Ann, raw, until

__all__ = ["room"]

LATER = timedelta(hours=25)


@pytest.fixture
async def ann(world: World, api: Api) -> Ann:
    return Ann(world, api, await world.user())


async def differences(store: Room) -> list[Difference]:
    return [each async for each in Inspection(store.db, store.storage, Limits()).differences()]


async def row_of(db: Database, media_id: int) -> Row | None:
    async with db.reading() as tx:
        return await tx.one(objects.object_by_id(), media=media_id)


async def mended(store: Room, *keys: str) -> None:
    """Mend what differs of these keys; the database is shared with tests whose rows never had bytes."""
    found = [each for each in await differences(store) if each.key in keys]
    assert len(found) == len(keys)
    assert await Mender(store.storage, Limits()).mend(store.db, found) == len(keys)


async def test_objects_that_no_row_knows_go(room: Room) -> None:
    stray, young = f"audio/{room.owner}stray.mp3", f"audio/{room.owner}young.mp3"
    kept = await room.audio()
    async with room.db.transaction() as tx:
        await media.use(tx, kept["id"], "content", room.item(1))
    await room.fill(stray)
    assert stray not in {each.key for each in await differences(room)}, "it may belong to an upload under way"
    clock.move(LATER)
    await mended(room, stray)
    assert await room.storage.stat(stray) is None
    assert await room.is_there(kept)
    await room.fill(young)
    assert await Mender(room.storage, Limits()).mend(room.db, [Difference(kept["key"], "no row")]) == 0
    assert await room.is_there(kept), "what has got a row since it was found stays"


async def test_rows_without_bytes_go_when_nothing_uses_them(room: Room) -> None:
    lost = await room.audio()
    await room.storage.delete(lost["key"])
    await mended(room, lost["key"])
    assert await row_of(room.db, lost["id"]) is None


async def test_a_lost_file_that_is_in_use_says_so(ann: Ann, world: World) -> None:
    storage = world.system.storage
    async with world.db.transaction() as tx:
        lost = await makers.audio(tx, ann.person.id)
        await media.use(tx, lost["id"], "content", f"item:{lost['id']}")
    found = Difference(lost["key"], "no object", lost["id"])
    assert await Mender(storage, Limits()).mend(world.db, [found]) == 1
    assert await Mender(storage, Limits()).mend(world.db, [found]) == 0, "once is enough"
    answer = (await ann.media.GetMedia(media_id=lost["id"])).media
    assert (answer.state, answer.failure) == (media_pb2.MEDIA_STATE_FAILED, mending.LOST)
    await ann.media.GetMediaDuration(path=lost["key"]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")


@pytest.mark.parametrize(("kind", "name"), [("png", "Image"), ("mp4", "Video")])
async def test_lost_pictures_of_a_file_are_made_again(kind: str, name: str, ann: Ann, tmp_path: Path) -> None:
    request = getattr(pb2, f"Upload{name}Request")
    file = await getattr(ann.media, f"Upload{name}")(raw(file_of(kind, tmp_path), f"a.{kind}", request))
    storage, key = ann.world.system.storage, file.variants[0].file_path
    before = await ann.content(file.file_path)
    await storage.delete(key)
    found = [Difference(key, "no object", file.media_id, file.variants[0].name)]
    assert await Mender(storage, Limits()).mend(ann.world.db, found) == 1
    assert await ann.count(key) == 1
    again = (await ann.media.GetMedia(media_id=file.media_id)).media
    assert again.variants[0].file_path == key
    assert again.thumbnail_url
    assert await ann.content(file.file_path) == before, "the file itself is not drawn again"


async def test_a_file_of_another_size_is_told_and_left(room: Room) -> None:
    row = await room.audio()  # its row says a million bytes
    assert Difference(row["key"], "another size", row["id"]) in await differences(room)
    assert await Mender(room.storage, Limits()).mend(room.db, [Difference(row["key"], "another size", row["id"])]) == 0
    assert await room.is_there(row)


async def test_the_wrong_store_is_not_mended(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [await room.audio() for _ in range(5)]
    for row in rows:
        await room.storage.delete(row["key"])
    monkeypatch.setattr(mending, "_FEW", 3)
    monkeypatch.setattr(mending, "_PERCENT", 0)
    with pytest.raises(TooMuchError):
        await Mender(room.storage, Limits()).mend_all(room.db)
    assert all([await row_of(room.db, row["id"]) is not None for row in rows])


async def test_each_row_is_looked_at_once_a_week(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    async def damaged(self: Inspection, share: int, shares: int) -> AsyncIterator[Difference]:
        assert shares == SHARES
        looked.append(share)
        for each in list[Difference]():
            yield each

    nights: list[int] = []

    async def strays(self: Inspection) -> AsyncIterator[Difference]:
        nights.append(len(looked))
        for each in list[Difference]():
            yield each

    monkeypatch.setattr(Inspection, "damaged", damaged)
    monkeypatch.setattr(Inspection, "strays", strays)
    for _ in range(SHARES):
        await Mender(room.storage, Limits()).mend_share(room.db)
        clock.move(timedelta(hours=1))
    assert sorted(looked) == list(range(SHARES))
    assert len(nights) == 7


async def test_temporary_audio_goes_after_a_day_unless_something_uses_it(ann: Ann, tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        body = raw(file_of("mp3", tmp_path), "a.mp3", pb2.UploadTemporaryAudioRequest)
        ids.append((await ann.media.UploadTemporaryAudio(body)).media_id)
    async with ann.world.db.transaction() as tx:
        await media.use(tx, ids[1], "community", f"draft:{ids[1]}")
    for hours, left in ((23, [True, True]), (2, [False, True])):
        clock.move(timedelta(hours=hours))
        await Remover(ann.world.system.storage).sweep(ann.world.db)
        assert [await row_of(ann.world.db, each) is not None for each in ids] == left


async def test_the_job_sweeps(ann: Ann, tmp_path: Path) -> None:
    body = raw(file_of("mp3", tmp_path), "a.mp3", pb2.UploadTemporaryAudioRequest)
    gone = (await ann.media.UploadTemporaryAudio(body)).media_id
    clock.move(LATER)
    async with ann.world.db.transaction() as tx:
        await jobs.enqueue(tx, SWEEP, SweepMedia())

    async def is_there() -> bool:
        return await row_of(ann.world.db, gone) is not None

    await until(is_there, False)


async def test_the_command_mends(ann: Ann, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "_FEW", 10**6)
    async with ann.world.db.transaction() as tx:
        lost = await makers.audio(tx, ann.person.id)
    real = Mender.mend

    async def only_ours(self: Mender, db: Database, found: list[Difference]) -> int:
        # Other tests have rows without bytes in the same database.
        return await real(self, db, [each for each in found if each.key == lost["key"]])

    monkeypatch.setattr(Mender, "mend", only_ours)
    assert not await commands.check(ann.world.system.settings)
    await commands.check(ann.world.system.settings, mend=True)
    assert f"no object: {lost['key']}\n" in capsys.readouterr().out
    assert await row_of(ann.world.db, lost["id"]) is None
