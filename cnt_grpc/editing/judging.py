"""What each kind of step leaves of a clip, and why it cannot be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.editing.operations import (
    AddAudio,
    Crop,
    FadeIn,
    FadeOut,
    Filters,
    Loudness,
    Merge,
    Operation,
    RemoveAudio,
    RemoveSilence,
    ReplaceAudio,
    Rotate,
    Scale,
    Speed,
    TextOverlays,
    Thumbnail,
    Trim,
    Volume,
)
from cnt_grpc.kit.errors import Violation

LARGEST_SIDE: Final = 4096
SMALLEST_SIDE: Final = 16
_ROUNDING: Final = 0.001
"""Lengths are known to the millisecond."""


@dataclass(slots=True)
class Judge:
    """Finds what is wrong with one step."""

    place: str
    violations: list[Violation] = field(default_factory=list)

    def refuse(self, name: str, description: str) -> None:
        """Keep what is wrong with a field of the step; "" is the step itself."""
        where = f"{self.place}.{name}" if name else self.place
        self.violations.append(Violation(where, description))

    def require(self, fine: bool, name: str, description: str) -> bool:  # noqa: FBT001  (reads as a sentence)
        """The same unless it is fine; whether it is."""
        if not fine:
            self.refuse(name, description)
        return fine


def after(operation: Operation, clip: Clip, others: Mapping[int, Source], judge: Judge) -> Clip:  # noqa: C901, PLR0912
    """What a step leaves of a clip; what is wrong with it is the judge's to keep."""
    match operation:
        case Trim():
            return _trimmed(operation, clip, judge)
        case Merge():
            return _merged(operation, clip, [others[each].clip for each in operation.media_ids], judge)
        case FadeIn() | FadeOut():
            return _faded(operation, clip, judge)
        case Volume() | Loudness():
            judge.require(clip.sound, "", "there is no sound in it")
        case RemoveSilence():
            judge.require(clip.sound, "", "there is no sound in it")
            return clip.changed(is_exact=False)
        case RemoveAudio():
            if judge.require(clip.film, "", "there are no moving pictures in it: nothing would be left"):
                judge.require(clip.sound, "", "there is no sound in it")
            return clip.changed(sound=False)
        case AddAudio():
            judge.require(others[operation.media_id].clip.sound, "media_id", "there is no sound in it")
            judge.require(operation.offset < clip.seconds, "offset", f"it begins behind the end, {_s(clip.seconds)}")
            return clip.changed(sound=True)
        case ReplaceAudio():
            judge.require(others[operation.media_id].clip.sound, "media_id", "there is no sound in it")
            judge.require(clip.film, "", "there are no moving pictures in it to put a sound to")
            return clip.changed(sound=True)
        case Filters():
            judge.require(clip.film, "", "there are no moving pictures in it")
        case Rotate():
            judge.require(clip.film, "", "there are no moving pictures in it")
            if operation.degrees != 180:  # noqa: PLR2004  (a half turn keeps width and height)
                return clip.changed(width=clip.height, height=clip.width)
        case Crop():
            return _cropped(operation, clip, judge)
        case Scale():
            return _scaled(operation, clip, judge)
        case TextOverlays():
            _captioned(operation, clip, judge)
        case Speed():
            return clip.changed(seconds=clip.seconds / operation.factor)
        case Thumbnail():
            judge.require(clip.film, "", "there are no moving pictures in it")
            judge.require(operation.at <= clip.seconds + _ROUNDING, "at", f"it lies behind the end, {_s(clip.seconds)}")
            return clip.changed(seconds=0.0, sound=False, is_exact=True)
    return clip


def _trimmed(trim: Trim, clip: Clip, judge: Judge) -> Clip:
    end = trim.end or clip.seconds
    fine = judge.require(trim.start < clip.seconds, "start", f"it lies behind the end, {_s(clip.seconds)}")
    fine &= judge.require(trim.end <= clip.seconds + _ROUNDING, "end", f"it lies behind the end, {_s(clip.seconds)}")
    if fine and judge.require(trim.start < end, "end", "it lies before the start"):
        return clip.changed(seconds=min(end, clip.seconds) - trim.start)
    return clip


def _merged(merge: Merge, clip: Clip, parts: Sequence[Clip], judge: Judge) -> Clip:
    for at, part in enumerate(parts):
        if part.film != clip.film:
            kinds = ("a film", "a sound") if part.film else ("a sound", "a film")
            judge.refuse(f"media_ids[{at}]", f"it is {kinds[0]}, and what it follows is {kinds[1]}")
    shortest = min(part.seconds for part in (clip, *parts))
    if merge.crossfade:
        judge.require(merge.crossfade <= shortest / 2, "crossfade", f"a part lasts {_s(shortest)}: half of it at most")
    seconds = clip.seconds + sum(part.seconds for part in parts) - merge.crossfade * len(parts)
    return clip.changed(seconds=seconds, sound=clip.sound or any(part.sound for part in parts))


def _faded(fade: FadeIn | FadeOut, clip: Clip, judge: Judge) -> Clip:
    judge.require(fade.duration <= clip.seconds + _ROUNDING, "duration", f"it is longer than all, {_s(clip.seconds)}")
    if fade.picture:
        judge.require(clip.film, "picture", "there are no moving pictures in it")
    else:
        judge.require(clip.sound, "", "there is no sound in it")
    return clip


def _cropped(crop: Crop, clip: Clip, judge: Judge) -> Clip:
    if judge.require(clip.film, "", "there are no moving pictures in it"):
        judge.require(crop.x + crop.width <= clip.width, "width", f"it passes the right edge, {clip.width}")
        judge.require(crop.y + crop.height <= clip.height, "height", f"it passes the lower edge, {clip.height}")
    return clip.changed(width=crop.width // 2 * 2, height=crop.height // 2 * 2)


def _scaled(scale: Scale, clip: Clip, judge: Judge) -> Clip:
    if not judge.require(clip.film, "", "there are no moving pictures in it"):
        return clip
    if not judge.require(bool(scale.width or scale.height), "width", "width, height or both must be given"):
        return clip
    width = scale.width or round(clip.width * scale.height / clip.height)
    height = scale.height or round(clip.height * scale.width / clip.width)
    for name, side in (("width", width), ("height", height)):
        judge.require(SMALLEST_SIDE <= side <= LARGEST_SIDE, name, f"{side} is not {SMALLEST_SIDE} to {LARGEST_SIDE}")
    return clip.changed(width=width // 2 * 2, height=height // 2 * 2)


def _captioned(step: TextOverlays, clip: Clip, judge: Judge) -> None:
    judge.require(clip.film, "", "there are no moving pictures in it")
    for at, overlay in enumerate(step.overlays):
        place, end = f"overlays[{at}]", overlay.end or clip.seconds
        behind = f"it lies behind the end, {_s(clip.seconds)}"
        fine = judge.require(overlay.start < clip.seconds, f"{place}.start", behind)
        fine &= judge.require(overlay.end <= clip.seconds + _ROUNDING, f"{place}.end", behind)
        if fine:
            judge.require(overlay.start < end, f"{place}.end", "it lies before the start")


def _s(seconds: float) -> str:
    return f"{seconds:.3f} s"
