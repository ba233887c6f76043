"""Numbers over time: measured each minute, kept for 90 days, shown in steps of one's choice."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cnt_grpc.admin.queries import dashboard
from cnt_grpc.admin.queries import metrics as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.figures import Figure
from cnt_grpc.kit.jobs import queries as job_queries

KEPT: Final = timedelta(days=90)
MOST: Final = 1500
"""Points of one answer: a month by half hours."""
STEP: Final = timedelta(hours=1)
"""Where the caller names none."""
DAY: Final = timedelta(days=1)
JOB_LAG: Final = "job_lag"
SUMS: Final = frozenset({"calls", "errors", "uploads", "plays"})
"""What happened, which adds up; of all others a step shows the highest."""


async def series(
    tx: Tx, name: str, since: datetime | None, until: datetime | None, step: timedelta | None
) -> Sequence[Row]:
    """Points of a number, the oldest first; raises Invalid for an end before the beginning, or too many points."""
    end = until or clock.now()
    start, length = since or end - DAY, step or STEP
    if start >= end:
        raise Invalid.of("from", "must be before `to`")
    if (end - start) / length > MOST:
        raise Invalid.of("step", f"gives more than {MOST} points")
    # Steps begin at whole steps, so that the same time gives the same points whenever one asks.
    start = datetime.fromtimestamp(start.timestamp() // length.total_seconds() * length.total_seconds(), start.tzinfo)
    form = queries.series(sums=name in SUMS)
    return await tx.all(form, name=name, since=start, until=end, step=length)


async def measure(db: Database, figures: Sequence[Figure]) -> None:
    """Note how things stand this minute, and forget what is too old."""
    now = clock.now()
    at = minute_of(now)

    async def write(tx: Tx) -> None:
        known = {row["name"]: row["value"] for row in await tx.all(dashboard.totals())}
        lag = await tx.one(job_queries.lag())
        values: dict[str, float] = {JOB_LAG: float(lag["lag"]) if lag is not None else 0.0}
        for each in figures:
            if each.sampled:
                # What is not exact was counted just before, for the dashboard.
                value = await tx.value(each.statement()) if each.exact else known.get(each.name, 0)
                values[each.name] = float(value)
        await tx.many(queries.sample(adds=False), _rows(values, at))
        for name in (*values, *SUMS):
            await tx.run(queries.forget(), name=name, before=now - KEPT)

    await db.transact(write)


async def add(db: Database, counted: Mapping[str, float], at: datetime) -> None:
    """Add what one process has counted to what others have in that minute."""
    if counted:
        await db.transact(lambda tx: tx.many(queries.sample(adds=True), _rows(counted, at)))


def minute_of(moment: datetime) -> datetime:
    """When the minute began."""
    return moment.replace(second=0, microsecond=0)


def _rows(values: Mapping[str, float], at: datetime) -> list[dict[str, object]]:
    # In one order for all, so that two processes wait for each other and not in a circle.
    return [{"name": name, "at": at, "value": value} for name, value in sorted(values.items())]
