"""Callers who go away in the middle of whatever happens: connections are clean, no lock is held, memory comes back."""

import asyncio
import random
import uuid

import grpc
import pytest

from tests.faults import checks
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.harness.api import Api, Pending
from tests.harness.world import Person

CANCELS = size(10_000)
AT_ONCE = 25
MOST_GROWTH = 40_000_000
"""Bytes by which a server may be larger afterwards: caches fill, and nothing else grows."""

REFUSED = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAVAILABLE}
"""A block of oneself; and a pool of five that a hundred callers wait for."""


@pytest.mark.timeout(1800 if FULL else 120)
async def test_cancelled_calls_leave_no_trace(at_risk: Whole) -> None:
    """Reads and writes, each cancelled after a moment between nothing and longer than it takes."""
    people = await at_risk.world.users(AT_ONCE)
    done = {"cancelled": 0, "answered": 0}
    await some(at_risk, people, AT_ONCE, done)
    before = [(await server.metrics())["process_resident_memory_bytes"] for server in at_risk.servers]
    while done["cancelled"] < CANCELS:
        await some(at_risk, people, AT_ONCE * 4, done)
    await checks.all_hold(at_risk)
    after = [(await server.metrics())["process_resident_memory_bytes"] for server in at_risk.servers]
    growth = max(now - then for now, then in zip(after, before, strict=True))
    say(f"{done}; the largest growth is {growth / 1e6:.1f} MB")
    assert growth < MOST_GROWTH
    # What was cancelled can be done.
    for who in people:
        await at_risk.api(0).as_(who).user.UpdateMe(bio="still here")


async def some(whole: Whole, people: list[Person], number: int, done: dict[str, int]) -> None:
    """So many calls."""

    async def one(who: Person) -> None:
        call = pick(random.choice(whole.doors).as_(who), people).start()
        asyncio.get_running_loop().call_later(random.uniform(0, 0.3), call.cancel)
        try:
            if isinstance(call, grpc.aio.UnaryStreamCall):
                await call.read()
                await asyncio.sleep(random.uniform(0, 0.02))
            else:
                await call
            done["answered"] += 1
        except asyncio.CancelledError:
            done["cancelled"] += 1
        except grpc.aio.AioRpcError as error:
            if error.code() not in REFUSED:
                raise

    await asyncio.gather(*(one(people[index % len(people)]) for index in range(number)))


def pick(api: Api, people: list[Person]) -> Pending:
    """A call of some kind."""
    match random.randrange(5):
        case 0:
            return api.user.UpdateMe(bio=uuid.uuid4().hex, request_id=str(uuid.uuid4()))
        case 1:
            return api.user.BlockUser(user_id=random.choice(people).id)
        case 2:
            return api.notification.ListNotifications()
        case 3:
            return api.notification.WatchNotifications()
        case _:
            return api.content.ListPodcasts(page_size=5)
