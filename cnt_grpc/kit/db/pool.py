"""Connections of one process to Postgres: handed out without a round trip, and taken back only when surely clean.

asyncpg's own pool asks the server to reset each connection that comes back, which doubles the cost of a short read; and
without that it still starts a task for each return and forgets prepared statements. Here a connection that ran to the
end of its statement, outside a transaction, is clean by construction and goes straight to the next caller. Any other
is cleaned in the background first, or closed.
"""

import asyncio
import contextlib
import json
import socket
from collections import deque
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from asyncpg.prepared_stmt import PreparedStatement

from cnt_grpc.kit.db.statements import Statement
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.pb.cnt.common.v1.reason import Reason

if TYPE_CHECKING:
    # asyncpg's classes take no type arguments when the program runs.
    Raw = asyncpg.Connection[asyncpg.Record]
    Prepared = PreparedStatement[asyncpg.Record]

CONNECT_SECONDS = 3.0
CLEAN_SECONDS = 3.0
"""How long a connection may take to give up what it was doing, before it is closed."""

PREPARED_KEPT = 1000
"""Prepared statements of one connection; each takes some 10 KB of the server's memory."""

_log = structlog.get_logger("cnt.pool")


class Connection:
    """A server connection with the statements that are prepared on it."""

    __slots__ = ("_prepared", "raw")

    def __init__(self, raw: "Raw") -> None:
        self.raw = raw
        self._prepared: dict[Statement, Prepared] = {}

    def known(self, statement: Statement) -> "Prepared | None":
        """The statement as it was prepared here before."""
        return self._prepared.get(statement)

    async def prepare(self, statement: Statement) -> "Prepared":
        """Prepare a statement; one round trip, once a connection."""
        if len(self._prepared) >= PREPARED_KEPT:
            del self._prepared[next(iter(self._prepared))]
        prepared = await self.raw.prepare(statement.sql)
        self._prepared[statement] = prepared
        return prepared

    def forget_statements(self) -> None:
        """Prepare everything anew: a migration has changed what the statements give."""
        self._prepared.clear()


async def connect(dsn: str, settings: dict[str, str]) -> Connection:
    """Open a connection with these settings of the session; raises what asyncpg and the network raise."""
    raw = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings=settings)
    for name, decoder in (("json", json.loads), ("jsonb", _load)):
        await raw.set_type_codec(name, schema="pg_catalog", encoder=_dump, decoder=decoder)
    _notice_dead_peer(raw)
    return Connection(raw)


class Pool:
    """Up to `size` connections, opened when they are needed and kept."""

    def __init__(self, dsn: str, *, size: int, wait: float, settings: dict[str, str]) -> None:
        """`wait`: seconds that a caller waits for a connection before it is told that there is none."""
        self.size = size
        self._dsn = dsn
        self._wait = wait
        self._settings = settings
        self._idle: list[Connection] = []
        self._total = 0
        self._waiting: deque[tuple[float, asyncio.Future[Connection | None]]] = deque()
        self._times_waiters = False
        self._cleaning: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def idle(self) -> int:
        """Open connections that nobody uses."""
        return len(self._idle)

    @property
    def total(self) -> int:
        """Open connections, and those being opened or cleaned."""
        return self._total

    @property
    def waiting(self) -> int:
        """Callers that wait for a connection."""
        return sum(not waiter.done() for _, waiter in self._waiting)

    def take(self) -> Connection | None:
        """A clean connection, for `release` or `discard`, if there is one that nobody uses."""
        while self._idle:
            # The last one used: its memory and the server's are warm.
            connection = self._idle.pop()
            if not connection.raw.is_closed():
                return connection
            self._total -= 1
        return None

    async def acquire(self) -> Connection:
        """A clean connection, for `release` or `discard`; Unavailable when none is free for too long."""
        connection = self.take()
        if connection is not None:
            return connection
        if self._closed:
            raise Unavailable(Reason.DATABASE_UNAVAILABLE)
        if self._total < self.size:
            return await self._open()
        return await self._wait_for_one()

    def release(self, connection: Connection) -> None:
        """Give back a connection whose statement ran to its end, outside a transaction."""
        if self._closed or connection.raw.is_closed():
            self._drop(connection)
        elif connection.raw.is_in_transaction():
            self.discard(connection)
        else:
            while self._waiting:
                _, waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(connection)
                    return
            self._idle.append(connection)

    def discard(self, connection: Connection) -> None:
        """Give back a connection in an unknown state: cleaned in the background, or closed when that fails."""
        if self._closed or connection.raw.is_closed():
            self._drop(connection)
            return
        task = asyncio.create_task(self._clean(connection))
        self._cleaning.add(task)
        task.add_done_callback(self._cleaning.discard)

    async def close(self) -> None:
        """Close idle connections now, and those in use when they come back."""
        self._closed = True
        for _, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(Unavailable(Reason.DATABASE_UNAVAILABLE))
        if self._cleaning:
            await asyncio.wait(self._cleaning)
        closing, self._idle = self._idle, []
        self._total -= len(closing)
        await asyncio.gather(*(_close(connection) for connection in closing))

    async def _open(self) -> Connection:
        self._total += 1
        try:
            return await connect(self._dsn, self._settings)
        except BaseException:
            self._give_up_place()
            raise

    async def _wait_for_one(self) -> Connection:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append((loop.time() + self._wait, waiter))
        if not self._times_waiters:
            self._times_waiters = True
            loop.call_later(self._wait, self._lose_patience)
        try:
            connection = await waiter
        except BaseException:
            # The connection may have been handed over in the same moment; then it goes on to the next.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                handed = waiter.result()
                if handed is None:
                    self._wake_one()
                else:
                    self.release(handed)
            raise
        return connection if connection is not None else await self.acquire()

    def _lose_patience(self) -> None:
        """Refuse those who have waited too long. All wait equally long, so one timer is enough: the oldest one's.

        A busy pool is waited for by most calls, and a timer each costs as much as the statement's way to asyncpg.
        """
        loop = asyncio.get_running_loop()
        while self._waiting:
            until, waiter = self._waiting[0]
            if not waiter.done():
                left = until - loop.time()
                if left > 0:
                    loop.call_later(left, self._lose_patience)
                    return
                waiter.set_exception(Unavailable(Reason.DATABASE_UNAVAILABLE))
            self._waiting.popleft()
        self._times_waiters = False

    def _give_up_place(self) -> None:
        self._total -= 1
        self._wake_one()

    def _wake_one(self) -> None:
        """Let one who waits open a connection of its own."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _drop(self, connection: Connection) -> None:
        connection.raw.terminate()
        self._give_up_place()

    async def _clean(self, connection: Connection) -> None:
        """End what a cancelled or failed caller left: its statement, then its transaction and with it all locks."""
        raw = connection.raw
        try:
            async with asyncio.timeout(CLEAN_SECONDS):
                # asyncpg asks the server to cancel the statement and waits for that before it sends anything else. A
                # cancel that came too late hits this query of nothing, and not the statement of the next caller.
                with contextlib.suppress(asyncpg.PostgresError):
                    await raw.execute("SELECT")
                if raw.is_in_transaction():
                    await raw.execute("ROLLBACK")
        except BaseException as error:  # noqa: BLE001  (whatever it was, this connection is not used again)
            if not raw.is_closed():
                _log.warning("connection closed: it could not be cleaned", error=type(error).__name__)
            self._drop(connection)
        else:
            self.release(connection)


async def _close(connection: Connection) -> None:
    try:
        await connection.raw.close(timeout=CLEAN_SECONDS)
    except Exception:  # noqa: BLE001  (the server may be gone)
        connection.raw.terminate()


_decode = json.JSONDecoder().raw_decode


def _load(text: str) -> object:
    # Three times as fast as json.loads, which looks for space around the value: Postgres writes a jsonb without any.
    return _decode(text)[0]


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _notice_dead_peer(raw: Any) -> None:  # noqa: ANN401  (asyncpg has no public way to its socket)
    """Without this a statement to a machine that vanished waits a quarter of an hour for TCP to give up."""
    peer = raw._transport.get_extra_info("socket")  # noqa: SLF001
    if peer is None or peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    options = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in options.items():
        # Not every system has all of them.
        if hasattr(socket, name):
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
