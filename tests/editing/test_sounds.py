"""What is done to sound, heard: levels, spectra, lengths."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cnt_grpc.media import ffmpeg
from cnt_grpc.media.sniff import Kind
from tests.editing import studio
from tests.editing.studio import level, part, pitch_level
from tests.harness.api import Api
from tests.harness.world import World

LOUD, GONE = -25.0, -60.0
"""Decibels of a tone that is there, and of one that is not."""


def loudness(path: Path) -> float:
    """LUFS, as FFmpeg's own meter of EBU R 128 reads them."""
    said = subprocess.run(
        [ffmpeg.program(), "-i", str(path), "-af", "ebur128", "-f", "null", "-"], capture_output=True, check=True
    ).stderr
    return float(re.findall(rb"I:\s+(-?[\d.]+) LUFS", said)[-1])


async def test_a_merge_of_three_formats_keeps_every_part(world: World, api: Api) -> None:
    ann = await world.user()
    parts = [
        await studio.tone(world, ann, 2, hertz, name)
        for hertz, name in ((440, "a.mp3"), (880, "b.wav"), (1760, "c.webm"))
    ]
    last = await studio.edited(api.as_(ann), parts[0], {"merge": {"media_ids": parts[1:]}})
    sound = (await studio.look(world, last.result)).sound()
    assert len(sound) / studio.RATE == pytest.approx(6, abs=0.1)
    for number, hertz in enumerate((440, 880, 1760)):
        heard = part(sound, number * 2 + 0.3, number * 2 + 1.7)
        assert pitch_level(heard, hertz) > LOUD
        assert all(pitch_level(heard, other) < GONE for other in {440, 880, 1760} - {hertz})


async def test_a_file_can_follow_itself(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 1)
    last = await studio.edited(api.as_(ann), sound, {"merge": {"media_ids": [sound, sound]}})
    assert (await studio.look(world, last.result)).sound_seconds() == pytest.approx(3, abs=0.1)


async def test_a_crossfade_overlaps(world: World, api: Api) -> None:
    ann = await world.user()
    first, second = await studio.tone(world, ann, 3, 440), await studio.tone(world, ann, 3, 880)
    last = await studio.edited(api.as_(ann), first, {"merge": {"media_ids": [second], "crossfade": 1}})
    sound = (await studio.look(world, last.result)).sound()
    assert len(sound) / studio.RATE == pytest.approx(5, abs=0.1)
    middle = part(sound, 2.4, 2.6)
    assert pitch_level(middle, 440) > -35
    assert pitch_level(middle, 880) > -35
    assert pitch_level(part(sound, 0.3, 1.7), 880) < GONE


async def test_fades_rise_and_fall(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 4)
    last = await studio.edited(api.as_(ann), sound, {"fade_in": {"duration": 1}}, {"fade_out": {"duration": 2}})
    heard = (await studio.look(world, last.result)).sound()
    assert len(heard) / studio.RATE == pytest.approx(4, abs=0.1)
    full = level(part(heard, 1.2, 1.8))
    rising = [level(part(heard, at, at + 0.1)) for at in (0.05, 0.3, 0.6, 0.9)]
    falling = [level(part(heard, at, at + 0.1)) for at in (2.1, 2.6, 3.2, 3.85)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    # Halfway through a straight fade half the amplitude is left: 6 dB less.
    assert level(part(heard, 0.45, 0.55)) == pytest.approx(full - 6, abs=1)
    assert level(part(heard, 2.95, 3.05)) == pytest.approx(full - 6, abs=1)
    assert rising[0] < full - 15
    assert falling[-1] < full - 15


@pytest.mark.parametrize("gain", [-12.0, 6.0])
async def test_volume_is_in_decibels(world: World, api: Api, gain: float) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 2, name="tone.wav")
    before = level(studio.Look(world.folder / f"{ann.id}-440-tone.wav").sound())
    last = await studio.edited(api.as_(ann), sound, {"volume": {"gain_db": gain}})
    assert level((await studio.look(world, last.result)).sound()) == pytest.approx(before + gain, abs=0.5)


@pytest.mark.parametrize(("given", "target"), [({}, -16), ({"target_lufs": -23}, -23)])
async def test_loudness_is_brought_to_its_target(world: World, api: Api, given: dict[str, Any], target: float) -> None:
    ann = await world.user()
    # Speech-like: noise that comes and goes, very softly.
    graph = "anoisesrc=color=pink:amplitude=0.05:duration=12:sample_rate=48000,tremolo=f=0.8:d=0.7"
    sound = await studio.drawn(world, ann, graph, Kind.AUDIO, "soft.wav")
    last = await studio.edited(api.as_(ann), sound, {"loudness": given})
    assert loudness(await studio.bytes_of(world, last.result)) == pytest.approx(target, abs=1)


async def test_silences_are_left_out(world: World, api: Api) -> None:
    ann = await world.user()
    graph = "sine=frequency=440:duration=6:sample_rate=48000,volume='lt(mod(t,3),2)':eval=frame"
    sound = await studio.drawn(world, ann, graph, Kind.AUDIO, "pauses.wav")
    last = await studio.edited(api.as_(ann), sound, {"remove_silence": {}})
    heard = (await studio.look(world, last.result)).sound()
    # Four seconds of tone; of each pause a little stays at its edges.
    assert 3.9 < len(heard) / studio.RATE < 4.4
    assert level(part(heard, 0, 1.9)) > LOUD
    assert level(part(heard, 2.2, 3.9)) > LOUD


async def test_what_is_silent_all_through_is_no_edit(world: World, api: Api) -> None:
    ann = await world.user()
    sound = await studio.drawn(world, ann, "anullsrc=r=48000:cl=mono:d=2", Kind.AUDIO, "silence.wav")
    steps: list[dict[str, Any]] = [{"remove_silence": {}}, {"loudness": {}}]
    for step in steps:
        last = await studio.ended(api.as_(ann), sound, step)
        assert last.error.reason == "EDIT_SOUND_SILENT"


async def test_an_added_sound_leaves_the_original_audible(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 4)
    music = await studio.tone(world, ann, 10, 1000)
    last = await studio.edited(api.as_(ann), film, {"add_audio": {"media_id": music, "offset": 1.5, "gain_db": -3}})
    found = await studio.look(world, last.result)
    heard = found.sound()
    assert found.film_seconds() == pytest.approx(4, abs=0.05)
    assert len(heard) / studio.RATE == pytest.approx(4, abs=0.1)
    assert pitch_level(part(heard, 0.2, 1.3), 440) > LOUD
    assert pitch_level(part(heard, 0.2, 1.3), 1000) < GONE
    assert pitch_level(part(heard, 1.7, 3.8), 440) > LOUD
    assert pitch_level(part(heard, 1.7, 3.8), 1000) > LOUD
    assert last.result.duration_ms == pytest.approx(4000, abs=100)


async def test_a_silent_film_gets_a_sound(world: World, api: Api) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3, "-an", name="silent.mp4")
    music = await studio.tone(world, ann, 1, 1000)
    last = await studio.edited(api.as_(ann), film, {"add_audio": {"media_id": music}})
    found = await studio.look(world, last.result)
    assert found.sound_seconds() == pytest.approx(3, abs=0.1)
    assert pitch_level(part(found.sound(), 0.1, 0.9), 1000) > LOUD
    assert level(part(found.sound(), 1.2, 2.8)) < GONE


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.mov", "film.mkv"])
@pytest.mark.parametrize(("seconds", "fit"), [(1.0, "AUDIO_FIT_PAD"), (1.0, "AUDIO_FIT_LOOP"), (9.0, "AUDIO_FIT_PAD")])
async def test_a_replaced_sound_is_the_only_one_and_the_picture_keeps_its_length(
    world: World, api: Api, name: str, seconds: float, fit: str
) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 4, name=name)
    music = await studio.tone(world, ann, seconds, 1000)
    last = await studio.edited(api.as_(ann), film, {"replace_audio": {"media_id": music, "fit": fit}})
    found = await studio.look(world, last.result)
    heard = found.sound()
    assert (found.films, found.sounds) == (1, 1)
    assert found.film_seconds() == pytest.approx(4, abs=0.05)
    assert pitch_level(heard, 440) < GONE
    assert pitch_level(part(heard, 0.1, 0.8), 1000) > LOUD
    is_heard_late = pitch_level(part(heard, 2.2, 3.8), 1000) > -35
    assert is_heard_late == (seconds > 4 or fit == "AUDIO_FIT_LOOP")


@pytest.mark.parametrize("factor", [0.4, 2.0])
async def test_speed_keeps_the_pitch(world: World, api: Api, factor: float) -> None:
    ann = await world.user()
    film = await studio.film(world, ann, 3)
    last = await studio.edited(api.as_(ann), film, {"speed": {"factor": factor}})
    found = await studio.look(world, last.result)
    assert found.film_seconds() == pytest.approx(3 / factor, abs=0.1)
    assert found.sound_seconds() == pytest.approx(3 / factor, abs=0.1)
    assert pitch_level(part(found.sound(), 0.3, 1.2), 440) > LOUD


@pytest.mark.parametrize(
    ("chosen", "codec"),
    [("MP3", "mp3"), ("M4A", "aac"), ("WAV", "pcm_s16le"), ("WEBM", "opus")],
)
async def test_every_form_of_sound_can_be_chosen(world: World, api: Api, chosen: str, codec: str) -> None:
    ann = await world.user()
    sound = await studio.tone(world, ann, 2, name="tone.flac")
    last = await studio.edited(api.as_(ann), sound, {"trim": {"start": 0.5}}, format=f"OUTPUT_FORMAT_{chosen}")
    found = await studio.look(world, last.result)
    assert found.codecs == [codec]
    assert found.sound_seconds() == pytest.approx(1.5, abs=0.1)
    assert pitch_level(part(found.sound(), 0.2, 1.2), 440) > LOUD
