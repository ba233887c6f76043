"""Every class of bad request for every step: refused with the field and the reason, and nothing is left of it."""

from dataclasses import dataclass
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.pb.cnt.editing.v1.editing_service_pb2 import CreateEditRequest
from tests.editing.examples import edit_of, film_of, sound_of
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers

NAN, INFINITE = float("nan"), float("inf")


@dataclass(frozen=True)
class Files:
    """What the steps are tried on: each lasts 60 s, films measure 640 by 480."""

    film: int
    sound: int
    silent: int
    """A film without sound."""
    picture: int
    probing: int

    def named(self, value: Any) -> Any:
        """The value with names of files as their ids."""
        if isinstance(value, dict):
            return {name: self.named(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return getattr(self, value[1:]) if isinstance(value, str) and value.startswith("@") else value


async def files_of(world: World, who: Person) -> Files:
    """All of them, without bytes."""
    film, sound = await film_of(world, who), await sound_of(world, who)
    async with world.db.transaction() as tx:
        silent = await makers.video(tx, who.id)
        await tx.raw("UPDATE media_objects SET codecs = 'h264' WHERE id = $1", silent["id"])
        picture = await makers.image(tx, who.id)
        probing = await makers.video(tx, who.id, state="probing")
    return Files(film, sound, silent["id"], picture["id"], probing["id"])


WORDS = {"text": "Amen"}


def words(**overlay: Any) -> dict[str, Any]:
    """A step that writes."""
    return {"text_overlays": {"overlays": [WORDS | overlay]}}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("film", {"trim": {"start": -1}}, "trim.start"),
    ("film", {"trim": {"start": NAN}}, "trim.start"),
    ("film", {"trim": {"start": INFINITE}}, "trim.start"),
    ("film", {"trim": {"start": 60}}, "trim.start"),
    ("film", {"trim": {"end": 60.5}}, "trim.end"),
    ("film", {"trim": {"end": -1}}, "trim.end"),
    ("film", {"trim": {"start": 5, "end": 5}}, "trim.end"),
    ("film", {"trim": {"start": 9, "end": 5}}, "trim.end"),
    ("film", {"trim": {"start": 5, "end": 5.01}}, "trim"),
    ("film", {"trim": {"mode": 9}}, "trim.mode"),
    ("sound", {"merge": {}}, "merge.media_ids"),
    ("sound", {"merge": {"media_ids": [0]}}, "merge.media_ids[0]"),
    ("sound", {"merge": {"media_ids": ["@film"]}}, "merge.media_ids[0]"),
    ("film", {"merge": {"media_ids": ["@film", "@sound"]}}, "merge.media_ids[1]"),
    ("sound", {"merge": {"media_ids": ["@sound"] * 21}}, "merge.media_ids"),
    ("sound", {"merge": {"media_ids": ["@sound"], "crossfade": 31}}, "merge.crossfade"),
    ("sound", {"merge": {"media_ids": ["@sound"], "crossfade": -1}}, "merge.crossfade"),
    ("sound", {"merge": {"media_ids": ["@sound"], "crossfade": NAN}}, "merge.crossfade"),
    ("sound", {"fade_in": {}}, "fade_in.duration"),
    ("sound", {"fade_in": {"duration": 61}}, "fade_in.duration"),
    ("sound", {"fade_in": {"duration": NAN}}, "fade_in.duration"),
    ("sound", {"fade_in": {"duration": 1, "picture": True}}, "fade_in.picture"),
    ("silent", {"fade_in": {"duration": 1}}, "fade_in"),
    ("sound", {"fade_out": {}}, "fade_out.duration"),
    ("sound", {"fade_out": {"duration": 61}}, "fade_out.duration"),
    ("sound", {"fade_out": {"duration": -3}}, "fade_out.duration"),
    ("silent", {"fade_out": {"duration": 1}}, "fade_out"),
    ("sound", {"volume": {"gain_db": 31}}, "volume.gain_db"),
    ("sound", {"volume": {"gain_db": -61}}, "volume.gain_db"),
    ("sound", {"volume": {"gain_db": NAN}}, "volume.gain_db"),
    ("silent", {"volume": {"gain_db": 3}}, "volume"),
    ("sound", {"loudness": {"target_lufs": 0}}, "loudness.target_lufs"),
    ("sound", {"loudness": {"target_lufs": -41}}, "loudness.target_lufs"),
    ("sound", {"loudness": {"target_lufs": NAN}}, "loudness.target_lufs"),
    ("silent", {"loudness": {}}, "loudness"),
    ("sound", {"remove_silence": {"threshold_db": 0}}, "remove_silence.threshold_db"),
    ("sound", {"remove_silence": {"threshold_db": NAN}}, "remove_silence.threshold_db"),
    ("sound", {"remove_silence": {"min_duration": 0}}, "remove_silence.min_duration"),
    ("silent", {"remove_silence": {}}, "remove_silence"),
    ("sound", {"remove_audio": {}}, "remove_audio"),
    ("silent", {"remove_audio": {}}, "remove_audio"),
    ("film", {"add_audio": {}}, "add_audio.media_id"),
    ("film", {"add_audio": {"media_id": "@silent"}}, "add_audio.media_id"),
    ("film", {"add_audio": {"media_id": "@sound", "offset": 60}}, "add_audio.offset"),
    ("film", {"add_audio": {"media_id": "@sound", "offset": -1}}, "add_audio.offset"),
    ("film", {"add_audio": {"media_id": "@sound", "gain_db": NAN}}, "add_audio.gain_db"),
    ("film", {"replace_audio": {}}, "replace_audio.media_id"),
    ("film", {"replace_audio": {"media_id": "@silent"}}, "replace_audio.media_id"),
    ("sound", {"replace_audio": {"media_id": "@sound"}}, "replace_audio"),
    ("film", {"replace_audio": {"media_id": "@sound", "fit": 7}}, "replace_audio.fit"),
    ("sound", words(), "text_overlays"),
    ("film", {"text_overlays": {}}, "text_overlays.overlays"),
    ("film", {"text_overlays": {"overlays": [WORDS] * 101}}, "text_overlays.overlays"),
    ("film", words(text=""), "text_overlays.overlays[0].text"),
    ("film", words(text=" \n\t "), "text_overlays.overlays[0].text"),
    ("film", words(text="a\0b"), "text_overlays.overlays[0].text"),
    ("film", words(text="x" * 10_001), "text_overlays.overlays[0].text"),
    ("film", words(text="line\n" * 2000), "text_overlays.overlays[0].text"),
    ("film", words(text="\U000f0000"), "text_overlays.overlays[0].text"),
    ("film", words(start=60), "text_overlays.overlays[0].start"),
    ("film", words(end=61), "text_overlays.overlays[0].end"),
    ("film", words(start=5, end=4), "text_overlays.overlays[0].end"),
    ("film", words(start=NAN), "text_overlays.overlays[0].start"),
    ("film", words(x=1.1), "text_overlays.overlays[0].x"),
    ("film", words(y=-0.1), "text_overlays.overlays[0].y"),
    ("film", words(x=NAN), "text_overlays.overlays[0].x"),
    ("film", words(font="Comic Sans"), "text_overlays.overlays[0].font"),
    ("film", words(font="../../etc/passwd"), "text_overlays.overlays[0].font"),
    ("film", words(font_size=401), "text_overlays.overlays[0].font_size"),
    ("film", words(color="red"), "text_overlays.overlays[0].color"),
    ("film", words(background_color="#12345"), "text_overlays.overlays[0].background_color"),
    ("film", words(alignment=9), "text_overlays.overlays[0].alignment"),
    ("film", words(opacity=2), "text_overlays.overlays[0].opacity"),
    ("film", {"text_overlays": {"overlays": [WORDS, WORDS | {"x": 5}]}}, "text_overlays.overlays[1].x"),
    ("film", {"filters": {"brightness": 1.1}}, "filters.brightness"),
    ("film", {"filters": {"contrast": -0.1}}, "filters.contrast"),
    ("film", {"filters": {"saturation": 3.1}}, "filters.saturation"),
    ("film", {"filters": {"brightness": NAN}}, "filters.brightness"),
    ("sound", {"filters": {}}, "filters"),
    ("film", {"rotate": {}}, "rotate.degrees"),
    ("film", {"rotate": {"degrees": 45}}, "rotate.degrees"),
    ("sound", {"rotate": {"degrees": 90}}, "rotate"),
    ("film", {"crop": {"width": 15, "height": 100}}, "crop.width"),
    ("film", {"crop": {"x": 600, "width": 41, "height": 100}}, "crop.width"),
    ("film", {"crop": {"y": 400, "width": 41, "height": 100}}, "crop.height"),
    ("film", {"crop": {"x": -1, "width": 41, "height": 100}}, "crop.x"),
    ("sound", {"crop": {"width": 41, "height": 100}}, "crop"),
    ("film", {"scale": {}}, "scale.width"),
    ("film", {"scale": {"width": 5000}}, "scale.width"),
    ("film", {"scale": {"width": 16}}, "scale.height"),
    ("film", {"scale": {"height": 4}}, "scale.height"),
    ("sound", {"scale": {"width": 100}}, "scale"),
    ("film", {"speed": {}}, "speed.factor"),
    ("film", {"speed": {"factor": 5}}, "speed.factor"),
    ("film", {"speed": {"factor": NAN}}, "speed.factor"),
    ("film", {"thumbnail": {"at": 61}}, "thumbnail.at"),
    ("film", {"thumbnail": {"at": -1}}, "thumbnail.at"),
    ("sound", {"thumbnail": {}}, "thumbnail"),
]


_bad = list(enumerate(BAD))


async def jobs_and_edits(world: World, who: Person) -> tuple[int, int]:
    """How many there are of this person's."""
    async with world.db.transaction() as tx:
        [jobs] = await tx.raw("SELECT count(*) AS n FROM jobs WHERE owner_id = $1", who.id)
        [edits] = await tx.raw("SELECT count(*) AS n FROM edits WHERE owner_id = $1", who.id)
    return jobs["n"], edits["n"]


@pytest.mark.parametrize(
    ("on", "step", "field"), [pytest.param(*each, id=f"{each[2]} {i}") for i, each in enumerate(BAD)]
)
async def test_a_bad_step_is_refused(world: World, api: Api, on: str, step: dict[str, Any], field: str) -> None:
    ann = await world.user()
    files = await files_of(world, ann)
    request = CreateEditRequest(media_id=getattr(files, on), operations=[files.named(step)])
    refused = await api.as_(ann).editing.CreateEdit(request).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert f"operations[0].{field}" in refused.fields
    assert await jobs_and_edits(world, ann) == (0, 0)


FAST = {"trim": {"end": 9, "mode": "TRIM_MODE_FAST"}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"operations": []}, "operations"),
    ({"operations": [{}]}, "operations[0].operation"),
    ({"operations": [{"rotate": {"degrees": 90}}] * 51}, "operations"),
    ({"operations": [{"trim": {"end": 10}}, {"trim": {"start": 20}}]}, "operations[1].trim.start"),
    ({"operations": [{"trim": {"end": 10}}, {"fade_out": {"duration": 11}}]}, "operations[1].fade_out.duration"),
    ({"operations": [{"remove_audio": {}}, {"volume": {"gain_db": 3}}]}, "operations[1].volume"),
    ({"operations": [{"speed": {"factor": 2}}, {"trim": {"end": 31}}]}, "operations[1].trim.end"),
    ({"operations": [{"rotate": {"degrees": 90}}, {"crop": {"width": 500, "height": 99}}]}, "operations[1].crop.width"),
    ({"operations": [{"thumbnail": {}}, {"rotate": {"degrees": 90}}]}, "operations[1].rotate"),
    ({"operations": [{"thumbnail": {}}], "output": {"format": "OUTPUT_FORMAT_MP4"}}, "output.format"),
    ({"operations": [{"trim": {"end": 10}}], "output": {"format": "OUTPUT_FORMAT_MP3"}}, "output.format"),
    ({"operations": [{"trim": {"end": 10}}], "output": {"format": 77}}, "output.format"),
    ({"operations": [{"trim": {"end": 10}}], "output": {"quality": 77}}, "output.quality"),
    ({"operations": [{"trim": {"end": 10}}], "output": {"filename": "x" * 201}}, "output.filename"),
    ({"operations": [{"trim": {"end": 10}}], "output": {"filename": "a\0b"}}, "output.filename"),
    ({"operations": [FAST, {"speed": {"factor": 2}}]}, "operations[0].trim.mode"),
    ({"operations": [FAST], "output": {"format": "OUTPUT_FORMAT_WEBM"}}, "operations[0].trim.mode"),
    ({"operations": [{"text_overlays": {"overlays": [{"text": "x" * 9999}] * 3}}]},
     "operations[0].text_overlays.overlays[2].text"),
    ({"operations": [{"trim": {"start": 1}}], "request_id": "no uuid"}, "request_id"),
    ({"media_id": 0, "operations": [{"trim": {"start": 1}}]}, "media_id"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"), [pytest.param(*each, id=f"{each[1]} {i}") for i, each in enumerate(REFUSED)]
)
async def test_steps_are_judged_by_what_those_before_leave(
    world: World, api: Api, given: dict[str, Any], field: str
) -> None:
    ann = await world.user()
    film = await film_of(world, ann)
    request = CreateEditRequest(**{"media_id": film} | given)
    refused = await api.as_(ann).editing.CreateEdit(request).fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    assert field in refused.fields
    assert await jobs_and_edits(world, ann) == (0, 0)


async def test_every_violation_of_a_step_is_told(world: World, api: Api) -> None:
    ann = await world.user()
    film = await film_of(world, ann)
    overlays = [{"text": "Amen", "start": 99}, {"text": "Amen", "end": 99}]
    refused = (
        await api.as_(ann)
        .editing.CreateEdit(media_id=film, operations=[{"text_overlays": {"overlays": overlays}}])
        .fails(StatusCode.INVALID_ARGUMENT, "INVALID")
    )
    steps = "operations[0].text_overlays.overlays"
    assert refused.fields == [f"{steps}[0].start", f"{steps}[1].end"]


async def test_files_that_cannot_be_edited(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    mine = api.as_(ann).editing
    files, theirs = await files_of(world, ann), await sound_of(world, bob)
    trim = [{"trim": {"end": 1}}]
    await mine.CreateEdit(media_id=files.picture, operations=trim).fails(
        StatusCode.INVALID_ARGUMENT, "MEDIA_WRONG_KIND"
    )
    await mine.CreateEdit(media_id=files.probing, operations=trim).fails(
        StatusCode.FAILED_PRECONDITION, "MEDIA_NOT_READY"
    )
    for foreign in (theirs, 2**62):
        steps: list[dict[str, Any]] = [
            {"merge": {"media_ids": [foreign]}},
            {"add_audio": {"media_id": foreign}},
            {"replace_audio": {"media_id": foreign}},
        ]
        for step in steps:
            on = files.sound if "merge" in step else files.film
            await mine.CreateEdit(media_id=on, operations=[step]).fails(StatusCode.NOT_FOUND, "MEDIA_NOT_FOUND")
    assert await jobs_and_edits(world, ann) == (0, 0)


async def test_a_person_may_have_a_thousand_edits_waiting(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnt_grpc.editing.rules.edits.MOST_OPEN", 2)
    ann = await world.user()
    film = await film_of(world, ann)
    for _ in range(2):
        await edit_of(world, ann, state="open", media_id=film)
    await (
        api.as_(ann)
        .editing.CreateEdit(media_id=film, operations=[{"trim": {"end": 1}}])
        .fails(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_EDITS")
    )
