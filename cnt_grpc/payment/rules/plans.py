"""Plans: those that can be subscribed to, and what administrators make of them."""

from collections.abc import Mapping
from typing import Final

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.queries import memberships as queries
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

PREMIUM: Final = "premium"
"""What members may open unless a plan says otherwise."""

FIRST: Final = (
    ("Member, monthly", "Everything for members, month by month.", 499, "month"),
    ("Member, yearly", "Everything for members, two months as a gift.", 4990, "year"),
)
"""Name, description, price in US cents and interval of the plans that every installation begins with."""


async def seed(tx: Tx) -> None:
    """Make the first plans, unless there are any."""
    if await tx.value(queries.any_plan()) is None:
        rows = [
            {
                "name": name,
                "description": description,
                "amount_minor": price,
                "currency": "USD",
                "interval": interval,
                "trial_days": 7,
                "entitlements": [PREMIUM],
                "position": position,
            }
            for position, (name, description, price, interval) in enumerate(FIRST, start=1)
        ]
        await tx.many(queries.insert_plan(), rows)


async def listed(tx: Tx, page: Page, *, every: bool = False) -> tuple[list[Row], str]:
    """A page of the plans, and the token of the next page; `every`: also withdrawn ones."""
    rows = await tx.all(queries.plans_page(page.limit, every=every, after=not page.is_first), **page.params)
    return page.cut(rows, key=lambda row: (row["position"], row["id"]))


async def create(tx: Tx, caller: Caller, wanted: Mapping[str, object]) -> Row:
    """Make a plan. Raises Conflict when another one has its name, and Invalid for its currency."""
    currencies.check(str(wanted["currency"]))
    row = await tx.one(queries.insert_plan(), **wanted)
    assert row is not None
    write_down(tx, caller, "create", "plan", row["id"], before={}, after=dict(row))
    return row


async def update(tx: Tx, caller: Caller, plan_id: int, changes: Mapping[str, object]) -> Row:
    """Change a plan. Raises NotFound, and Conflict when another one has its name."""
    old = await tx.one(queries.plan_to_change(), plan_id=plan_id)
    if old is None:
        raise NotFound(Reason.PLAN_NOT_FOUND)
    names = ("name", "description", "position", "is_active")
    row = await tx.one(queries.update_plan(), plan_id=plan_id, **{name: old[name] for name in names} | dict(changes))
    assert row is not None  # it is locked
    write_down(tx, caller, "update", "plan", plan_id, before=dict(old), after=dict(row))
    return row


async def withdraw(tx: Tx, caller: Caller, plan_id: int) -> None:
    """Let nobody subscribe to a plan any more; who has stays. Raises NotFound."""
    await update(tx, caller, plan_id, {"is_active": False})
