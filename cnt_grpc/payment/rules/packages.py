"""Packages of coins: those that are sold, and what administrators make of them."""

from collections.abc import Mapping
from typing import Final

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.queries import packages as queries
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

FIRST: Final = (
    ("Handful", 100, 0, 129),
    ("Basket", 500, 25, 599),
    ("Sack", 1000, 100, 1099),
    ("Barn", 5000, 750, 4999),
)
"""Name, coins, bonus and price in US cents of the packages that every installation begins with."""

_NAMES: Final = (
    *("name", "coins", "bonus_coins", "amount_minor", "currency", "position"),
    *("reward_percent", "reward_days", "is_active"),
)
REWARD_DAYS: Final = 30


async def seed(tx: Tx) -> None:
    """Make the first packages, unless there are any; the larger ones reward their buyers."""
    if await tx.value(queries.any_package()) is None:
        rows = [
            {
                "name": name,
                "coins": coins,
                "bonus_coins": bonus,
                "amount_minor": price,
                "currency": "USD",
                "position": position,
                "reward_percent": 10 if bonus else 0,
                "reward_days": REWARD_DAYS,
            }
            for position, (name, coins, bonus, price) in enumerate(FIRST, start=1)
        ]
        await tx.many(queries.insert_package(), rows)


async def listed(tx: Tx, page: Page, *, every: bool = False) -> tuple[list[Row], str]:
    """A page of the packages, and the token of the next page; `every`: also those that are not sold any more."""
    rows = await tx.all(queries.packages_page(page.limit, every=every, after=not page.is_first), **page.params)
    return page.cut(rows, key=lambda row: (row["position"], row["id"]))


async def sold(tx: Tx, package_id: int) -> Row:
    """A package that is sold. Raises NotFound."""
    row = await tx.one(queries.sold_package(), package_id=package_id)
    if row is None:
        raise NotFound(Reason.COIN_PACKAGE_NOT_FOUND)
    return row


async def create(tx: Tx, caller: Caller, wanted: Mapping[str, object]) -> Row:
    """Make a package. Raises Conflict when another one has its name, and Invalid for its currency."""
    currencies.check(str(wanted["currency"]))
    row = await tx.one(queries.insert_package(), **wanted)
    assert row is not None
    write_down(tx, caller, "create", "coin_package", row["id"], before={}, after=dict(row))
    return row


async def update(tx: Tx, caller: Caller, package_id: int, changes: Mapping[str, object]) -> Row:
    """Change a package. Raises NotFound, Conflict when another one has its name, and Invalid for its currency."""
    if "currency" in changes:
        currencies.check(str(changes["currency"]))
    old = await tx.one(queries.package_to_change(), package_id=package_id)
    if old is None:
        raise NotFound(Reason.COIN_PACKAGE_NOT_FOUND)
    new = {name: old[name] for name in _NAMES} | dict(changes)
    row = await tx.one(queries.update_package(), package_id=package_id, **new)
    assert row is not None  # it is locked
    write_down(tx, caller, "update", "coin_package", package_id, before=dict(old), after=dict(row))
    return row


async def withdraw(tx: Tx, caller: Caller, package_id: int) -> None:
    """Sell a package no more; what was bought stays bought. Raises NotFound."""
    await update(tx, caller, package_id, {"is_active": False})
