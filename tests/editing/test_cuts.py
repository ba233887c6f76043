"""Cutting: what comes out is as long as was asked for, to the frame, or copied and honest about it."""

import pytest

from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.editing import studio
from tests.harness.api import Api
from tests.harness.world import World

FRAME = 1 / 30


async def test_an_exact_trim_is_exact_to_the_frame(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 4)
    last = await studio.edited(api.as_(ann), film, {"trim": {"start": 1.1, "end": 2.6}})
    found = await studio.look(world, last.result)
    assert found.codecs == ["h264", "aac"]
    assert found.film_seconds() == pytest.approx(1.5, abs=FRAME)
    assert last.result.duration_ms == pytest.approx(1500, abs=50)
    assert last.result.filename.endswith(".mp4")
    assert not last.result.HasField("actual_start")
    # The picture at the beginning is the one that was shown at 1.1 s.
    path = world.folder / f"{ann.id}-film.mp4"
    then, now = studio.Look(path).picture(1.1).astype(int), found.picture(0).astype(int)
    assert abs(then - now).mean() < 4


async def test_a_fast_trim_copies_from_the_key_frame_and_says_where_that_is(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 6, "-g", "30")
    last = await studio.edited(api.as_(ann), film, {"trim": {"start": 2.5, "end": 4.5, "mode": "TRIM_MODE_FAST"}})
    assert last.result.HasField("actual_start")
    assert last.result.actual_start == pytest.approx(2.0, abs=0.05)
    found = await studio.look(world, last.result)
    assert found.film_seconds() == pytest.approx(2.5, abs=0.1)


@pytest.mark.parametrize("name", ["tone.mp3", "tone.wav", "tone.m4a", "tone.flac", "tone.ogg", "tone.aac", "tone.webm"])
async def test_every_format_of_sound_can_be_cut(world: World, api: Api, name: str) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 3, name=name)
    last = await studio.edited(api.as_(ann), sound, {"trim": {"start": 0.5, "end": 2}})
    found = await studio.look(world, last.result)
    assert found.sound_seconds() == pytest.approx(1.5, abs=0.1)
    assert studio.pitch_level(studio.part(found.sound(), 0.2, 1.2), 440) > -25


@pytest.mark.parametrize(("name", "codec"), [("film.mov", "h264"), ("film.mkv", "h264"), ("film.webm", "vp9")])
async def test_every_format_of_film_can_be_cut(world: World, api: Api, name: str, codec: str) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3, name=name)
    last = await studio.edited(api.as_(ann), film, {"trim": {"start": 0.5, "end": 2}})
    found = await studio.look(world, last.result)
    assert found.codecs[0] == codec
    assert found.film_seconds() == pytest.approx(1.5, abs=FRAME)
    assert found.sound_seconds() == pytest.approx(1.5, abs=0.1)


async def test_a_fast_trim_of_a_sound_begins_where_it_was_asked_to(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 4)
    step = {"trim": {"start": 1.5, "end": 3.5, "mode": "TRIM_MODE_FAST"}}
    last = await studio.edited(api.as_(ann), sound, step, filename="../../A \n“word”")
    assert last.result.filename == "A “word”.mp3", "a name to be shown, and no path"
    assert last.result.actual_start == pytest.approx(1.5, abs=0.05)
    assert (await studio.look(world, last.result)).sound_seconds() == pytest.approx(2, abs=0.1)


async def test_a_film_without_its_sound_is_copied(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3)
    last = await studio.edited(api.as_(ann), film, {"remove_audio": {}})
    found = await studio.look(world, last.result)
    assert (found.films, found.sounds) == (1, 0)
    assert not last.result.HasField("actual_start")
    assert found.film_seconds() == pytest.approx(3, abs=FRAME)
    before = studio.Look(world.folder / f"{ann.id}-film.mp4").pictures()
    assert all((one == other).all() for (_, one), (_, other) in zip(before, found.pictures(), strict=True))


async def test_undo_and_redo_choose_a_version(world: World, api: Api) -> None:
    ann = await world.user()
    mine = api.as_(ann)
    film = await studio.film(world, ann, 3)
    first = await studio.edited(mine, film, {"trim": {"start": 0, "end": 2}})
    second = await studio.edited(mine, first.result.media_id, {"remove_audio": {}})
    edits = (await mine.editing.ListEdits()).edits
    versions = (await mine.editing.ListEditVersions(edit_id=edits[0].edit_id)).versions
    assert [(each.version, each.made_of, each.in_use) for each in versions] == [
        (2, 1, True),
        (1, 0, False),
        (0, 0, False),
    ]
    assert [each.file.media_id for each in versions] == [second.result.media_id, first.result.media_id, film]
    undone = await mine.editing.UseEditVersion(edit_id=edits[0].edit_id, version=0)
    assert (undone.version.file.media_id, undone.version.in_use) == (film, True)
    again = await mine.editing.UseEditVersion(edit_id=edits[1].edit_id, version=2)
    assert again.version.file.media_id == second.result.media_id
    assert edits[0].progress.state == edit_pb2.EDIT_STATE_DONE


async def test_the_original_is_never_changed(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 2)
    before = (world.folder / f"{ann.id}-440-tone.mp3").read_bytes()
    await studio.edited(api.as_(ann), sound, {"trim": {"start": 0, "end": 1}})
    reply = await api.as_(ann).media.GetMedia(media_id=sound)
    after = world.folder / f"{ann.id}-after.mp3"
    await world.system.storage.fetch(reply.media.file_path, after)
    assert after.read_bytes() == before
