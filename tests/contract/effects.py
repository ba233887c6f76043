"""What calls leave in the database: two calls have had the same effect when they wrote as much to the same tables.

Tests share the database, but run one after the other: once every job that is due has ended, and those that other tests
left for later are put off, nobody but the call that is looked at writes.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from cnt_grpc.kit.db.tables import metadata
from tests.harness.world import World

PATIENCE = 60.0
"""Seconds that background jobs have to end: there may be many, and the machine may be busy."""

Effect = dict[str, tuple[int, int]]
"""By table: how many rows came or went, and how many transactions wrote rows that are there now."""


@dataclass(frozen=True)
class State:
    """Which transaction wrote how many rows of which table."""

    rows: Counter[tuple[str, str]]

    @classmethod
    async def of(cls, world: World) -> "State":
        """The state once no job runs."""
        await alone(world)
        async with world.db.transaction() as tx:
            found = await tx.raw(_ALL)
        return cls(Counter({(row["name"], row["writer"]): row["rows"] for row in found}))

    async def effect(self, world: World) -> Effect:
        """What has happened since."""
        now = (await State.of(world)).rows
        found = {}
        for table in metadata.tables:
            before = {writer: rows for (name, writer), rows in self.rows.items() if name == table}
            after = {writer: rows for (name, writer), rows in now.items() if name == table}
            change = sum(after.values()) - sum(before.values()), len(after.keys() - before.keys())
            if change != (0, 0):
                found[table] = change
        return found


async def settled(world: World) -> None:
    """Wait until every job has ended, one that waits for its time excepted."""
    await _none(world, _UNFINISHED)


async def alone(world: World) -> None:
    """The same, and put off what waits for its time: nothing begins while a test counts."""
    await _none(world, _PUT_OFF, _TO_COME)


async def _none(world: World, *statements: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        async with world.db.transaction() as tx:
            for statement in statements:
                rows = await tx.raw(statement)
        if not rows:
            return
        assert time.monotonic() < deadline, f"jobs that do not end: {[row['entrypoint'] for row in rows]}"
        await asyncio.sleep(0.02)


# Every row version knows the transaction that wrote it (xmin), so a second writer shows even where the first one's rows
# were overwritten: two effects cannot look like one.
_ALL = " UNION ALL ".join(
    f"SELECT '{name}' AS name, xmin::text AS writer, count(*) AS rows FROM {name} GROUP BY xmin"  # noqa: S608
    for name in metadata.tables
)
# Retries, and what is to come minutes later: the tests that left it are over. What is due within a second is waited
# for: a job that has just ended may have asked for it.
_PUT_OFF = (
    "UPDATE pgqueuer.pgqueuer SET execute_after = now() + interval '1 day'"
    " WHERE execute_after > now() + interval '1 second' AND execute_after < now() + interval '12 hours'"
)
_TO_COME = "SELECT DISTINCT entrypoint FROM pgqueuer.pgqueuer WHERE execute_after < now() + interval '12 hours'"
# What was delivered stays in PgQueuer's table until it has ended.
_UNFINISHED = "SELECT DISTINCT entrypoint FROM pgqueuer.pgqueuer WHERE execute_after <= clock_timestamp()"
