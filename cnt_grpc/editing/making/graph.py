"""A plan as a graph of FFmpeg's filters: every step in one run, the picture and the sound as two chains.

What a person wrote never comes near a filter: steps are numbers by now, words are pictures.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ffmpeg

from cnt_grpc import media
from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.editing.making.chains import (
    RATE,
    Chain,
    common,
    joined_film,
    joined_sound,
    lasting,
    restarted,
    seen,
)
from cnt_grpc.editing.making.chains import (
    number as _n,
)
from cnt_grpc.editing.making.findings import Measured, Place, Words
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
from cnt_grpc.editing.planning import Plan, Step

_LOWEST_TEMPO: Final = 0.5
"""What one atempo filter does at the least."""


class Graph:
    """Both chains of a plan, up to some step."""

    def __init__(self, plan: Plan, places: Mapping[int, Place], measured: Measured) -> None:
        self._plan = plan
        self._places = places
        self._measured = measured
        self._opens = 0
        self.film: Chain | None = None
        self.sound: Chain | None = None

    def build(self, until: int | None = None) -> "Graph":
        """Lead the chains through the first so many steps; through all of them unless told otherwise."""
        steps = self._plan.steps[:until]
        start, clip = 0, self._plan.source.clip
        options: dict[str, object] = {}
        if steps and isinstance(steps[0].operation, Trim):
            # Sought in the file instead of cut out of its stream: what lies before is not even decoded.
            trim, clip, start = steps[0].operation, steps[0].after, 1
            options = {"ss": _n(trim.start), "t": _n(clip.seconds)}
        source = self._opened(self._plan.source, **options)
        self.film = source["v:0"] if clip.film else None
        self.sound = self._filled(source["a:0"], clip) if clip.sound else None
        for number, step in enumerate(steps[start:], start):
            self._add(number, step)
        return self

    def _opened(self, source: Source, **options: object) -> Chain:
        place = self._places[source.media_id]
        return media.ffmpeg.opened(place.name, place.container, **options, **self._own())

    def _own(self) -> dict[str, object]:
        """An option that tells inputs apart: ffmpeg-python takes equal ones for one, which cannot be used twice."""
        self._opens += 1
        return {"thread_queue_size": 64 + self._opens}

    def _filled(self, sound: Chain, clip: Clip) -> Chain:
        """A film's sound without gaps and as long as the film; a plain sound is what it is."""
        if not clip.film:
            return sound
        return lasting(sound.filter("aresample", **{"async": 1, "first_pts": 0}), clip.seconds)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _add(self, number: int, step: Step) -> None:  # noqa: C901  (one case a kind of step)
        match step.operation:
            case Trim() as trim:
                self._cut(trim.start, trim.start + step.after.seconds)
            case Merge() as merge:
                self._join(merge, step)
            case FadeIn() | FadeOut() as fade:
                self._fade(fade, step.before.seconds)
            case RemoveSilence():
                self._keep(self._measured.heard[number])
            case Speed(factor):
                self._hurry(factor)
            case RemoveAudio():
                self.sound = None
            case AddAudio() as added:
                self._mix(added, step.before)
            case ReplaceAudio() as replaced:
                self._replace(replaced, step.before.seconds)
            case Volume() | Loudness():
                self.sound = self._louder(number, step.operation)
            case Thumbnail(at):
                # The end itself shows nothing: the last picture began before it.
                self._cut(max(0.0, min(at, step.before.seconds - 0.1)), step.before.seconds)
            case TextOverlays():
                self._write(self._measured.words[number])
            case Filters() | Rotate() | Crop() | Scale():
                self._draw(step.operation, step.after)

    def _cut(self, start: float, end: float) -> None:
        if self.film is not None:
            self.film = restarted(self.film.filter("trim", start=_n(start), end=_n(end)))
        if self.sound is not None:
            self.sound = self.sound.filter("atrim", start=_n(start), end=_n(end)).filter("asetpts", "PTS-STARTPTS")

    def _fade(self, fade: FadeIn | FadeOut, seconds: float) -> None:
        rises = isinstance(fade, FadeIn)
        when = {"type": "in" if rises else "out", "duration": _n(fade.duration)}
        when["start_time"] = "0" if rises else _n(max(0.0, seconds - fade.duration))
        if self.sound is not None:
            self.sound = self.sound.filter("afade", **when)
        if fade.picture and self.film is not None:
            self.film = self.film.filter("fade", **when)

    def _keep(self, heard: Sequence[tuple[float, float]]) -> None:
        """Only these parts, one behind the other."""
        inside = "+".join(f"between(t,{_n(start)},{_n(end)})" for start, end in heard)
        if self.film is not None:
            # Pictures of equal length, so that both chains lose equally much.
            rate = _n(self._measured.rate)
            regular = self.film.filter("fps", fps=rate)
            self.film = regular.filter("select", inside).filter("setpts", f"N/{rate}/TB")
        if self.sound is not None:
            small = self.sound.filter("aresample", RATE).filter("asetnsamples", n=48, p=0)
            self.sound = small.filter("aselect", inside).filter("asetpts", "N/SR/TB")

    def _hurry(self, factor: float) -> None:
        if self.film is not None:
            self.film = self.film.filter("setpts", f"PTS/{_n(factor)}").filter("fps", fps=_n(self._measured.rate))
        left = factor
        while self.sound is not None and left < _LOWEST_TEMPO:
            self.sound, left = self.sound.filter("atempo", _n(_LOWEST_TEMPO)), left / _LOWEST_TEMPO
        if self.sound is not None:
            self.sound = self.sound.filter("atempo", _n(left))

    def _louder(self, number: int, operation: Volume | Loudness) -> Chain:
        assert self.sound is not None, "planned"
        if isinstance(operation, Volume):
            return self.sound.filter("volume", f"{_n(operation.gain_db)}dB")
        found = self._measured.loud[number]
        norm = {
            "I": _n(operation.target_lufs),
            "TP": "-1.5",
            "LRA": "11",
            "measured_I": _n(found.integrated),
            "measured_TP": _n(found.true_peak),
            "measured_LRA": _n(found.range),
            "measured_thresh": _n(found.threshold),
            "offset": _n(found.offset),
            "linear": "true",
        }
        # It works at 192 kHz.
        return self.sound.filter("loudnorm", **norm).filter("aresample", RATE)

    def _mix(self, added: AddAudio, before: Clip) -> None:
        other = common(self._opened(self._plan.others[added.media_id])["a:0"])
        other = other.filter("volume", f"{_n(added.gain_db)}dB")
        if added.offset:
            other = other.filter("adelay", delays=round(added.offset * 1000), all=1)
        if self.sound is None:
            self.sound = lasting(other, before.seconds)
            return
        both = [common(self.sound), other]
        self.sound = ffmpeg.filter(both, "amix", inputs=2, duration="first", dropout_transition=0, normalize=0)

    def _replace(self, replaced: ReplaceAudio, seconds: float) -> None:
        options = {"stream_loop": -1} if replaced.loops else {}
        self.sound = lasting(self._opened(self._plan.others[replaced.media_id], **options)["a:0"], seconds)

    def _draw(self, operation: Operation, after: Clip) -> None:
        assert self.film is not None, "planned"
        match operation:
            case Filters(brightness, contrast, saturation):
                light = {"brightness": _n(brightness), "contrast": _n(contrast), "saturation": _n(saturation)}
                self.film = self.film.filter("format", "yuv420p").filter("eq", **light)
            case Rotate(degrees) if degrees == 180:  # noqa: PLR2004
                self.film = self.film.filter("hflip").filter("vflip")
            case Rotate(degrees):
                self.film = self.film.filter("transpose", "clock" if degrees == 90 else "cclock")  # noqa: PLR2004
            case Crop(x, y):
                place = {"w": after.width, "h": after.height, "x": x, "y": y, "exact": 1}
                self.film = self.film.filter("crop", **place)
            case Scale():
                self.film = self.film.filter("scale", after.width, after.height).filter("setsar", 1)

    def _write(self, words: Sequence[Words]) -> None:
        for each in words:
            picture = media.ffmpeg.opened(each.name, media.ffmpeg.PICTURES)
            # Until the end, not up to it: two captions that follow each other are never seen at once.
            shown = f"gte(t,{_n(each.start)})*lt(t,{_n(each.end)})"
            self.film = ffmpeg.filter([self.film, picture["v:0"]], "overlay", x=each.x, y=each.y, enable=shown)

    # -- joining ------------------------------------------------------------------------------------------------------

    def _join(self, merge: Merge, step: Step) -> None:
        parts = [self._plan.others[each] for each in merge.media_ids]
        clips = [step.before, *(part.clip for part in parts)]
        opened = [self._opened(part) for part in parts]
        if step.after.sound:
            sounds = [self.sound, *(each["a:0"] if part.clip.sound else None for each, part in _pairs(opened, parts))]
            heard = [self._heard(sound, clip.seconds) for sound, clip in _pairs(sounds, clips)]
            self.sound = joined_sound(heard, merge.crossfade)
        if self.film is not None:
            films = [self.film, *(each["v:0"] for each in opened)]
            width, height = step.after.width // 2 * 2, step.after.height // 2 * 2
            rate = self._measured.rate
            shown = [seen(film, clip.seconds, (width, height), rate) for film, clip in _pairs(films, clips)]
            self.film = joined_film(shown, [clip.seconds for clip in clips], merge.crossfade)

    def _heard(self, sound: Chain | None, seconds: float) -> Chain:
        """A part's sound in the common form and exactly so long; silence where it has none."""
        if sound is None:
            sound = ffmpeg.input(f"anullsrc=r={RATE}:cl=stereo", f="lavfi", t=_n(seconds), **self._own())
        return lasting(common(sound), seconds)


def _pairs(left: Sequence[Any], right: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(left, right, strict=True))
