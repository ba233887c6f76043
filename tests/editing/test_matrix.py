"""Each step on each format, looked at in the bytes that come out: all of them with CNT_EDITING_FULL=1.

Without it every step and every format is tried at least once, in pairs that differ from step to step.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest

from cnt_grpc.media.sniff import Kind
from tests.editing import inputs, outcomes, studio
from tests.editing.inputs import FILMS, SOUNDS
from tests.editing.outcomes import BEHIND, OTHER, Made
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers

FULL: Final = os.environ.get("CNT_EDITING_FULL") == "1"
RESULTS: Final = {
    "mp3": ("mp3", "mp3"),
    "wav": ("wav", "pcm_s16le"),
    "m4a": ("m4a", "aac"),
    "flac": ("m4a", "aac"),
    "ogg": ("m4a", "aac"),
    "aac": ("m4a", "aac"),
    "webm": ("webm", "opus"),
    "mp4": ("mp4", "aac"),
    "mov": ("mp4", "aac"),
    "mkv": ("mp4", "aac"),
}
"""The extension and the sound's codec of what is made of each format, where nobody chose another."""


@dataclass(frozen=True)
class Files:
    """What is mixed in."""

    world: World
    who: Person
    is_film: bool

    async def other(self) -> int:
        """A tone of 1000 Hz, of two seconds."""
        return await studio.tone(self.world, self.who, 2, OTHER, "other.ogg")

    async def behind(self) -> int:
        """What is put behind: a second of 880 Hz; of a film with magenta pictures."""
        if not self.is_film:
            return await studio.tone(self.world, self.who, 1, BEHIND, "behind.webm")
        graph = "color=magenta:s=160x160:d=1:r=30,setsar=1[out0];sine=frequency=880:duration=1:sample_rate=44100[out1]"
        codecs = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis")
        return await studio.drawn(self.world, self.who, graph, Kind.VIDEO, "behind.webm", *codecs)


Steps = Callable[[Files], Awaitable[list[dict[str, Any]]]]


def plain(*steps: dict[str, Any]) -> Steps:
    """Steps that need no other file."""

    async def given(_: Files) -> list[dict[str, Any]]:
        return list(steps)

    return given


async def merge(files: Files) -> list[dict[str, Any]]:
    return [{"merge": {"media_ids": [await files.behind()]}}]


async def add_audio(files: Files) -> list[dict[str, Any]]:
    return [{"add_audio": {"media_id": await files.other(), "offset": 0.5}}]


async def replace_audio(files: Files) -> list[dict[str, Any]]:
    return [{"replace_audio": {"media_id": await files.other()}}]


CAPTION: Final = {"text": "HHHH", "start": 1, "end": 2, "x": 0.25, "y": 0.75, "font_size": 32, "color": "#ffff00"}
OF_BOTH: Final[dict[str, tuple[Steps, Callable[[Made], None]]]] = {
    "merge": (merge, outcomes.merged),
    "fade_out": (plain({"fade_out": {"duration": 1}}), outcomes.fallen),
    "volume": (plain({"volume": {"gain_db": -9}}), outcomes.softer),
    "loudness": (plain({"loudness": {}}), outcomes.levelled),
    "remove_silence": (plain({"remove_silence": {}}), outcomes.without_pause),
    "speed": (plain({"speed": {"factor": 2}}), outcomes.faster),
    "add_audio": (add_audio, outcomes.mixed),
}
OF_SOUND: Final[dict[str, tuple[Steps, Callable[[Made], None]]]] = {
    "trim": (plain({"trim": {"start": 0.6, "end": 2.6}}), outcomes.trimmed),
    "fade_in": (plain({"fade_in": {"duration": 1}}), outcomes.risen),
    **OF_BOTH,
}
OF_FILM: Final[dict[str, tuple[Steps, Callable[[Made], None]]]] = {
    "trim": (plain({"trim": {"start": 0.52, "end": 2.52}}), outcomes.trimmed),
    "fade_in": (plain({"fade_in": {"duration": 1, "picture": True}}), outcomes.risen),
    **OF_BOTH,
    "remove_audio": (plain({"remove_audio": {}}), outcomes.muted),
    "replace_audio": (replace_audio, outcomes.dubbed),
    "text_overlays": (plain({"text_overlays": {"overlays": [CAPTION]}}), outcomes.written),
    "filters": (plain({"filters": {"saturation": 0, "brightness": 0.1, "contrast": 0.8}}), outcomes.grey),
    "rotate": (plain({"rotate": {"degrees": 90}}), outcomes.turned),
    "crop": (plain({"crop": {"x": 165, "y": 0, "width": 150, "height": 100}}), outcomes.cropped),
    "scale": (plain({"scale": {"width": 160}}), outcomes.scaled),
    "thumbnail": (plain({"thumbnail": {"at": 2}}), outcomes.shown),
}


def pairs(steps: Sequence[str], forms: Sequence[str]) -> list[tuple[str, str]]:
    """Which steps are tried on which formats."""
    if FULL:
        return [(step, form) for step in steps for form in forms]
    number = max(len(steps), len(forms))
    return [(steps[each % len(steps)], forms[each % len(forms)]) for each in range(number)]


async def tried(
    world: World, api: Api, who: Person, given: tuple[int, str, bool], step: tuple[Steps, Callable[[Made], None]]
) -> None:
    """Do the step, and look at what came out."""
    source, form, is_film = given
    steps, check = step
    last = await studio.edited(api.as_(who), source, *await steps(Files(world, who, is_film)))
    name = f"{who.id}-{'film' if is_film else 'tone'}.{form}"
    made = Made(studio.Look(world.folder / name), await studio.look(world, last.result), last.result, is_film)
    kind = form.rpartition(".")[2]
    if check not in {outcomes.muted, outcomes.shown}:
        extension, sound = RESULTS[kind]
        assert last.result.filename.endswith(f".{extension}")
        assert made.after.codecs[-1] == sound
        assert (made.after.films, made.after.sounds) == (int(is_film), 1)
        if is_film:
            assert made.after.codecs[0] in {"h264" if extension == "mp4" else "vp9", made.before.codecs[0]}
    check(made)


@pytest.mark.parametrize(("step", "form"), pairs(list(OF_SOUND), list(SOUNDS)))
async def test_a_step_on_a_sound(world: World, api: Api, step: str, form: str) -> None:
    ann = await world.user()
    await tried(world, api, ann, (await inputs.sound(world, ann, form), form, False), OF_SOUND[step])


@pytest.mark.parametrize(("step", "form"), pairs(list(OF_FILM), list(FILMS)))
async def test_a_step_on_a_film(world: World, api: Api, step: str, form: str) -> None:
    ann = await world.user()
    await tried(world, api, ann, (await inputs.film(world, ann, form), form, True), OF_FILM[step])


async def test_a_stream_that_nobody_can_read_is_left_out(world: World, api: Api) -> None:
    """A film of which only the pictures can be read: FFmpeg knows no codec for its sound."""
    ann = await world.user()
    path = makers.film(world.folder / f"{ann.id}-odd.mkv", 2, "-c:a", "aac")
    data = path.read_bytes()
    assert b"A_AAC" in data
    path.write_bytes(data.replace(b"A_AAC", b"A_ODD"))
    film = await studio.stored(world, ann, path)
    last = await studio.edited(api.as_(ann), film, {"speed": {"factor": 2}})
    found = await studio.look(world, last.result)
    assert (found.films, found.sounds) == (1, 0)
    assert found.film_seconds() == pytest.approx(1, abs=0.1)
