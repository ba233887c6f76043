"""Discount codes: what they make of a price, how their uses are counted, and what administrators make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.queries import discounts as queries
from cnt_grpc.payment.rules import packages
from cnt_grpc.pb.cnt.payment.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Price:
    """What a package costs with some codes, and gives."""

    full_amount_minor: int
    amount_minor: int
    currency: str
    coins: int
    """All bonuses included."""
    code_ids: tuple[int, ...] = ()


async def priced(tx: Tx, user_id: int, package: Row, codes: Sequence[str], *, reserving: bool = False) -> Price:
    """The price of a package with these codes; `reserving`: nobody else uses them until the transaction ends.

    Raises NotFound and Precondition, for the first code that does not do.
    """
    wanted = typed(codes)
    price = Price(
        package["amount_minor"], package["amount_minor"], package["currency"], package["coins"] + package["bonus_coins"]
    )
    if not wanted:
        return price
    if reserving:
        # A statement of its own: one that waits for a lock still counts what it saw before it waited.
        await tx.run(queries.lock_codes(), codes=wanted)
    rows = {row["code"]: row for row in await tx.all(queries.codes_of(), codes=wanted, user_id=user_id)}
    for code in wanted:
        if code not in rows:
            raise NotFound(Reason.DISCOUNT_CODE_NOT_FOUND)
    if len(wanted) > 1 and not all(row["stackable"] for row in rows.values()):
        raise Precondition(Reason.DISCOUNT_CODES_NOT_STACKABLE, "these codes cannot be used together")
    for row in rows.values():
        _check(row, package, clock.now())
    amount = price.amount_minor
    # Percents first, then amounts, whatever the order in which the codes were typed: the buyer's cannot matter.
    for row in sorted(rows.values(), key=lambda row: (row["kind"] != "percent", row["id"])):
        if row["kind"] == "percent":
            # Rounded up: what is taken off is never more than the percentage.
            amount = -(-amount * (100 - row["value"]) // 100)
        elif row["kind"] == "fixed":
            amount = max(0, amount - row["value"])
    bonus = sum(row["value"] for row in rows.values() if row["kind"] == "bonus_coins")
    ids = tuple(sorted(row["id"] for row in rows.values()))
    return Price(price.full_amount_minor, amount, price.currency, price.coins + bonus, ids)


def typed(codes: Sequence[str]) -> list[str]:
    """Codes as they are kept, each once."""
    return list(dict.fromkeys(code.strip().upper() for code in codes))


def _check(row: Row, package: Row, now: datetime) -> None:
    if (row["starts_at"] and now < row["starts_at"]) or (row["ends_at"] and now >= row["ends_at"]):
        raise Precondition(Reason.DISCOUNT_CODE_EXPIRED, code=row["code"])
    if row["max_uses"] and row["uses"] >= row["max_uses"]:
        raise Precondition(Reason.DISCOUNT_CODE_USED_UP, code=row["code"])
    if row["max_uses_per_person"] and row["used_by_person"] >= row["max_uses_per_person"]:
        raise Precondition(Reason.DISCOUNT_CODE_USED, code=row["code"])
    suits = (
        row["package_id"] in {None, package["id"]}
        and row["currency"] in {"", package["currency"]}
        and package["amount_minor"] >= row["min_amount_minor"]
    )
    if not suits:
        raise Precondition(Reason.DISCOUNT_CODE_UNSUITABLE, code=row["code"])


async def mine(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the codes that were made for the caller."""
    stmt = queries.codes_page(page.limit, own=True, after=not page.is_first)
    rows = await tx.all(stmt, owner_id=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def latest_reward(tx: Tx, caller: Caller) -> Row | None:
    """The code that the caller's latest purchase has made."""
    return await tx.one(queries.codes_page(1, own=True, after=False), owner_id=caller.user_id)


async def listed(tx: Tx, page: Page) -> tuple[list[Row], str]:
    """A page of all codes."""
    rows = await tx.all(queries.codes_page(page.limit, own=False, after=not page.is_first), **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def create(tx: Tx, caller: Caller, wanted: Mapping[str, object]) -> Row:
    """Make a code for everyone. Raises Conflict, NotFound for the package, and Invalid."""
    if wanted["currency"]:
        currencies.check(str(wanted["currency"]))
    elif wanted["kind"] == "fixed" or wanted["min_amount_minor"]:
        raise Invalid.of("currency", "is needed for an amount", "required")
    if wanted["kind"] == "percent" and int(str(wanted["value"])) > 100:  # noqa: PLR2004  (percent)
        raise Invalid.of("value", "must be 1 to 100 percent", "int64.lte")
    if isinstance(package_id := wanted["package_id"], int):
        await packages.sold(tx, package_id)
    row = await tx.one(queries.insert_code(), **wanted, owner_id=None, earned_by=None)
    assert row is not None
    write_down(tx, caller, "create", "discount_code", row["id"], before={}, after=dict(row))
    return row


async def update(tx: Tx, caller: Caller, code_id: int, changes: Mapping[str, object]) -> Row:
    """Change a code; a limit below what was used ends it there. Raises NotFound."""
    old = await tx.one(queries.code_to_change(), discount_code_id=code_id)
    if old is None:
        raise NotFound(Reason.DISCOUNT_CODE_NOT_FOUND)
    names = ("max_uses", "max_uses_per_person", "ends_at", "is_active")
    new = {name: old[name] for name in names} | dict(changes)
    if new["max_uses"]:
        new["max_uses"] = max(new["max_uses"], old["uses"])
    row = await tx.one(queries.update_code(), discount_code_id=code_id, **new)
    assert row is not None  # it is locked
    write_down(tx, caller, "update", "discount_code", code_id, before=dict(old), after=dict(row))
    return row


async def withdraw(tx: Tx, caller: Caller, code_id: int) -> None:
    """Take a code out of use; purchases that have begun keep their discount. Raises NotFound."""
    await update(tx, caller, code_id, {"is_active": False})
