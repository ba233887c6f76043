"""Judging an edit before anything is done: what each step leaves, and whether every step can be done.

`plan` walks the steps over what is known of the sources, without opening one. Where the length depends on what is heard
(silences left out) it goes on with the most that it may be; when the worker has measured, it plans again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.editing.judging import Judge
from cnt_grpc.editing.judging import after as after_step
from cnt_grpc.editing.operations import (
    NAMES,
    AddAudio,
    FadeIn,
    FadeOut,
    Format,
    Loudness,
    Operation,
    Output,
    RemoveAudio,
    ReplaceAudio,
    Thumbnail,
    Trim,
    Volume,
)
from cnt_grpc.kit.errors import Invalid

SHORTEST: Final = 0.05
"""Seconds that a result must last: a frame or two."""
LONGEST: Final = 24 * 3600
"""Seconds that a result may last."""

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
        judge = Judge(f"operations[{number}].{NAMES[type(operation)]}")
        if steps and isinstance(steps[-1].operation, Thumbnail):
            judge.refuse("", "a thumbnail is the last step")
        after = after_step(operation, clip, others, judge)
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
