"""What must be known before an edit can be made: how loud a sound is, where it is silent, how its words look."""

import json
import re
from asyncio import to_thread
from collections.abc import Sequence
from typing import Any, Final

from cnt_grpc import media
from cnt_grpc.editing import captions
from cnt_grpc.editing.making.desk import Desk
from cnt_grpc.editing.making.findings import FRAMES, Loud, Measured, Words
from cnt_grpc.editing.making.graph import Graph
from cnt_grpc.editing.operations import Loudness, Merge, RemoveSilence, Speed, TextOverlays
from cnt_grpc.editing.planning import Plan, Step, plan

_REGULAR: Final = (Merge, RemoveSilence, Speed)
"""Steps that need pictures of equal length."""
_SLOWEST, _FASTEST = 1, 120
"""Pictures a second that make sense."""
MOST_SILENCES: Final = 400
"""That are left out; the longest ones, where there are more."""
_EDGE: Final = 0.05
"""Seconds of silence that stay at each end of what is heard, so that no word is clipped."""
_FLOOR: Final = -69.0
"""LUFS at which the meter hears nothing: its absolute gate is at -70 (EBU Tech 3341)."""

_SILENCE: Final = re.compile(rb"silence_(start|end): (-?[\d.]+)")
_REPORT: Final = re.compile(rb"\{[^{}]*\"input_i\"[^{}]*\}")
_MOST_HEARD: Final = 4 * 1024 * 1024


class SilentError(Exception):
    """There is nothing to hear in it."""


async def measure(planned: Plan, desk: Desk) -> tuple[Plan, Measured]:
    """Measure what the steps need, each in the sound that the steps before it leave; the plan with the true lengths.

    Raises SilentError, Invalid where a step cannot be done with what was found, and what `ffmpeg.run` raises.
    """
    rate = await _rate(planned, desk)
    loud: dict[int, Loud] = {}
    words: dict[int, Sequence[Words]] = {}
    heard: dict[int, Sequence[tuple[float, float]]] = {}
    lengths: dict[int, float] = {}
    for number, step in enumerate(planned.steps):
        found = Measured(loud, heard, words, rate)
        if isinstance(step.operation, Loudness):
            loud[number] = await _loudness(planned, number, step.operation, desk, found)
        elif isinstance(step.operation, RemoveSilence):
            heard[number] = await _heard(planned, number, step.operation, desk, found)
            lengths[number] = sum(end - start for start, end in heard[number])
            operations = [each.operation for each in planned.steps]
            planned = plan(planned.source, operations, planned.others, planned.output, lengths)
        elif isinstance(step.operation, TextOverlays):
            words[number] = await _drawn(number, planned.steps[number], step.operation, desk)
    return planned, Measured(loud, heard, words, rate)


async def _rate(planned: Plan, desk: Desk) -> float:
    """Pictures a second of the film that the edit starts from, where steps need to know."""
    if not planned.source.clip.film or not any(isinstance(each.operation, _REGULAR) for each in planned.steps):
        return FRAMES
    place = desk.places[planned.source.media_id]
    scratch = desk.folder / "looked"
    scratch.mkdir()
    found = await media.read(desk.folder / place.name, place.container, scratch, "head")
    rate = found.of("video")[0].rate if found.of("video") else 0.0
    return rate if _SLOWEST <= rate <= _FASTEST else FRAMES


async def _drawn(number: int, step: Step, asked: TextOverlays, desk: Desk) -> Sequence[Words]:
    """Draw the words of a step as pictures in the job's folder."""
    found = []
    for at, overlay in enumerate(asked.overlays):
        # A thread cannot be cut off.
        if desk.stop.is_set():
            raise media.ffmpeg.StoppedError
        caption = await to_thread(captions.draw, overlay, step.before.width, step.before.height)
        name = f"words{number}-{at}.png"
        await to_thread(caption.image.save, desk.folder / name)
        end = overlay.end or step.before.seconds
        found.append(Words(name, caption.x, caption.y, overlay.start, end))
    return found


async def _loudness(planned: Plan, number: int, asked: Loudness, desk: Desk, found: Measured) -> Loud:
    graph = Graph(planned, desk.places, found).build(number)
    assert graph.sound is not None, "planned"
    said = await _listen(
        graph.sound.filter("loudnorm", I=asked.target_lufs, TP="-1.5", LRA="11", print_format="json"), desk
    )
    report = _REPORT.search(said)
    if report is None:
        raise media.ffmpeg.FfmpegError(0, "no loudness was measured")
    values = json.loads(report.group())
    loudness = float(values["input_i"])
    if not loudness > _FLOOR:
        raise SilentError
    return Loud(
        loudness,
        float(values["input_tp"]),
        float(values["input_lra"]),
        float(values["input_thresh"]),
        float(values["target_offset"]),
    )


async def _heard(
    planned: Plan, number: int, asked: RemoveSilence, desk: Desk, found: Measured
) -> Sequence[tuple[float, float]]:
    graph = Graph(planned, desk.places, found).build(number)
    assert graph.sound is not None, "planned"
    said = await _listen(
        graph.sound.filter("silencedetect", noise=f"{asked.threshold_db}dB", duration=asked.min_duration), desk
    )
    seconds = planned.steps[number].before.seconds
    silences: list[tuple[float, float]] = []
    start = None
    for word, at in _SILENCE.findall(said):
        if word == b"start":
            start = max(0.0, float(at))
        elif start is not None:
            silences.append((start, min(float(at), seconds)))
            start = None
    if start is not None:
        silences.append((start, seconds))
    heard = _between(sorted(sorted(silences, key=lambda each: each[0] - each[1])[:MOST_SILENCES]), seconds)
    if not heard:
        raise SilentError
    return heard


def _between(silences: Sequence[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """What is heard between the silences."""
    heard, at = [], 0.0
    for start, end in silences:
        until = start + _EDGE if start > 0 else 0.0
        if until > at:
            heard.append((at, min(until, seconds)))
        at = max(at, end - _EDGE)
    if seconds - at > _EDGE + 0.01:
        heard.append((at, seconds))
    return heard


async def _listen(metered: Any, desk: Desk) -> bytes:  # noqa: ANN401  (a stream of ffmpeg-python)
    """Run a sound through its meter; what the meter said."""
    said = bytearray()

    def hear(piece: bytes) -> None:
        if len(said) < _MOST_HEARD:
            said.extend(piece)

    thrown_away = media.ffmpeg.thrown_away(metered)
    await desk.run(media.ffmpeg.arguments(thrown_away, level="info"), listen=hear)
    return bytes(said)
