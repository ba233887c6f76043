"""Wake-ups through NATS, for more processes than Postgres should notify: EVENT_BUS_URL names the servers."""

import asyncio
from collections.abc import Callable
from functools import partial

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.events.bus import Callback, Changes, Subscribers, payloads

SUBJECT = "cnt.events"
START_SECONDS = 3.0
RECONNECT_SECONDS = 0.5

_log = structlog.get_logger("cnt.events")


class NatsBus:
    """Published after the commit; what is lost while NATS is away is made up for by waking everyone on its return."""

    def __init__(self, servers: str) -> None:
        """`servers`: addresses such as `nats://one:4222,nats://two:4222`."""
        self._servers = servers.split(",")
        self._client = Client()
        self._subscribers = Subscribers()
        self._connecting: asyncio.Task[None] | None = None

    def wake(self, tx: Tx, topic: str, key: int) -> None:
        """See EventBus."""
        changes: Changes | None = tx.memo.get(NatsBus)
        if changes is None:
            changes = tx.memo[NatsBus] = {}
            tx.after_commit(partial(self._publish, changes))
        changes.setdefault(topic, set()).add(key)

    def subscribe(self, topic: str, callback: Callback) -> Callable[[], None]:
        """See EventBus."""
        return self._subscribers.add(topic, callback)

    async def start(self) -> None:
        """Connect, for as long as it takes; returns after a few seconds all the same."""
        self._connecting = asyncio.create_task(self._connect(), name="nats")
        try:
            async with asyncio.timeout(START_SECONDS):
                await asyncio.shield(self._connecting)
        except TimeoutError:
            _log.warning("NATS does not answer yet")

    async def close(self) -> None:
        """Send what is on its way, and leave."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if not self._client.is_closed:
            await self._client.close()

    async def _connect(self) -> None:
        client = self._client = await nats.connect(
            self._servers,
            name="cnt-grpc",
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_SECONDS,
            reconnected_cb=self._reconnected,
            error_cb=self._failed,
        )
        await client.subscribe(SUBJECT, cb=self._heard)
        await client.flush()
        self._subscribers.wake_all()

    async def _publish(self, changes: Changes) -> None:
        if not self._client.is_connected:
            _log.warning("wake-up not sent: NATS is away", topics=sorted(changes))
            return
        for payload in payloads(changes):
            await self._client.publish(SUBJECT, payload.encode())

    async def _heard(self, message: Msg) -> None:
        self._subscribers.hear(message.data.decode())

    async def _reconnected(self) -> None:
        _log.warning("NATS is back")
        self._subscribers.wake_all()

    async def _failed(self, error: Exception) -> None:
        _log.warning("NATS", error=type(error).__name__)
