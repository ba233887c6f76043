"""What a file, or what one step leaves of it, is: long, large, with or without sound and picture."""

from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound, film or both, as far as plans need to know it."""

    seconds: float
    """Its length; 0 for a still picture."""
    sound: bool
    film: bool
    width: int = 0
    height: int = 0
    is_exact: bool = True
    """Whether the length is known: not before the silences of it were found."""

    def changed(self, **values: Any) -> Self:  # noqa: ANN401  (each has its own type)
        """The same but for these."""
        return replace(self, **values)


@dataclass(frozen=True, slots=True)
class Source:
    """A stored file to make something of."""

    media_id: int
    extension: str
    """Of its type, such as mp4."""
    codecs: tuple[str, ...]
    """Of the picture, if there is one, and of the sound."""
    clip: Clip

    @property
    def film_codec(self) -> str:
        """Of its picture; "" without one."""
        return self.codecs[0] if self.clip.film and self.codecs else ""
