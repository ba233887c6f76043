"""What the worker knows of an edit before it makes it: where its sources lie, and what was measured and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

FRAMES: Final = 30
"""Pictures a second where the film does not say."""


@dataclass(frozen=True, slots=True)
class Loud:
    """What FFmpeg measured of a sound, as its filter loudnorm wants it back."""

    integrated: float
    true_peak: float
    range: float
    threshold: float
    offset: float


@dataclass(frozen=True, slots=True)
class Words:
    """A caption, drawn."""

    name: str
    """Of its picture in the job's folder."""
    x: int
    y: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What the worker has found out or drawn, by the number of the step that asked."""

    loud: Mapping[int, Loud] = field(default_factory=dict)
    heard: Mapping[int, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """The parts in which something is heard, in seconds."""
    words: Mapping[int, Sequence[Words]] = field(default_factory=dict)
    rate: float = FRAMES
    """Pictures a second of the film that the edit starts from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source's bytes are."""

    name: str
    """In the job's folder."""
    container: str
    """The demuxer that reads it."""
