"""What the payment room knows of a person: shown to them, and made nameless when they go; the ledger stays."""

from collections.abc import AsyncIterator

from cnt_grpc.auth import Holder, Record
from cnt_grpc.kit.db import Tx
from cnt_grpc.payment.queries import privacy as queries


async def export_person(tx: Tx, user_id: int) -> AsyncIterator[tuple[str, Record]]:
    """Accounts of the ledger with all their entries, gifts and codes."""
    for kind in queries.KINDS:
        for row in await tx.all(queries.rows(kind), user_id=user_id):
            yield kind, dict(row)


async def erase_person(tx: Tx, user_id: int) -> None:
    """Take away their words and codes. Amounts stay, under an id that names nobody any more: books must balance."""
    for kind in queries.ERASED:
        await tx.run(queries.erase(kind), user_id=user_id)


HOLDER = Holder("payment", export_person, erase_person)
