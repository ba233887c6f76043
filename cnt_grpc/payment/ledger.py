"""The double-entry ledger: a movement is a balanced set of entries, written in the transaction of what caused it.

    await ledger.move(tx, "payment:12", [
        Leg(ledger.other("stripe", "USD"), -500),
        Leg(ledger.earnings(7, "USD"), 450),
        Leg(ledger.other("commission", "USD"), 50),
    ])

An amount above zero is a gain of the account's owner. People's accounts (wallet, earnings) keep balances that never go
below zero; a debt never goes above. Providers and the platform are the other side and may be anything. The database
holds all of this itself: see `tables/ledger.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx
from cnt_grpc.payment.queries import ledger as queries

COIN: Final = "COIN"
"""The currency of wallets: not one of ISO 4217, whose codes have three letters."""


class Account(NamedTuple):
    """An account by its name."""

    kind: str
    owner_id: int
    """A person, or 0 for the other side."""
    currency: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry of a movement."""

    account: Account
    amount: int
    """Minor units, or coins."""


def wallet(user_id: int) -> Account:
    """The coins that a person may spend."""
    return Account("wallet", user_id, COIN)


def earnings(user_id: int, currency: str) -> Account:
    """What a creator has earned and may have paid out: money, or coins."""
    return Account("earnings", user_id, currency)


def debt(user_id: int, currency: str) -> Account:
    """What a person owes, as a balance below zero."""
    return Account("debt", user_id, currency)


def other(kind: str, currency: str) -> Account:
    """An account of the other side: a provider's, or one of the platform's."""
    return Account(kind, 0, currency)


async def move(tx: Tx, cause: str, legs: Iterable[Leg]) -> None:
    """Write a movement; legs of nothing are left out. A cause moves once: the second time is a defect.

    Raises Precondition when it would leave a wallet or earnings below zero.
    """
    merged: dict[Account, int] = {}
    for leg in legs:
        merged[leg.account] = merged.get(leg.account, 0) + leg.amount
    merged = {account: amount for account, amount in merged.items() if amount}
    if not merged:
        return
    accounts = _columns(merged)
    await tx.run(queries.open_accounts(), **accounts)
    written = await tx.all(
        queries.add_entries(), **accounts, amounts=list(merged.values()), cause=cause, now=clock.now()
    )
    assert len(written) == len(merged)
    tx.memo.setdefault(move, []).append((cause, merged))


def moved(tx: Tx) -> list[tuple[str, Mapping[Account, int]]]:
    """What this transaction has moved so far, by causes."""
    every: list[tuple[str, Mapping[Account, int]]] = tx.memo.get(move, [])
    return every


async def lock(tx: Tx, accounts: Sequence[Account]) -> Mapping[Account, int]:
    """The balances of these people's accounts, which nobody else changes until this transaction ends."""
    columns = _columns(accounts)
    await tx.run(queries.open_accounts(), **columns)
    rows = await tx.all(queries.lock_accounts(), **columns)
    return {Account(row["kind"], row["owner_id"], row["currency"]): row["balance"] for row in rows}


async def give(tx: Tx, account: Account, amount: int) -> list[Leg]:
    """The legs by which a person gets an amount: what they owe in this currency is paid first."""
    owes = debt(account.owner_id, account.currency)
    balances = await lock(tx, [account, owes])
    repaid = min(amount, -balances[owes])
    return [Leg(owes, repaid), Leg(account, amount - repaid)]


async def take(tx: Tx, account: Account, amount: int) -> list[Leg]:
    """The legs by which a person gives an amount back: what is not there any more becomes a debt."""
    owes = debt(account.owner_id, account.currency)
    balances = await lock(tx, [account, owes])
    there = min(amount, balances[account])
    return [Leg(account, -there), Leg(owes, there - amount)]


async def balances(tx: Tx, user_id: int) -> dict[Account, int]:
    """What a person owns and owes."""
    rows = await tx.all(queries.balances(), owner_id=user_id)
    return {Account(row["kind"], user_id, row["currency"]): row["balance"] for row in rows}


def _columns(accounts: Iterable[Account]) -> dict[str, object]:
    every = list(accounts)
    return {
        "kinds": [account.kind for account in every],
        "owners": [account.owner_id for account in every],
        "currencies": [account.currency for account in every],
    }
