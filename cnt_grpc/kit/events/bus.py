"""The bus that wake-ups take: what it is, and the one by NOTIFY."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import structlog

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.db.literals import literal
from cnt_grpc.kit.errors import AppError

CHANNEL = "cnt_events"

KEYS_A_PAYLOAD = 380
"""Of up to 20 characters each: NOTIFY takes less than 8000 bytes."""

MOST_KEYS = 4000
"""Keys of a topic that are sent together, above which "any of them" is cheaper to say, and to hear."""

GATHER_SECONDS = 0.005
"""Between two NOTIFYs of a process."""

RETRY_SECONDS = 1.0
CLOSE_SECONDS = 2.0

Callback = Callable[[set[int] | None], None]
Changes = dict[str, set[int]]

_ANY = "*"
_log = structlog.get_logger("cnt.events")


class EventBus(Protocol):
    """A way for wake-ups from any process to all processes."""

    def wake(self, tx: Tx, topic: str, key: int) -> None:
        """Wake the topic's subscribers for this key when the transaction commits."""
        ...

    def subscribe(self, topic: str, callback: Callback) -> Callable[[], None]:
        """Call back, in the event loop, with keys that have changed or None; returns the way to stop it.

        Subscribe first and read then: what changes between is called back.
        """
        ...

    async def start(self) -> None:
        """Connect, and stay connected until `close`."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...


def wake(tx: Tx, topic: str, key: int) -> None:
    """Wake, in all processes, who waits for this key of the topic, when the transaction commits."""
    bus = tx.db.bus
    if bus is None:
        raise RuntimeError("this database has no bus: set Database.bus when it is opened")
    bus.wake(tx, topic, key)


class PostgresBus:
    """Wake-ups by NOTIFY: nothing to install.

    Sent after the commit and not with it: Postgres lets transactions that notify commit one after the other, and each
    NOTIFY rouses every process. What is committed meanwhile goes out together. A process that dies between the two
    loses a wake-up, which costs its watchers the seconds until they look by themselves, and no row.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._subscribers = Subscribers()
        self._owed: Changes = {}
        self._sending: asyncio.Task[None] | None = None

    def wake(self, tx: Tx, topic: str, key: int) -> None:
        """See EventBus."""
        changes: Changes | None = tx.memo.get(PostgresBus)
        if changes is None:
            changes = tx.memo[PostgresBus] = {}
            tx.after_commit(partial(self._owe, changes))
        changes.setdefault(topic, set()).add(key)

    def subscribe(self, topic: str, callback: Callback) -> Callable[[], None]:
        """See EventBus."""
        return self._subscribers.add(topic, callback)

    async def start(self) -> None:
        """See EventBus."""
        listener = self._db.listener
        listener.on_gap(self._subscribers.wake_all)
        await listener.listen(CHANNEL, self._subscribers.hear)
        await listener.start()

    async def close(self) -> None:
        """Send what is owed, if the database is there; the listener is the database's, and ends with it."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=CLOSE_SECONDS)
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    def _owe(self, changes: Changes) -> None:
        for topic, keys in changes.items():
            self._owed.setdefault(topic, set()).update(keys)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="wake-ups")

    async def _send(self) -> None:
        """Send until nothing is owed: the first at once, and then all that came within a step."""
        while self._owed:
            changes, self._owed = self._owed, {}
            pause = GATHER_SECONDS
            try:
                async with self._db.transaction() as tx:
                    for payload in payloads(changes):
                        tx.at_commit(f"NOTIFY {CHANNEL}, {literal(payload)}")
            except AppError as error:
                _log.warning("wake-ups not sent yet", reason=str(error.reason), topics=sorted(changes))
                self._owe(changes)
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)


class Subscribers:
    """Who waits for which topic in this process."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callback]] = {}

    def add(self, topic: str, callback: Callback) -> Callable[[], None]:
        """Register; the result undoes it."""
        self._callbacks.setdefault(topic, []).append(callback)
        return lambda: self._remove(topic, callback)

    def hear(self, payload: str) -> None:
        """Take one payload as `payloads` wrote it."""
        topic, *keys = payload.split(" ")
        self._call(topic, None if keys == [_ANY] else {int(key) for key in keys})

    def wake_all(self) -> None:
        """Wake-ups may have been missed."""
        for topic in list(self._callbacks):
            self._call(topic, None)

    def _call(self, topic: str, keys: set[int] | None) -> None:
        for callback in list(self._callbacks.get(topic, ())):
            try:
                callback(keys)
            except Exception:  # noqa: BLE001  (one subscriber's defect must not keep the others asleep)
                _log.exception("event callback failed", topic=topic)

    def _remove(self, topic: str, callback: Callback) -> None:
        callbacks = self._callbacks.get(topic, [])
        if callback in callbacks:
            callbacks.remove(callback)
        if not callbacks:
            self._callbacks.pop(topic, None)


def payloads(changes: Changes) -> Iterator[str]:
    """Changes as texts short enough for NOTIFY: the topic, and keys or a star."""
    for topic, keys in changes.items():
        if len(keys) > MOST_KEYS:
            yield f"{topic} {_ANY}"
            continue
        ordered = sorted(keys)
        for start in range(0, len(ordered), KEYS_A_PAYLOAD):
            yield " ".join([topic, *map(str, ordered[start : start + KEYS_A_PAYLOAD])])
