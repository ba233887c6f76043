"""The one connection of a process that hears NOTIFY: it comes back after an outage, and says that it was away."""

import asyncio
import random
from collections.abc import Callable

import asyncpg
import structlog

from cnt_grpc.kit.db import pool

CHECK_SECONDS = 10.0
"""How often the connection is tried: one that nobody writes to may be dead for long without a sign."""

LONGEST_PAUSE = 2.0
"""Seconds between attempts during an outage, at most: everything works again within 5 s of its end."""

Hear = Callable[[str], None]
Gap = Callable[[], None]

_log = structlog.get_logger("cnt.listener")


class Listener:
    """LISTEN on any number of channels; callbacks run in the event loop and must not block it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._channels: dict[str, Hear] = {}
        self._gaps: list[Gap] = []
        self._raw: asyncpg.Connection[asyncpg.Record] | None = None
        self._task: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._connected = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether notifications are heard now."""
        return self._connected.is_set()

    async def listen(self, channel: str, hear: Hear) -> None:
        """Call back with each payload of the channel; one callback a channel."""
        self._channels[channel] = hear
        raw = self._raw
        if raw is not None and self._connected.is_set():
            try:
                await raw.add_listener(channel, self._relay)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                # The connection is being lost; the next one listens to all channels.
                self._lost.set()

    def on_gap(self, gap: Gap) -> None:
        """Call back after each (re)connection: notifications before it may have been missed."""
        self._gaps.append(gap)

    async def start(self) -> None:
        """Connect, and stay connected until `close`; returns when connected, or after a few seconds without success."""
        if self._task is None:
            self._task = asyncio.create_task(self._stay_connected(), name="listener")
        try:
            async with asyncio.timeout(pool.CONNECT_SECONDS):
                await self._connected.wait()
        except TimeoutError:
            _log.warning("not listening yet: the database does not answer")

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _stay_connected(self) -> None:
        pause = 0.05
        while True:
            try:
                await self._connect()
                pause = 0.05
                await self._until_lost()
                _log.warning("listening connection lost")
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("cannot listen", error=type(error).__name__)
            finally:
                self._connected.clear()
                if self._raw is not None:
                    self._raw.terminate()
                    self._raw = None
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  (spreads processes, hides nothing)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> None:
        self._lost = lost = asyncio.Event()
        raw = (await pool.connect(self._dsn, {"application_name": "cnt-grpc listen"})).raw
        self._raw = raw
        raw.add_termination_listener(lambda _: lost.set())
        for channel in list(self._channels):
            await raw.add_listener(channel, self._relay)
        self._connected.set()
        for gap in self._gaps:
            gap()

    async def _until_lost(self) -> None:
        assert self._raw is not None, "connected before"
        while True:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._lost.wait()
                return
            except TimeoutError:
                await self._raw.execute("SELECT 1", timeout=CHECK_SECONDS / 2)

    def _relay(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        self._channels[channel](str(payload))
