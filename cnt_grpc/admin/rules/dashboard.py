"""The dashboard: what waits is counted exactly, what there is was counted within the last minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cnt_grpc import moderation
from cnt_grpc.admin.queries import dashboard as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.figures import Figure


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What an administrator sees first."""

    pending: Mapping[str, int]
    """By kind; a kind of which nothing waits is 0."""
    exact: Mapping[str, int]
    totals: Mapping[str, int]
    totals_at: datetime | None
    """None before the first count."""


async def shown(tx: Tx, figures: Sequence[Figure], kinds: Sequence[str]) -> Dashboard:
    """The dashboard. Its cost does not grow with what there is, but with what waits."""
    waiting = {row["kind"]: row["number"] for row in await tx.all(moderation.pending())}
    exact = {each.name: await _measured(tx, each) for each in figures if each.exact}
    rows = await tx.all(queries.totals())
    known = {each.name for each in figures}
    return Dashboard(
        pending={kind: waiting.get(kind, 0) for kind in kinds},
        exact=exact,
        totals={row["name"]: row["value"] for row in rows if row["name"] in known},
        totals_at=min((row["measured_at"] for row in rows if row["name"] in known), default=None),
    )


async def measure(db: Database, figures: Sequence[Figure]) -> None:
    """Count what takes long, each in a transaction of its own: nothing waits for the slowest."""
    for each in figures:
        if each.exact:
            continue

        async def write(tx: Tx, figure: Figure = each) -> None:
            value = await _measured(tx, figure)
            await tx.run(queries.set_total(), name=figure.name, value=value, measured_at=clock.now())

        await db.transact(write)


async def _measured(tx: Tx, figure: Figure) -> int:
    given = {"now": clock.now()} if figure.of_time else {}
    return int(await tx.value(figure.statement(), **given))
