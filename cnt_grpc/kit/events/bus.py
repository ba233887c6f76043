"""The bus that wake-ups take: what it is, and the one by NOTIFY."""

from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.db.literals import literal

CHANNEL = "cnt_events"

KEYS_A_PAYLOAD = 380
"""Of up to 20 characters each: NOTIFY takes less than 8000 bytes."""

MOST_KEYS = 4000
"""Keys of a topic in one transaction above which "any of them" is cheaper to say, and to hear."""

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
    """Wake-ups by NOTIFY: nothing to install, and exactly as durable as the transaction that sends them."""

    def __init__(self, db: Database) -> None:
        self._listener = db.listener
        self._subscribers = Subscribers()

    def wake(self, tx: Tx, topic: str, key: int) -> None:
        """See EventBus."""
        changes: Changes | None = tx.memo.get(PostgresBus)
        if changes is None:
            changes = tx.memo[PostgresBus] = {}
            # Last: what the others still write before the commit may wake someone too.
            tx.before_commit(_notify, last=True)
        changes.setdefault(topic, set()).add(key)

    def subscribe(self, topic: str, callback: Callback) -> Callable[[], None]:
        """See EventBus."""
        return self._subscribers.add(topic, callback)

    async def start(self) -> None:
        """See EventBus."""
        self._listener.on_gap(self._subscribers.wake_all)
        await self._listener.listen(CHANNEL, self._subscribers.hear)
        await self._listener.start()

    async def close(self) -> None:
        """The listener is the database's, and ends with it."""


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


async def _notify(tx: Tx) -> None:
    for payload in payloads(tx.memo.pop(PostgresBus)):
        tx.at_commit(f"NOTIFY {CHANNEL}, {literal(payload)}")
