"""Reading files of ours from beginning to end: is what a program has made whole, and what does it hold?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cnt_grpc.media import examine, sandbox
from cnt_grpc.media.examine import BrokenExaminerError

SECONDS: Final = 3600
"""Longest reading: a film of hours, decoded."""

Extent = Literal["head", "packets", "frames"]
"""How much is read: the streams' names, every packet with both ends decoded, or every picture and sample decoded."""


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of a file."""

    kind: str
    """`video` or `audio`."""
    codec: str
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    packets: int
    frames: int
    """That were decoded."""
    width: int = 0
    height: int = 0
    rate: float = 0.0
    """Pictures a second; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds."""

    tracks: tuple[Track, ...]

    def of(self, kind: str) -> tuple[Track, ...]:
        """The streams of sound, or of pictures."""
        return tuple(track for track in self.tracks if track.kind == kind)

    @property
    def seconds(self) -> float:
        """From the first to the last that was read."""
        return max((track.end for track in self.tracks), default=0.0) - min(
            (track.start for track in self.tracks), default=0.0
        )


async def read(path: Path, container: str, folder: Path, extent: Extent) -> Reading:
    """Read a file; `folder` is empty. Raises UnreadableError, BrokenExaminerError."""
    request = {"path": str(path), "container": container, "read": extent}
    # Decoding an hour of film takes minutes of a processor: others come first, as before FFmpeg, which made it.
    answer = await examine.ask("whole.py", request, folder, seconds=SECONDS, niceness=sandbox.NICENESS)
    try:
        return Reading(tuple(Track(**each) for each in answer["streams"]))
    except (KeyError, TypeError) as error:
        raise BrokenExaminerError("the answer makes no sense") from error
