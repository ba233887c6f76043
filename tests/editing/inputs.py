"""One sound and one film, in every format that the platform takes: what each step is tried on.

Both last three seconds, with a tone of 440 Hz that pauses for 0.6 s in the middle. The film's quarters are red and
green above, blue and white below; a black box appears in its middle after one second.
"""

from typing import Final

from cnt_grpc.media.sniff import Kind
from tests.editing import studio
from tests.harness.world import Person, World

SECONDS: Final = 3.0
PAUSE: Final = (1.2, 1.8)
"""Seconds between which nothing is heard."""
BOX: Final = 1.0
"""Second from which the box is seen."""
SIZE: Final = (320, 240)
RATE: Final = 25

RED, GREEN, BLUE, WHITE, BLACK = (254, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)

_TONE = "sine=frequency=440:sample_rate=48000:duration=3,volume='1-between(t,1.2,1.8)':eval=frame"
_FILM = (
    "color=black:s=320x240:d=3:r=25,drawbox=0:0:160:120:red:fill,drawbox=160:0:160:120:green:fill,"
    "drawbox=0:120:160:120:blue:fill,drawbox=160:120:160:120:white:fill,"
    "drawbox=140:100:40:40:black:fill:enable='gte(t,0.999)',format={pixels}[out0];" + _TONE + "[out1]"
)

SOUNDS: Final[dict[str, tuple[str, ...]]] = {
    "mp3": ("-c:a", "libmp3lame"),
    "wav": ("-c:a", "pcm_s16le"),
    "m4a": ("-c:a", "aac"),
    "flac": ("-c:a", "flac"),
    "ogg": ("-c:a", "libvorbis"),
    "aac": ("-c:a", "aac"),
    "webm": ("-c:a", "libopus"),
    "24bit.wav": ("-c:a", "pcm_s24le"),
    "opus.ogg": ("-c:a", "libopus"),
    "alac.m4a": ("-c:a", "alac"),
}
"""Formats of sound by the end of their files' names, and what each is encoded with."""

FILMS: Final[dict[str, tuple[str, ...]]] = {
    "mp4": ("-c:v", "libx264", "-g", "25", "-c:a", "aac"),
    "mov": ("-c:v", "libx264", "-g", "25", "-c:a", "pcm_s16le"),
    "mkv": ("-c:v", "libx264", "-g", "25", "-c:a", "flac"),
    "webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25", "-c:a", "libopus"),
    "hevc.mp4": ("-c:v", "libx265", "-x265-params", "log-level=error:keyint=25", "-c:a", "aac", "-tag:v", "hvc1"),
    "prores.mov": ("-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "vp9.mkv": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25", "-c:a", "libopus"),
    "vp8.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-g", "25", "-c:a", "libvorbis"),
}
"""Likewise, of films."""


async def sound(world: World, who: Person, form: str) -> int:
    """The sound in one of the formats; its id."""
    return await studio.drawn(world, who, _TONE, Kind.AUDIO, f"tone.{form}", *SOUNDS[form])


async def film(world: World, who: Person, form: str) -> int:
    """The film in one of the formats; its id."""
    graph = _FILM.format(pixels="yuv422p10le" if form == "prores.mov" else "yuv420p")
    return await studio.drawn(world, who, graph, Kind.VIDEO, f"film.{form}", *FILMS[form])
