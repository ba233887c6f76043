"""What the tests of this room do again and again: tell someone something, and read a stream for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from cnt_grpc import notification

if TYPE_CHECKING:
    from cnt_grpc.notification.notice import Notice
    from tests.harness.api import Api
    from tests.harness.world import Person, World

PATIENCE = 30.0
"""Seconds after which something that should have come has not come."""


def approved(number: int = 1) -> notification.ContentApproved:
    """A notice that tells its number."""
    return notification.ContentApproved(content_type="podcast", content_id=number, content_title=f"Sermon {number}")


async def tell(world: World, *people: Person, notice: Notice | None = None, times: int = 1) -> None:
    """Tell these people something, each time in a transaction of its own."""
    for number in range(1, times + 1):
        async with world.db.transaction() as tx:
            await notification.tell(tx, [each.id for each in people], notice or approved(number))


class Stream:
    """An open WatchNotifications, read message by message."""

    def __init__(self, api: Api, who: Person, after_seq: int = 0) -> None:
        self.call: Any = api.as_(who).notification.WatchNotifications(after_seq=after_seq, timeout=60).start()
        self.resume = after_seq

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.call.cancel()

    async def next(self) -> Any:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            message = await self.call.read()
        match message.WhichOneof("event"):
            case "notification":
                self.resume = message.notification.seq
            case "heartbeat":
                self.resume = message.heartbeat.last_seq
            case "end":
                self.resume = message.end.last_seq
        return message

    async def beat(self) -> Any:
        """The next message, which must be a heartbeat."""
        message = await self.next()
        assert message.WhichOneof("event") == "heartbeat", message
        return message.heartbeat

    async def unread(self, count: int) -> None:
        """Wait for a heartbeat that tells this count; one that was due anyway may come before it."""
        async with asyncio.timeout(PATIENCE):
            while (await self.beat()).unread_count != count:
                pass

    async def notification(self) -> Any:
        """The next notification, whatever heartbeats come before it."""
        while True:
            message = await self.next()
            if message.WhichOneof("event") == "notification":
                return message.notification
