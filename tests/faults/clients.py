"""Clients as apps are: they try again what was not answered, by another door and with the same request id."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

import grpc

from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Unavailable
from tests.faults.sizes import FULL
from tests.faults.whole import Whole
from tests.faults.work import Work
from tests.harness.api import ApiError
from tests.harness.world import Person

T = TypeVar("T")

PATIENCE = 180.0 if FULL else 60.0
"""Seconds after which a client has been let down: each outage is shorter, but at full size one follows the other."""

CALL_SECONDS = 5.0

AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.DEADLINE_EXCEEDED}
"""What may be tried again."""

CLIENTS_OWN = "Internal error from Core"
"""What grpcio's client says, as INTERNAL, when a connection breaks while it sends a stream; no server says it."""


class Client:
    """Somebody who wants an answer."""

    def __init__(self, whole: Whole, who: Person, random: Random) -> None:
        self.whole = whole
        self.who = who
        self.random = random

    async def ask(
        self,
        service: str,
        method: str,
        given: Any = None,
        *,
        as_: Person | None = None,
        seconds: float = CALL_SECONDS,
        **fields: Any,
    ) -> Any:
        """Call until there is an answer; raises ApiError for a refusal that trying again would not change."""
        deadline = time.monotonic() + PATIENCE
        while True:
            door = self.random.choice(self.whole.doors).as_(as_ or self.who)
            try:
                reply = await getattr(getattr(door, service), method)(given, timeout=seconds, **fields)
            except ApiError as error:
                if error.text != CLIENTS_OWN:
                    self.whole.note(error)
                    if error.code not in AGAIN:
                        raise
                if time.monotonic() > deadline:
                    raise AssertionError(f"no answer within {PATIENCE:.0f} s; the last one: {error}") from None
                await asyncio.sleep(self.random.uniform(0.01, 0.1))
            else:
                self.whole.ended["OK"] += 1
                return reply

    async def write(self, service: str, method: str, **fields: Any) -> Any:
        """A mutation, with one request id for all tries."""
        request_id = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return await self.ask(service, method, request_id=request_id, **fields)

    async def through_outages(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Write something to the tables that the test needs, however often the database goes away."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await self.whole.system.db.transact(work)
                except Unavailable:
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def busy(whole: Whole, works: Sequence[Work], number: int, *, seed: int = 1) -> AsyncIterator[None]:
    """So many clients at work for as long as the block takes; then each finishes what it has begun."""
    stop = asyncio.Event()
    people = await whole.world.users(number)

    async def work(who: Person, random: Random) -> None:
        client = Client(whole, who, random)
        while not stop.is_set():
            [chosen] = random.choices(works, [each.share for each in works])
            await chosen.step(client)

    # A client that finds something wrong ends the block at once.
    async with asyncio.TaskGroup() as group:
        for index, who in enumerate(people):
            group.create_task(work(who, Random(seed * 1000 + index)))
        try:
            yield
        finally:
            stop.set()
