"""A server that is asked to stop: calls in flight finish, streams end with a point to resume from, and it is gone."""

import asyncio
import time

import pytest

from tests.faults import checks
from tests.faults.sizes import FULL, say, size
from tests.faults.watching import Watcher, owed, tell_all
from tests.faults.whole import Whole
from tests.harness.api import Api, ApiError
from tests.harness.world import Person

ROUNDS = size(20)
STREAMS = size(4000)
TOLD = 100
"""Of those who watch, so many are told something before each stop and after it: one transaction tells no more."""

CALLS = 4
"""In flight when the server is told to stop; each holds a connection to the database."""

EXIT_SECONDS = 30.0


@pytest.mark.timeout(3600 if FULL else 120)
async def test_nothing_is_cut_off(at_risk: Whole) -> None:
    """One round after the other, each with streams and calls of its own."""
    watchers = [Watcher(each) for each in await at_risk.world.users(STREAMS)]
    slowest = 0.0
    for _ in range(ROUNDS):
        slowest = max(slowest, await one_round(at_risk, watchers))
    say(f"{ROUNDS} stops with {STREAMS} streams and {CALLS} calls each; the slowest took {slowest:.1f} s")
    await checks.all_hold(at_risk)


async def one_round(whole: Whole, watchers: list[Watcher]) -> float:
    """Stop the first server; seconds until it was gone."""
    server, other = whole.servers
    told = watchers[:TOLD]
    async with server.new_channel() as channel:
        here = Api(channel)
        streams = [asyncio.create_task(watcher.watch(here)) for watcher in watchers]
        while (await server.metrics())["cnt_streams_open"] < len(watchers):
            assert not [each for each in streams if each.done()], "a stream ended before its time"
            await asyncio.sleep(0.2)
        await tell_all(whole, [watcher.who for watcher in told])
        people = await whole.world.users(CALLS)
        async with whole.system.db.transaction() as tx:
            # The calls wait for rows that somebody else holds, as on a bad day.
            await tx.raw("SELECT 1 FROM users WHERE id = ANY($1) FOR UPDATE", [each.id for each in people])
            calls = [asyncio.create_task(_update(here, each)) for each in people]
            await _blocked(whole, CALLS)
            began = time.monotonic()
            server.terminate()
            await asyncio.sleep(1)
        assert await asyncio.gather(*calls) == ["OK"] * CALLS
        code = await server.ended(EXIT_SECONDS)
        took = time.monotonic() - began
        ends = await asyncio.gather(*streams)
    assert code == 0
    assert set(ends) == {"END"}, {end: ends.count(end) for end in ends}
    # What is told now comes from the other server.
    await tell_all(whole, [watcher.who for watcher in told])
    table = await owed(whole, told)
    for watcher in told[:20]:
        await watcher.until([Api(other.channel)], len(table[watcher.who.id]))
        assert watcher.seen == table[watcher.who.id]
    await whole.heal()
    return took


async def _update(api: Api, who: Person) -> str:
    try:
        await api.as_(who).user.UpdateMe(bio="written while the server stopped")
    except ApiError as error:
        return str(error)
    return "OK"


async def _blocked(whole: Whole, number: int) -> None:
    """Wait until so many statements wait for a lock."""
    async with asyncio.timeout(10):
        while True:
            async with whole.system.db.transaction() as tx:
                rows = await tx.raw("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if rows[0]["count"] >= number:
                return
            await asyncio.sleep(0.02)
