"""Servers, the worker and Postgres are killed at random while clients write: nothing acknowledged is lost or twice."""

import asyncio
from random import Random

import pytest

from tests.faults import checks
from tests.faults.clients import busy
from tests.faults.programs import Server
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.faults.work import works

WRITES = size(100_000)
KILLS = size(40, least=4)
"""As many of servers and the worker together, and half as many of Postgres."""

CLIENTS = 12
SERVING_SECONDS = 45.0
"""After which a killed server hangs. How soon it serves is printed: clients of the other one take what processor there
is, so that it is no measure of the promised 5 seconds; `make faults` on a quiet machine is.
"""


@pytest.mark.timeout(3600 if FULL else 180)
async def test_acknowledged_writes_survive(at_risk: Whole) -> None:
    """Kills go on until there were enough of them and of writes."""
    random = Random(1)
    works_done = await works(at_risk)
    kills = {"program": 0, "postgres": 0}
    slowest = 0.0
    async with busy(at_risk, works_done, CLIENTS):
        while kills["program"] < KILLS or sum(work.acknowledged for work in works_done) < WRITES:
            await asyncio.sleep(random.uniform(0.2, 2.0))
            if kills["postgres"] < kills["program"] // 2:
                at_risk.postgres.kill()
                await asyncio.sleep(random.uniform(0.0, 0.5))
                await at_risk.postgres.revive()
                kills["postgres"] += 1
            elif kills["program"] < KILLS or FULL:
                victim = random.choice(at_risk.programs)
                victim.kill()
                victim.start()
                kills["program"] += 1
                if isinstance(victim, Server):
                    slowest = max(slowest, await victim.serving())
    done = sum(work.acknowledged for work in works_done)
    say(f"{done} writes acknowledged, {kills} killed, slowest start {slowest:.1f} s; {dict(at_risk.ended)}")
    await checks.all_hold(at_risk, works_done)
    assert slowest < SERVING_SECONDS, f"a killed server served again after {slowest:.1f} s"
