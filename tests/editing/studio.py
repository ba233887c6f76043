"""Real files of people, and a look into what edits make of them."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

from cnt_grpc import media
from cnt_grpc.media.sniff import Kind
from cnt_grpc.pb.cnt.editing.v1 import edit_pb2
from tests.harness.api import Api
from tests.harness.world import Person, World
from tests.media import makers

RATE = 48000
"""Samples a second, as sounds are read here."""

_SHELF = tempfile.TemporaryDirectory(prefix="cnt-studio-")
"""Files that tests of this process start from: each is made once, however many tests and people have it."""


async def made_once(path: Path, what: object, make: Callable[[Path], object]) -> Path:
    """The file under this path, as a second name of the one that `what` describes."""
    name = hashlib.sha256(repr((what, path.suffix)).encode()).hexdigest()
    kept = Path(_SHELF.name, name).with_suffix(path.suffix)

    def get() -> None:
        if not kept.exists():
            draft = kept.with_name(f"draft-{kept.name}")
            make(draft)
            draft.rename(kept)
        if not path.exists():
            os.link(kept, path)

    await asyncio.to_thread(get)
    return path


async def stored(world: World, who: Person, path: Path, kind: Kind = Kind.VIDEO) -> int:
    """A real file of this person's, examined and in the store; its id."""
    workshop = world.system.workshop
    folder = {Kind.VIDEO: "video", Kind.AUDIO: "audio"}[kind]
    made = await workshop.hand_in(path, media.new_key(folder, path.suffix[1:]), kind)
    async with world.db.transaction() as tx:
        return await workshop.keep(tx, made, owner=who.id, filename=path.name)


async def film(world: World, who: Person, seconds: float = 3.0, *options: str, name: str = "film.mp4") -> int:
    """A test picture of 320 by 240 with a tone of 440 Hz."""
    path = world.folder / f"{who.id}-{name}"
    await made_once(path, ("film", seconds, options), lambda draft: makers.film(draft, seconds, *options))
    return await stored(world, who, path)


async def tone(world: World, who: Person, seconds: float = 3.0, hertz: int = 440, name: str = "tone.mp3") -> int:
    """A sine tone; the container comes from the name."""
    source = ("-f", "lavfi", "-i", f"sine=frequency={hertz}:duration={seconds}:sample_rate={RATE}")
    path = world.folder / f"{who.id}-{hertz}-{name}"
    await made_once(path, source, lambda draft: makers.ffmpeg(*source, path=draft))
    return await stored(world, who, path, Kind.AUDIO)


async def drawn(world: World, who: Person, graph: str, kind: Kind, name: str, *options: str) -> int:
    """What a graph of FFmpeg's test sources gives."""
    command = ("-f", "lavfi", "-i", graph, *options)
    path = world.folder / f"{who.id}-{name}"
    await made_once(path, command, lambda draft: makers.ffmpeg(*command, path=draft))
    return await stored(world, who, path, kind)


async def edited(api: Api, media_id: int, *operations: dict[str, Any], seconds: float = 60, **output: Any) -> Any:
    """Ask for an edit, watch it to its end; its last progress, which must be a result."""
    last = await ended(api, media_id, *operations, seconds=seconds, **output)
    assert last.state == edit_pb2.EDIT_STATE_DONE, last.error
    return last


async def ended(api: Api, media_id: int, *operations: dict[str, Any], seconds: float = 60, **output: Any) -> Any:
    """Ask for an edit, watch it to its end; its last progress."""
    reply = await api.editing.CreateEdit(media_id=media_id, operations=operations, output=output or None)
    seen = [each.progress async for each in api.editing.WatchEdit(edit_id=reply.edit.edit_id, timeout=seconds)]
    percents = [each.percent for each in seen]
    assert percents == sorted(percents), "progress went back"
    return seen[-1]


async def bytes_of(world: World, result: edit_pb2.EditedFile) -> Path:
    """The result's bytes, as a file."""
    path = world.folder / result.file_path.rpartition("/")[2]
    if not path.exists():
        await world.system.storage.fetch(result.file_path, path)
    return path


class Look:
    """What a file really holds: everything is decoded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with av.open(str(path)) as opened:
            self.films = len(opened.streams.video)
            self.sounds = len(opened.streams.audio)
            self.codecs = [
                each.codec_context.codec.canonical_name for each in (*opened.streams.video, *opened.streams.audio)
            ]
            self.size = (opened.streams.video[0].width, opened.streams.video[0].height) if self.films else (0, 0)

    def sound(self) -> NDArray[np.float32]:
        """All of it, mixed to one channel."""
        return self._sound

    @cached_property
    def _sound(self) -> NDArray[np.float32]:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        pieces = []
        with av.open(str(self.path)) as opened:
            for frame in opened.decode(audio=0):
                pieces += [each.to_ndarray()[0] for each in resampler.resample(frame)]
            pieces += [each.to_ndarray()[0] for each in resampler.resample(None)]
        return cast("NDArray[np.float32]", np.concatenate(pieces))

    def pictures(self) -> list[tuple[float, NDArray[np.uint8]]]:
        """Every picture with its time, in RGB."""
        return self._pictures

    @cached_property
    def _pictures(self) -> list[tuple[float, NDArray[np.uint8]]]:
        with av.open(str(self.path)) as opened:
            shown = [(float(each.time or 0), each.to_ndarray(format="rgb24")) for each in opened.decode(video=0)]
        return cast("list[tuple[float, NDArray[np.uint8]]]", shown)

    def picture(self, at: float) -> NDArray[np.uint8]:
        """The picture that is shown then."""
        shown = [picture for when, picture in self.pictures() if when <= at + 0.001]
        return shown[-1]

    def planes(self) -> NDArray[np.uint8]:
        """The first picture as its light and its two differences of colour."""
        with av.open(str(self.path)) as opened:
            return cast("NDArray[np.uint8]", next(opened.decode(video=0)).to_ndarray(format="yuv444p"))

    def film_seconds(self) -> float:
        """How long the pictures last."""
        times = [when for when, _ in self.pictures()]
        return times[-1] - times[0] + (times[-1] - times[0]) / (len(times) - 1)

    def sound_seconds(self) -> float:
        """How long the sound lasts."""
        return len(self.sound()) / RATE


async def look(world: World, result: edit_pb2.EditedFile) -> Look:
    """Look into a result."""
    return Look(await bytes_of(world, result))


def part(sound: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """The samples between two moments."""
    return sound[round(start * RATE) : round(end * RATE)]


def level(sound: NDArray[np.float32]) -> float:
    """How loud it is: decibels of the mean square, full scale being 0."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def pitch_level(sound: NDArray[np.float32], hertz: float) -> float:
    """How loud one tone in it is, in decibels."""
    window = np.hanning(len(sound))
    spectrum = np.abs(np.fft.rfft(sound * window)) / window.sum() * 2
    at = round(hertz * len(sound) / RATE)
    return float(20 * np.log10(spectrum[max(0, at - 3) : at + 4].max() + 1e-9))
