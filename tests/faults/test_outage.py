"""The database goes away and comes back: only UNAVAILABLE meanwhile, no server in service, and all of it soon after."""

import asyncio
import time
from collections.abc import Awaitable

import pytest

from tests.dev.processes import slowness
from tests.faults import checks
from tests.faults.sizes import FULL, say, size
from tests.faults.watching import Watcher, owed, tell_all
from tests.faults.whole import Whole
from tests.harness.api import ApiError
from tests.harness.world import Person

ROUNDS = size(20)
SECONDS = 5.0
"""How soon servers say that they do not serve, and how soon they serve again."""

AWAY = 7.0
CALLERS = 8
MEANWHILE = {"OK", "UNAVAILABLE DATABASE_UNAVAILABLE", "UNAVAILABLE SERVER_UNAVAILABLE"}
"""OK: what is remembered for a second, and what was under way."""


@pytest.mark.timeout(1800 if FULL else 120)
async def test_an_outage(at_risk: Whole) -> None:
    for _ in range(ROUNDS):
        await one_outage(at_risk)
    await checks.all_hold(at_risk)


async def one_outage(whole: Whole) -> None:
    """Take the database away, look, and bring it back."""
    people = await whole.world.users(CALLERS)
    watcher = Watcher(await whole.world.user())
    watching = asyncio.create_task(watcher.watch(whole.api(0)))
    await asyncio.sleep(0.2)
    ended: list[tuple[float, str]] = []
    stop = asyncio.Event()
    callers = [asyncio.create_task(call(whole, who, stop, ended)) for who in people]
    await asyncio.sleep(0.5)

    whole.postgres.kill()
    went = time.monotonic()
    away = await asyncio.gather(*(moment(server.serving("NOT_SERVING")) for server in whole.servers))
    assert max(away) - went <= SECONDS * slowness(), f"said so after {max(away) - went:.1f} s"
    await asyncio.sleep(max(0.0, went + AWAY - time.monotonic()))

    await whole.postgres.revive()
    came = time.monotonic()
    back = await asyncio.gather(*(moment(server.serving()) for server in whole.servers))
    await served_again(whole, ended, since=came)
    full = time.monotonic()
    stop.set()
    await asyncio.gather(*callers)
    assert max(*back, full) - came <= SECONDS * slowness(), f"served again after {max(*back, full) - came:.1f} s"
    during = {status for at, status in ended if went <= at <= came}
    assert during <= MEANWHILE, during
    assert any(status.startswith("UNAVAILABLE") for at, status in ended if went <= at <= came)
    # What holds no transaction lives through it: the stream goes on where it was, and a job is done.
    assert not watching.done(), watcher.ends
    await tell_all(whole, [watcher.who])
    async with asyncio.timeout(SECONDS):
        while watcher.seen != (await owed(whole, [watcher]))[watcher.who.id]:
            await asyncio.sleep(0.05)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    say(f"not in service after {max(away) - went:.1f} s, in full service {max(*back, full) - came:.1f} s after it")


async def moment(waiting: Awaitable[object]) -> float:
    """When it was so."""
    await waiting
    return time.monotonic()


async def call(whole: Whole, who: Person, stop: asyncio.Event, ended: list[tuple[float, str]]) -> None:
    """Read and write by every door, and note how each call ended."""
    doors = [door.as_(who) for door in whole.doors]
    number = 0
    while not stop.is_set():
        door = doors[number % len(doors)]
        number += 1
        try:
            if number % 3:
                await door.notification.GetUnreadCount()
            else:
                await door.user.UpdateMe(bio=f"{number}")
            ended.append((time.monotonic(), "OK"))
        except ApiError as error:
            whole.note(error)
            ended.append((time.monotonic(), f"{error.code.name} {error.reason}"))
            await asyncio.sleep(0.05)


async def served_again(whole: Whole, ended: list[tuple[float, str]], *, since: float) -> None:
    """Wait until a second has passed in which everything succeeded."""
    async with asyncio.timeout(60):
        while True:
            await asyncio.sleep(0.1)
            late = [at for at, status in ended if status != "OK"]
            good = [at for at, status in ended if status == "OK" and at > since]
            if good and len(good) > len(whole.doors) * CALLERS and time.monotonic() - max(late, default=0) > 1:
                return
