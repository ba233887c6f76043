"""Judging an edit before anything is done: what each step leaves, and whether every step can be done.

`plan` walks the steps over what is known of the sources, without opening one. Where the length depends on what is heard
(silences left out) it goes on with the most that it may be; when the worker has measured, it plans again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.editing.operations import (
    NAMES,
    AddAudio,
    Crop,
    FadeIn,
    FadeOut,
    Filters,
    Format,
    Loudness,
    Merge,
    Operation,
    Output,
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
from cnt_grpc.kit.errors import Invalid, Violation

SHORTEST: Final = 0.05
"""Seconds that a result must last: a frame or two."""
LONGEST: Final = 24 * 3600
"""Seconds that a result may last."""
LARGEST_SIDE: Final = 4096
SMALLEST_SIDE: Final = 16
_ROUNDING: Final = 0.001
"""Lengths are known to the millisecond."""

_OF_SOUND: Final = (Volume, Loudness, RemoveAudio, AddAudio, ReplaceAudio)
"""What leaves the picture as it is, so that it can be copied."""
_COPIED_FILM: Final = {Format.MP4: {"h264"}, Format.WEBM: {"vp8", "vp9", "av1"}}
_FOLLOWS: Final = {"mp3": Format.MP3, "wav": Format.WAV, "m4a": Format.M4A, "webm": Format.WEBM, "mp4": Format.MP4}
_FILM_FORMATS: Final = {Format.MP4, Format.WEBM}
_SOUND_FORMATS: Final = {Format.MP3, Format.M4A, Format.WAV, Format.WEBM}


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with what it finds and what it leaves."""

    operation: Operation
    before: Clip
    after: Clip


@dataclass(frozen=True, slots=True)
class Plan:
    """An edit that can be done."""

    source: Source
    others: Mapping[int, Source]
    steps: tuple[Step, ...]
    output: Output
    format: Format
    extension: str
    """Of the result's file; a copy keeps its source's."""
    copies: bool
    """Nothing is encoded: packets are copied as they are."""
    copies_film: bool
    """Only the sound is encoded."""

    @property
    def result(self) -> Clip:
        """What it leaves."""
        return self.steps[-1].after


@dataclass(slots=True)
class _Judge:
    """Finds what is wrong with one step."""

    place: str
    violations: list[Violation] = field(default_factory=list)

    def refuse(self, name: str, description: str) -> None:
        where = f"{self.place}.{name}" if name else self.place
        self.violations.append(Violation(where, description))

    def require(self, fine: bool, name: str, description: str) -> bool:  # noqa: FBT001  (reads as a sentence)
        if not fine:
            self.refuse(name, description)
        return fine


def plan(
    source: Source,
    operations: Sequence[Operation],
    others: Mapping[int, Source],
    output: Output,
    measured: Mapping[int, float] | None = None,
) -> Plan:
    """What these steps make of the source; `measured` are lengths that only the worker could find out, by step.

    Raises Invalid with every violation of the first step that cannot be done: what follows it cannot be judged.
    """
    clip = source.clip
    steps: list[Step] = []
    for number, operation in enumerate(operations):
        judge = _Judge(f"operations[{number}].{NAMES[type(operation)]}")
        if steps and isinstance(steps[-1].operation, Thumbnail):
            judge.refuse("", "a thumbnail is the last step")
        after = _after(operation, clip, others, judge)
        if measured is not None and number in measured:
            after = after.changed(seconds=measured[number], is_exact=True)
        if not judge.violations and after.seconds < SHORTEST and not isinstance(operation, Thumbnail):
            judge.refuse("", f"it leaves {after.seconds:.3f} s; a result lasts {SHORTEST} s at least")
        if not judge.violations and after.seconds > LONGEST:
            judge.refuse("", f"it would last {after.seconds:.0f} s; a result may last {LONGEST} s")
        if judge.violations:
            raise Invalid(violations=judge.violations)
        steps.append(Step(operation, clip, after))
        clip = after
    return _with_output(source, others, tuple(steps), output)


def _with_output(source: Source, others: Mapping[int, Source], steps: tuple[Step, ...], output: Output) -> Plan:
    result, kinds = steps[-1].after, [type(step.operation) for step in steps]
    chosen = output.format
    if kinds[-1] is Thumbnail:
        if chosen is not None:
            raise Invalid.of("output.format", "a thumbnail is a jpg")
        return Plan(source, others, steps, output, Format.JPG, "jpg", copies=False, copies_film=False)
    if chosen is None:
        chosen = _FOLLOWS.get(source.extension, Format.MP4 if result.film else Format.M4A)
    if chosen not in (_FILM_FORMATS if result.film else _SOUND_FORMATS):
        raise Invalid.of("output.format", f"{'a film' if result.film else 'a sound'} cannot be {chosen}")
    fast = [number for number, step in enumerate(steps) if isinstance(step.operation, Trim) and step.operation.fast]
    stays = output.format is None or output.format == _FOLLOWS.get(source.extension)
    only_copied = (
        all(kind is RemoveAudio or (kind is Trim and number in fast) for number, kind in enumerate(kinds))
        and len(fast) <= 1
    )
    copies = stays and only_copied
    if fast and not copies:
        why = "a fast trim copies: it stands alone or beside remove_audio, and keeps the source's format"
        raise Invalid.of(f"operations[{fast[0]}].trim.mode", why)
    if copies:
        return Plan(source, others, steps, output, chosen, source.extension, copies=True, copies_film=result.film)
    copies_film = (
        result.film
        and source.film_codec in _COPIED_FILM.get(chosen, set())
        and all(kind in _OF_SOUND or _is_plain_fade(step) for kind, step in zip(kinds, steps, strict=True))
    )
    return Plan(source, others, steps, output, chosen, chosen.value, copies=False, copies_film=copies_film)


def _is_plain_fade(step: Step) -> bool:
    return isinstance(step.operation, FadeIn | FadeOut) and not step.operation.picture


# -- each kind of step ------------------------------------------------------------------------------------------------


def _after(operation: Operation, clip: Clip, others: Mapping[int, Source], judge: _Judge) -> Clip:  # noqa: C901, PLR0912
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


def _trimmed(trim: Trim, clip: Clip, judge: _Judge) -> Clip:
    end = trim.end or clip.seconds
    fine = judge.require(trim.start < clip.seconds, "start", f"it lies behind the end, {_s(clip.seconds)}")
    fine &= judge.require(trim.end <= clip.seconds + _ROUNDING, "end", f"it lies behind the end, {_s(clip.seconds)}")
    if fine and judge.require(trim.start < end, "end", "it lies before the start"):
        return clip.changed(seconds=min(end, clip.seconds) - trim.start)
    return clip


def _merged(merge: Merge, clip: Clip, parts: Sequence[Clip], judge: _Judge) -> Clip:
    for at, part in enumerate(parts):
        if part.film != clip.film:
            kinds = ("a film", "a sound") if part.film else ("a sound", "a film")
            judge.refuse(f"media_ids[{at}]", f"it is {kinds[0]}, and what it follows is {kinds[1]}")
    shortest = min(part.seconds for part in (clip, *parts))
    if merge.crossfade:
        judge.require(merge.crossfade <= shortest / 2, "crossfade", f"a part lasts {_s(shortest)}: half of it at most")
    seconds = clip.seconds + sum(part.seconds for part in parts) - merge.crossfade * len(parts)
    return clip.changed(seconds=seconds, sound=clip.sound or any(part.sound for part in parts))


def _faded(fade: FadeIn | FadeOut, clip: Clip, judge: _Judge) -> Clip:
    judge.require(fade.duration <= clip.seconds + _ROUNDING, "duration", f"it is longer than all, {_s(clip.seconds)}")
    if fade.picture:
        judge.require(clip.film, "picture", "there are no moving pictures in it")
    else:
        judge.require(clip.sound, "", "there is no sound in it")
    return clip


def _cropped(crop: Crop, clip: Clip, judge: _Judge) -> Clip:
    if judge.require(clip.film, "", "there are no moving pictures in it"):
        judge.require(crop.x + crop.width <= clip.width, "width", f"it passes the right edge, {clip.width}")
        judge.require(crop.y + crop.height <= clip.height, "height", f"it passes the lower edge, {clip.height}")
    return clip.changed(width=crop.width // 2 * 2, height=crop.height // 2 * 2)


def _scaled(scale: Scale, clip: Clip, judge: _Judge) -> Clip:
    if not judge.require(clip.film, "", "there are no moving pictures in it"):
        return clip
    if not judge.require(bool(scale.width or scale.height), "width", "width, height or both must be given"):
        return clip
    width = scale.width or round(clip.width * scale.height / clip.height)
    height = scale.height or round(clip.height * scale.width / clip.width)
    for name, side in (("width", width), ("height", height)):
        judge.require(SMALLEST_SIDE <= side <= LARGEST_SIDE, name, f"{side} is not {SMALLEST_SIDE} to {LARGEST_SIDE}")
    return clip.changed(width=width // 2 * 2, height=height // 2 * 2)


def _captioned(step: TextOverlays, clip: Clip, judge: _Judge) -> None:
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
