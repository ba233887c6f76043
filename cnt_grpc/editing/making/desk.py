"""Where one edit is made: a folder with its sources, and FFmpeg to be run in it."""

from asyncio import Event
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cnt_grpc import media
from cnt_grpc.editing.making.findings import Place

BOUNDS: Final = media.sandbox.Bounds()
"""What FFmpeg may use up for one edit."""

Hear = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """The job's own; gone when it ends."""

    folder: Path
    places: Mapping[int, Place]
    """Where each source lies, by its id."""
    stop: Event
    """Set when someone breaks the edit off."""

    async def run(self, arguments: Sequence[str], *, hear: Hear | None = None, listen: Hear | None = None) -> None:
        """Run FFmpeg to its end; raises what `media.ffmpeg.run` raises."""
        names = [each.name for each in self.places.values()]
        await media.ffmpeg.run(
            arguments, self.folder, inputs=names, bounds=BOUNDS, hear=hear, listen=listen, stop=self.stop
        )
