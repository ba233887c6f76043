"""The steps of an edit as plain values: what the contract's Operation says, with every default filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Trim:
    """Keep what lies between two moments, in seconds; `end` 0 is the end."""

    start: float = 0.0
    end: float = 0.0
    fast: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """Put other files behind; each fades into the next for so many seconds."""

    media_ids: tuple[int, ...]
    crossfade: float = 0.0


@dataclass(frozen=True, slots=True)
class FadeIn:
    """Rise for so many seconds."""

    duration: float
    picture: bool = False


@dataclass(frozen=True, slots=True)
class FadeOut:
    """Fall for so many seconds."""

    duration: float
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """Louder or softer."""

    gain_db: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """A loudness by EBU R 128."""

    target_lufs: float = -16.0


@dataclass(frozen=True, slots=True)
class RemoveSilence:
    """Leave out what is softer than the threshold for so many seconds."""

    threshold_db: float = -50.0
    min_duration: float = 0.5


@dataclass(frozen=True, slots=True)
class RemoveAudio:
    """A film without its sound."""


@dataclass(frozen=True, slots=True)
class AddAudio:
    """Another sound beside its own."""

    media_id: int
    gain_db: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplaceAudio:
    """Another sound in place of its own."""

    media_id: int
    loops: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """The light of the picture."""

    brightness: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0


@dataclass(frozen=True, slots=True)
class Rotate:
    """Clockwise, in degrees."""

    degrees: int


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the picture, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Another size, in pixels; 0 follows from the other."""

    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Speed:
    """Faster or slower."""

    factor: float


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One moment as a picture."""

    at: float


class Alignment(StrEnum):
    """How lines stand to each other and to their place."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


@dataclass(frozen=True, slots=True)
class TextOverlay:
    """Words on the picture for a while; the place is a part (0 to 1) of its width and height."""

    text: str
    start: float = 0.0
    end: float = 0.0
    x: float = 0.5
    y: float = 0.5
    font: str = ""
    font_size: float = 0.0
    color: Colour = (255, 255, 255)
    background_color: Colour | None = None
    alignment: Alignment = Alignment.CENTER
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class TextOverlays:
    """All words of one step; later ones lie over earlier ones."""

    overlays: tuple[TextOverlay, ...]


Operation = (
    Trim
    | Merge
    | FadeIn
    | FadeOut
    | Volume
    | Loudness
    | RemoveSilence
    | RemoveAudio
    | AddAudio
    | ReplaceAudio
    | Filters
    | Rotate
    | Crop
    | Scale
    | Speed
    | Thumbnail
    | TextOverlays
)

NAMES: Final[dict[type[Operation], str]] = {
    Trim: "trim",
    Merge: "merge",
    FadeIn: "fade_in",
    FadeOut: "fade_out",
    Volume: "volume",
    Loudness: "loudness",
    RemoveSilence: "remove_silence",
    RemoveAudio: "remove_audio",
    AddAudio: "add_audio",
    ReplaceAudio: "replace_audio",
    Filters: "filters",
    Rotate: "rotate",
    Crop: "crop",
    Scale: "scale",
    Speed: "speed",
    Thumbnail: "thumbnail",
    TextOverlays: "text_overlays",
}
"""As the contract calls them."""


class Format(StrEnum):
    """Forms of a result; the value is the extension of its file."""

    MP4 = "mp4"
    WEBM = "webm"
    MP3 = "mp3"
    M4A = "m4a"
    WAV = "wav"
    JPG = "jpg"


class Quality(StrEnum):
    """How much room an encoded film may take."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Output:
    """The form of a result."""

    format: Format | None = None
    """None follows the source."""
    quality: Quality = Quality.MEDIUM
    filename: str = ""


def others(operations: Sequence[Operation]) -> list[tuple[str, int]]:
    """The files that steps name beside the one that they start from, with the field of each."""
    found: list[tuple[str, int]] = []
    for number, each in enumerate(operations):
        field = f"operations[{number}].{NAMES[type(each)]}"
        if isinstance(each, Merge):
            found += [(f"{field}.media_ids[{at}]", media_id) for at, media_id in enumerate(each.media_ids)]
        elif isinstance(each, AddAudio | ReplaceAudio):
            found.append((f"{field}.media_id", each.media_id))
    return found
