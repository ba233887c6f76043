"""Lists of events: of everyone's, by time and place; of one's own; of those to which one goes."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from cnt_grpc.community import places
from cnt_grpc.community.queries import events as queries
from cnt_grpc.community.rules.events import LONGEST
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.paging import LIMITS, Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate

_NEAR_KM: Final = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events a list shows."""

    upcoming: bool = False
    past: bool = False
    category: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 0.0
    """0 for a usual distance."""

    @property
    def key(self) -> tuple[object, ...]:
        """All that decides which rows the list has: what a page token is bound to."""
        return tuple(getattr(self, each.name) for each in fields(self))


async def listed(tx: Tx, caller: Caller, wanted: Filter, page: Page) -> tuple[list[Row], str]:
    """A page of events that everyone sees and the caller may, and the token of the next page."""
    if wanted.upcoming and wanted.past:
        raise Invalid.of("past_only", "not together with upcoming_only")
    gate = Gate.of(caller)
    now = clock.now()
    values = gate.of_viewer(caller)
    if wanted.upcoming:
        values |= {"now": now, "since": now - LONGEST}
    if wanted.past:
        values |= {"now": now}
    if wanted.category:
        values["category"] = wanted.category
    near = places.point(wanted.latitude, wanted.longitude)
    if near:
        radius = wanted.radius_km or _NEAR_KM
        values |= {"latitude": near[0], "longitude": near[1], "radius_km": radius}
        values["cells"] = places.cells(*near, radius)
    narrowed = queries.Narrowed(
        upcoming=wanted.upcoming, past=wanted.past, category=bool(wanted.category), near=near is not None
    )
    rows = await tx.all(
        queries.events_page(gate, narrowed, page.limit, after=not page.is_first), **values, **page.params
    )
    return page.cut(rows, key=_place)


async def upcoming(tx: Tx, caller: Caller, number: int) -> list[Row]:
    """The next events that the caller may see; `number` of them at most."""
    gate, now = Gate.of(caller), clock.now()
    stmt = queries.events_page(gate, queries.Narrowed(upcoming=True), LIMITS[0], after=False)
    rows = await tx.all(stmt, **gate.of_viewer(caller), now=now, since=now - LONGEST)
    return list(rows[:number])


async def hosted(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's own events."""
    stmt = queries.hosted_page(page.limit, after=not page.is_first)
    return page.cut(await tx.all(stmt, caller_id=caller.user_id, **page.params), key=_place)


async def attending(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the events to which the caller goes or may go."""
    stmt = queries.attending_page(Gate.of(caller), page.limit, after=not page.is_first)
    return page.cut(await tx.all(stmt, caller_id=caller.user_id, **page.params), key=_place)


def _place(row: Row) -> tuple[datetime, int]:
    return row["starts_at"], row["id"]
