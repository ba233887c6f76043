"""Looking at what FFmpeg made: an exit status of 0 does not say that it is whole, or what was asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnt_grpc import media
from cnt_grpc.editing.clip import Clip
from cnt_grpc.editing.making.failures import WrongResultError
from cnt_grpc.editing.operations import Format, Trim
from cnt_grpc.editing.planning import Plan

TOLERANCE: Final = 0.1
"""Seconds by which a result may be longer or shorter than planned."""
LONGEST_GROUP: Final = 60
"""Seconds between key frames, at the most that a fast trim puts up with."""

_CODECS: Final = {
    Format.MP4: ({"h264"}, {"aac"}),
    Format.WEBM: ({"vp8", "vp9", "av1"}, {"opus", "vorbis"}),
    Format.MP3: (set[str](), {"mp3"}),
    Format.M4A: (set[str](), {"aac"}),
    Format.WAV: (set[str](), {"pcm_s16le"}),
}
_CONTAINERS: Final = {"mp4": "mov", "m4a": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about a result that is right."""

    actual_start_ms: int | None
    """Of a fast trim: where in the source it really begins."""


async def check(plan: Plan, made: Path, folder: Path) -> Checked:
    """Read the result: all packets and both ends of a copy, everything of what was encoded.

    Raises WrongResultError, media.UnreadableError, media.BrokenExaminerError.
    """
    if plan.format is Format.JPG:
        return Checked(None)  # the store draws pictures anew, which reads them
    container = _CONTAINERS.get(plan.extension, plan.extension)
    found = await media.read(made, container, folder, "packets" if plan.copies else "frames")
    result = plan.result
    _same("streams of pictures", len(found.of("video")), int(result.film))
    _same("streams of sound", len(found.of("audio")), int(result.sound))
    if plan.copies:
        _check_codecs_of_copy(plan, found)
    else:
        _check_codecs(plan, found)
    if not plan.copies_film:
        _check_size(result, found)
    for track in found.tracks:
        if not track.frames:
            raise WrongResultError(f"its {track.kind} holds nothing")
    return Checked(_check_length(plan, found))


def _check_length(plan: Plan, found: media.Reading) -> int | None:
    planned = plan.result.seconds
    trim = next((step.operation for step in plan.steps if isinstance(step.operation, Trim)), None)
    if not plan.copies or trim is None or not plan.result.film:
        if abs(found.seconds - planned) > TOLERANCE:
            raise WrongResultError(f"it lasts {found.seconds:.3f} s instead of {planned:.3f} s")
        # A packet of sound lasts a few hundredths of a second: a copy of it begins where it was asked to.
        return round(trim.start * 1000) if plan.copies and trim is not None else None
    # A copy begins with the key frame before the cut, and ends where it was asked to.
    lead = max(0.0, found.of("video")[0].end - planned)
    if not -TOLERANCE <= found.seconds - planned <= LONGEST_GROUP:
        raise WrongResultError(f"it lasts {found.seconds:.3f} s instead of {planned:.3f} s")
    return max(0, round((trim.start - lead) * 1000))


def _check_codecs(plan: Plan, found: media.Reading) -> None:
    films, sounds = _CODECS[plan.format]
    for track in found.tracks:
        allowed = films if track.kind == "video" else sounds
        if track.codec not in allowed:
            raise WrongResultError(f"its {track.kind} is {track.codec}")


def _check_codecs_of_copy(plan: Plan, found: media.Reading) -> None:
    kept = set(plan.source.codecs)
    for track in found.tracks:
        if track.codec not in kept:
            raise WrongResultError(f"its {track.kind} is {track.codec}")


def _check_size(result: Clip, found: media.Reading) -> None:
    for track in found.of("video"):
        _same("pixels in width", track.width, result.width // 2 * 2)
        _same("pixels in height", track.height, result.height // 2 * 2)


def _same(what: str, found: int, planned: int) -> None:
    if found != planned:
        raise WrongResultError(f"{what}: {found} instead of {planned}")
