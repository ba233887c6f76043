"""What the payment room knows of a person: shown to them, and made nameless when they go; the ledger stays."""

from collections.abc import AsyncIterator
from typing import Final

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Row, Statement, Tx
from cnt_grpc.payment import tasks
from cnt_grpc.payment.bank_vault import BankVault
from cnt_grpc.payment.queries import privacy as queries
from cnt_grpc.payment.queries import recurring
from cnt_grpc.payment.rules import bank

_BATCH: Final = 500
"""Rows that are read at once."""


def holder(vault: BankVault) -> Holder:
    """The room's part of an export and of an erasure."""

    async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
        """Accounts and entries of the ledger, payments, gifts, codes, and bank details as their owner sees them.

        Numbers of an account by their last four: an export is a file, and no file holds them in the clear.
        """
        accounts: list[Row] = []
        for kind in queries.KINDS:
            if kind == "ledger_entry":
                # Account by account, as they are indexed: there are more of them than of anything else.
                for each in accounts:
                    of_account = {"account_id": each["id"], "currency": each["currency"]}
                    async for row in _paged(tx, queries.entries(_BATCH), "id", **of_account):
                        yield kind, dict(row)
                continue
            async for row in _paged(tx, queries.rows(kind, _BATCH), queries.key_of(kind), user_id=user_id):
                if kind == "ledger_account":
                    accounts.append(row)
                yield kind, dict(row)
        if details := await bank.of_export(tx, vault, user_id):
            yield "bank_details", details

    return Holder("payment", export_person, erase_person)


async def _paged(tx: Tx, statement: Statement, key: str, **whose: object) -> AsyncIterator[Row]:
    """All rows of a statement that gives so many after one."""
    after = 0
    while True:
        rows = await tx.all(statement, after=after, **whose)
        for row in rows:
            yield row
        if len(rows) < _BATCH:
            return
        after = rows[-1][key]


async def erase_person(tx: Tx, user_id: int) -> None:
    """Take away their words and codes, and have nothing more charged for what they pay or get again and again.

    Amounts stay, under an id that names nobody any more: books must balance.
    """
    for row in await tx.all(queries.open_subscriptions(), user_id=user_id):
        await tasks.end_billing_later(tx, subscription_id=row["id"])
    for row in await tx.all(recurring.open_of_person(), user_id=user_id):
        await tasks.end_billing_later(tx, recurring_donation_id=row["id"])
    for kind in queries.ERASED:
        await tx.run(queries.erase(kind), user_id=user_id)
