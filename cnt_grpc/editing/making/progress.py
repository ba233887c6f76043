"""What FFmpeg says of its progress (-progress), turned into a part of the whole; never backwards."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from cnt_grpc.editing.stages import Stage

_LONGEST_LINE: Final = 4096

Show = Callable[[Stage, float, float, float], Awaitable[None]]
"""Shows the part (0 to 1) of a stage that is done, how fast it goes, and the seconds that are left."""


class Reader:
    """Reads the lines as they come."""

    def __init__(self, seconds: float) -> None:
        self._seconds = max(seconds, 0.001)
        self._rest = b""
        self._news = asyncio.Event()
        self.part = 0.0
        """0 to 1."""
        self.speed = 0.0
        """Seconds of the result in a second."""

    def hear(self, piece: bytes) -> None:
        """Take what came; times may be N/A, below zero at first, and beyond the end at last."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._rest = self._rest[-_LONGEST_LINE:]
        for line in lines:
            name, _, value = line.strip().partition(b"=")
            with contextlib.suppress(ValueError):
                if name == b"out_time_us":
                    self.part = min(max(self.part, int(value) / 1e6 / self._seconds), 1.0)
                elif name == b"speed":
                    self.speed = max(0.0, float(value.strip().removesuffix(b"x")))
            if name == b"progress":
                self._news.set()

    async def show(self, show: Show) -> None:
        """Show what comes, for ever."""
        await show(Stage.MAKING, 0, 0, 0)
        while True:
            await self._news.wait()
            self._news.clear()
            left = (1 - self.part) * self._seconds / self.speed if self.speed else 0.0
            await show(Stage.MAKING, self.part, self.speed, left)
