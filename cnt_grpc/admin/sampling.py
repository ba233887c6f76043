"""What one server process counts of its calls, added each minute to what all have counted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog

from cnt_grpc.admin.rules import metrics
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import AppError, Contention

SECONDS: Final = 60.0
BROKEN: Final = frozenset({"INTERNAL", "UNKNOWN", "UNAVAILABLE", "DEADLINE_EXCEEDED", "DATA_LOSS"})
"""Statuses that are not the caller's doing."""
PLAYS: Final = frozenset({"cnt.content.v1.ContentService/RecordPlay"})
UPLOADS: Final = ("cnt.media.v1.MediaService/Upload", "cnt.media.v1.UploadService/CompleteUpload")
"""How the names begin of what brings a file."""

_log = structlog.get_logger("cnt.metrics")

Calls = Iterable[tuple[str, str, int]]
"""Method, name of the status, and how many calls ended so since the process began."""


@dataclass(eq=False)
class CallSampler:
    """Runs in each server."""

    db: Database
    calls: Callable[[], Calls]
    _seen: Counter[str] = field(default_factory=Counter)
    """What was added before."""
    _running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._running = asyncio.create_task(self._run(), name="metrics")

    async def stop(self) -> None:
        """Add what is left, and end."""
        if self._running is not None:
            self._running.cancel()
            await self.flush()

    async def flush(self) -> None:
        """Add what was counted since the last time; while the database is away it waits for the next one."""
        now = self.counted()
        more = {name: float(number - self._seen[name]) for name, number in now.items() if number > self._seen[name]}
        try:
            await metrics.add(self.db, more, metrics.minute_of(clock.now()))
        except (AppError, Contention) as error:
            _log.warning("calls not added up", error=type(error).__name__)
            return
        self._seen = now

    def counted(self) -> Counter[str]:
        """By metric, since the process began."""
        found: Counter[str] = Counter()
        for method, code, number in self.calls():
            found["calls"] += number
            if code in BROKEN:
                found["errors"] += number
            if code == "OK":
                found["plays"] += number if method in PLAYS else 0
                found["uploads"] += number if method.startswith(UPLOADS) else 0
        return found

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await self.flush()
