"""Pieces of FFmpeg's graphs that steps are put together from: chains of sound and of pictures in common forms."""

from collections.abc import Sequence
from typing import Any, Final

import ffmpeg

RATE: Final = 48000
"""Samples a second of what is mixed of several sources."""

Chain = Any
"""A stream of ffmpeg-python, which has no types."""


def joined_sound(parts: Sequence[Chain], crossfade: float) -> Chain:
    """Sounds one behind the other, or each fading into the next."""
    if not crossfade:
        return ffmpeg.concat(*parts, v=0, a=1)
    joined = parts[0]
    for part in parts[1:]:
        joined = ffmpeg.filter([joined, part], "acrossfade", duration=number(crossfade))
    return joined


def joined_film(parts: Sequence[Chain], seconds: Sequence[float], crossfade: float) -> Chain:
    """The same of pictures, whose lengths must be known."""
    if not crossfade:
        return ffmpeg.concat(*parts, v=1, a=0)
    joined, length = parts[0], seconds[0]
    for part, lasting in zip(parts[1:], seconds[1:], strict=True):
        at = number(length - crossfade)
        joined = ffmpeg.filter([joined, part], "xfade", transition="fade", duration=number(crossfade), offset=at)
        length += lasting - crossfade
    return joined


def seen(film: Chain, seconds: float, size: tuple[int, int], rate: float) -> Chain:
    """A part's picture in the common size and exactly so long; the last picture stays where there are too few."""
    fitted = film.filter("scale", *size, force_original_aspect_ratio="decrease")
    framed = fitted.filter("pad", *size, "(ow-iw)/2", "(oh-ih)/2").filter("setsar", 1)
    regular = framed.filter("fps", fps=number(rate), start_time=0).filter("format", "yuv420p")
    return restarted(regular.filter("tpad", stop=-1, stop_mode="clone").filter("trim", end=number(seconds)))


def common(sound: Chain) -> Chain:
    """Sound in the one form in which several can be mixed."""
    return sound.filter("aresample", RATE).filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def lasting(sound: Chain, seconds: float) -> Chain:
    """Sound of exactly so many seconds, with silence behind it where it is shorter."""
    return sound.filter("apad").filter("atrim", end=number(seconds)).filter("asetpts", "PTS-STARTPTS")


def restarted(film: Chain) -> Chain:
    """Pictures that begin at zero."""
    return film.filter("setpts", "PTS-STARTPTS")


def number(value: float) -> str:
    """A number as FFmpeg reads it: never 1e-05."""
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"
