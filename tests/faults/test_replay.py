"""Streams that are dropped at random while people are told things, servers killed and the bus cut: nothing is lost."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Executable, text

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.errors import Unavailable
from tests.conftest import SECRET_KEY
from tests.faults import checks
from tests.faults.sizes import FULL, say, size
from tests.faults.watching import Watcher, owed, tell_all
from tests.faults.whole import Parties, Whole, whole
from tests.kit.nats import NatsServer

DROPS = size(1000)
PEOPLE = 10
NOTICES = size(2000)
"""Transactions that tell some of them something."""

DISTURBANCES = size(40)


@statement
def _cut_listeners() -> Executable:
    return text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'cnt-grpc listen'"
    )


async def write(made: Whole, watchers: list[Watcher], seed: int) -> None:
    """Tell some of them something, until so many were told."""
    chance = random.Random(seed)
    for _ in range(NOTICES // 2):
        some = chance.sample(watchers, chance.randint(1, PEOPLE))
        try:
            await tell_all(made, [watcher.who for watcher in some])
        except Unavailable:
            await asyncio.sleep(0.1)
        await asyncio.sleep(chance.choice([0, 0, 0.01]))


async def drop(made: Whole, watcher: Watcher) -> None:
    """Watch for moments, by any server."""
    for _ in range(DROPS // PEOPLE):
        await watcher.watch(random.choice(made.doors), random.uniform(0.0, 0.5))


async def every_list_is_the_table(made: Whole, watchers: list[Watcher]) -> None:
    """Let everyone catch up, and compare."""
    table = await owed(made, watchers)
    await asyncio.gather(*(each.until(made.doors, len(table[each.who.id])) for each in watchers))
    for watcher in watchers:
        assert watcher.seen == table[watcher.who.id], f"{watcher.who.id}: {watcher.ends}"
    said = sum(len(rows) for rows in table.values())
    ends = [end for watcher in watchers for end in watcher.ends]
    say(f"{said} notifications, {len(ends)} streams: { ({end: ends.count(end) for end in set(ends)}) }")


@pytest.mark.timeout(1800 if FULL else 120)
async def test_drops_kills_and_a_deaf_bus(at_risk: Whole) -> None:
    watchers = [Watcher(who) for who in await at_risk.world.users(PEOPLE)]

    async def disturb() -> None:
        for number in range(DISTURBANCES):
            await asyncio.sleep(random.uniform(0.1, 1))
            async with at_risk.system.db.transaction() as tx:
                await tx.value(_cut_listeners())
            if number % 2:
                victim = at_risk.servers[number // 2 % 2]
                victim.kill()
                victim.start()
                await victim.serving()

    writers = (write(at_risk, watchers, seed) for seed in range(2))
    await asyncio.gather(*writers, disturb(), *(drop(at_risk, each) for each in watchers))
    await every_list_is_the_table(at_risk, watchers)
    await checks.all_hold(at_risk)


@pytest.fixture
async def on_nats(
    tmp_path_factory: pytest.TempPathFactory, parties: Parties
) -> AsyncIterator[tuple[Whole, NatsServer]]:
    """Two servers and a worker whose bus is NATS."""
    folder: Path = tmp_path_factory.mktemp("nats")
    bus = NatsServer(folder)
    try:
        async with whole(folder, SECRET_KEY, parties, bus=bus.url) as made:
            yield made, bus
    finally:
        bus.stop()


@pytest.mark.timeout(1800 if FULL else 120)
async def test_the_same_over_nats(on_nats: tuple[Whole, NatsServer]) -> None:
    made, bus = on_nats
    watchers = [Watcher(who) for who in await made.world.users(PEOPLE)]

    async def disturb() -> None:
        for number in range(DISTURBANCES):
            await asyncio.sleep(random.uniform(0.1, 1))
            bus.stop()
            await asyncio.sleep(random.uniform(0, 0.5))
            bus.start()
            if number % 2:
                victim = made.servers[number // 2 % 2]
                victim.kill()
                victim.start()
                await victim.serving()

    writers = (write(made, watchers, seed) for seed in range(2))
    await asyncio.gather(*writers, disturb(), *(drop(made, each) for each in watchers))
    await every_list_is_the_table(made, watchers)
    # With the bus at rest, what one process says another one's stream has at once: in less than the sweep's seconds.
    quick = Watcher(await made.world.user())
    watching = asyncio.create_task(quick.watch(made.api(1)))
    await asyncio.sleep(1)
    await tell_all(made, [quick.who])
    async with asyncio.timeout(2):
        while not quick.seen:
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await checks.all_hold(made)
