"""What calls leave in the database: two calls have had the same effect when they wrote as much to the same tables."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from cnt_grpc.kit.db.tables import metadata
from tests.harness.world import World

PATIENCE = 20.0
"""Seconds that background jobs have to end."""

Effect = dict[str, tuple[int, int]]
"""By table: how many rows came or went, and how many transactions wrote rows that are there now."""


@dataclass(frozen=True)
class State:
    """Which transaction wrote how many rows of which table."""

    rows: Counter[tuple[str, str]]

    @classmethod
    async def of(cls, world: World) -> "State":
        """The state once no job runs."""
        await settled(world)
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
    deadline = time.monotonic() + PATIENCE
    while kinds := await _unfinished(world):
        assert time.monotonic() < deadline, f"jobs that do not end: {kinds}"
        await asyncio.sleep(0.02)


async def _unfinished(world: World) -> list[str]:
    async with world.db.transaction() as tx:
        return [row["entrypoint"] for row in await tx.raw(_UNFINISHED)]


# Every row version knows the transaction that wrote it (xmin), so a second writer shows even where the first one's rows
# were overwritten: two effects cannot look like one.
_ALL = " UNION ALL ".join(
    f"SELECT '{name}' AS name, xmin::text AS writer, count(*) AS rows FROM {name} GROUP BY xmin"  # noqa: S608
    for name in metadata.tables
)
# What was delivered stays in PgQueuer's table until it has ended.
_UNFINISHED = "SELECT DISTINCT entrypoint FROM pgqueuer.pgqueuer WHERE execute_after <= now()"
