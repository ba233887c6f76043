"""Puts coins, offers and gifts straight into the tables, as the rules would leave them: a millisecond each."""

import secrets
from typing import Any

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.payment import ledger
from cnt_grpc.payment.ledger import Leg
from cnt_grpc.payment.queries import discounts, gifts, packages


def word() -> str:
    """A name that nothing else has."""
    return f"W{secrets.token_hex(6)}".upper()


async def coins(tx: Tx, user_id: int, amount: int) -> None:
    """So many coins more in a wallet."""
    legs = [Leg(ledger.other("issued", ledger.COIN), -amount), Leg(ledger.wallet(user_id), amount)]
    await ledger.move(tx, f"test:{word()}", legs)


async def earned(tx: Tx, user_id: int, amount: int, currency: str = "USD") -> None:
    """So much more that a creator has earned."""
    legs = [Leg(ledger.other("stripe", currency), -amount), Leg(ledger.earnings(user_id, currency), amount)]
    await ledger.move(tx, f"test:{word()}", legs)


async def gift(tx: Tx, *, price: int = 10, position: int = 9000) -> int:
    """A gift; its id."""
    row = await tx.one(gifts.insert_gift(), name=word(), icon="🌹", price_coins=price, position=position)
    assert row is not None
    return int(row["id"])


async def package(tx: Tx, **given: Any) -> Row:
    """A package of coins."""
    values: dict[str, Any] = {
        "name": word(),
        "coins": 100,
        "bonus_coins": 0,
        "amount_minor": 1000,
        "currency": "USD",
        "position": 9000,
        "reward_percent": 0,
        "reward_days": 30,
    }
    row = await tx.one(packages.insert_package(), **values | given)
    assert row is not None
    return row


async def code(tx: Tx, **given: Any) -> Row:
    """A discount code: ten percent for everyone, without limits."""
    values: dict[str, Any] = {
        "code": word(),
        "kind": "percent",
        "value": 10,
        "currency": "",
        "min_amount_minor": 0,
        "max_uses": 0,
        "max_uses_per_person": 0,
        "starts_at": None,
        "ends_at": None,
        "package_id": None,
        "owner_id": None,
        "stackable": False,
        "earned_by": None,
    }
    row = await tx.one(discounts.insert_code(), **values | given)
    assert row is not None
    return row


async def moved(tx: Tx, cause: str, legs: list[tuple[tuple[str, int], int]]) -> None:
    """A movement of coins, by kinds and owners of its accounts."""
    await ledger.move(
        tx, cause, [Leg(ledger.Account(kind, owner, ledger.COIN), amount) for (kind, owner), amount in legs]
    )


async def used(tx: Tx, code_id: int, user_id: int, payment_id: int) -> None:
    """One use of a code."""
    await tx.run(discounts.count_use(), discount_code_id=code_id)
    await tx.run(
        discounts.insert_use(), code_id=code_id, user_id=user_id, payment_id=payment_id, created_at=clock.now()
    )
