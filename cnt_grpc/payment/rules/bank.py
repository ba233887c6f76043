"""Bank details: kept sealed, shown by their last four characters, and read in full by administrators for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.bank_vault import AlteredError, BankVault
from cnt_grpc.payment.queries import bank as queries
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_log = structlog.get_logger("cnt.payment")

NAMES: Final = ("bank_name", "account_holder_name", "branch_name")
"""Fields that their owner sees whole; of the others the last characters."""
_LAST: Final = 4
_BATCH = 100
"""Rows that are sealed anew in one transaction."""


@dataclass(frozen=True, slots=True)
class Details:
    """Somebody's bank details in the clear."""

    fields: Mapping[str, str]
    is_verified: bool
    updated_at: datetime


async def own(tx: Tx, vault: BankVault, user_id: int) -> Details:
    """A person's bank details. Raises NotFound."""
    row = await tx.one(queries.own_details(locked=False), owner_id=user_id)
    if row is None:
        raise NotFound(Reason.BANK_DETAILS_NOT_FOUND)
    return _opened(vault, row)


async def of_export(tx: Tx, vault: BankVault, user_id: int) -> dict[str, object] | None:
    """A person's bank details for their export: names whole, of numbers the last four characters; None without any."""
    row = await tx.one(queries.own_details(locked=False), owner_id=user_id)
    if row is None:
        return None
    about: dict[str, object] = {"is_verified": row["is_verified"], "updated_at": row["updated_at"]}
    try:
        fields = _opened(vault, row).fields
    except (Precondition, AlteredError):
        # Without its key nobody can read them here, nor what was altered; the rest of the export shall not wait for it.
        return about | {"unreadable": True}
    shown = {name if name in NAMES else f"{name}_last4": shorten(name, text) for name, text in fields.items()}
    return shown | about


def shorten(name: str, text: str) -> str:
    """A field as its owner sees it."""
    return text if name in NAMES else text[-_LAST:]


async def create(tx: Tx, vault: BankVault, caller: Caller, fields: Mapping[str, str]) -> Details:
    """Keep bank details. Raises Conflict when there are some."""
    sealed = {"key_id": vault.newest, **vault.seal(caller.user_id, fields)}
    row = await tx.one(queries.insert_details(), user_id=caller.user_id, updated_at=clock.now(), **sealed)
    assert row is not None
    return _opened(vault, row)


async def update(tx: Tx, vault: BankVault, caller: Caller, fields: Mapping[str, str]) -> Details:
    """Keep other bank details instead; nobody has verified them. Raises NotFound."""
    sealed = {"key_id": vault.newest, **vault.seal(caller.user_id, fields)}
    row = await tx.one(queries.update_details(), owner_id=caller.user_id, updated_at=clock.now(), **sealed)
    if row is None:
        raise NotFound(Reason.BANK_DETAILS_NOT_FOUND)
    return _opened(vault, row)


async def delete(tx: Tx, caller: Caller) -> None:
    """Forget bank details. Raises NotFound."""
    if not await tx.run(queries.delete_details(), owner_id=caller.user_id):
        raise NotFound(Reason.BANK_DETAILS_NOT_FOUND)


async def look_at(tx: Tx, vault: BankVault, caller: Caller, user_id: int, reason: str) -> Details:
    """Read somebody's bank details in full, which is written down with its reason. Raises NotFound."""
    found = await own(tx, vault, user_id)
    write_down(tx, caller, "read", "bank_details", user_id, before={}, after={}, reason=reason)
    return found


async def verify(tx: Tx, caller: Caller, user_id: int) -> None:
    """Say that somebody's bank details are right. Raises NotFound."""
    if await tx.value(queries.verify_details(), owner_id=user_id) is None:
        raise NotFound(Reason.BANK_DETAILS_NOT_FOUND)
    after = {"is_verified": True}
    write_down(tx, caller, "verify", "bank_details", user_id, before={}, after=after)


async def rotate(db: Database, vault: BankVault) -> tuple[int, int]:
    """Seal everything with the newest key that is sealed with another: how many people's details were, and were not.

    Those are left that do not open: somebody has altered them, which the log says of whom. Rows are locked while they
    are sealed anew, so that a change of the same moment comes before or after.
    """
    done, left, after = 0, 0, 0
    while True:

        async def batch(tx: Tx, after: int = after) -> tuple[list[Row], int]:
            rows = await tx.all(queries.sealed_otherwise(_BATCH), key_id=vault.newest, after=after)
            altered = 0
            for row in rows:
                try:
                    fields = _opened(vault, row).fields
                except AlteredError:
                    altered += 1
                    _log.error("bank details were altered", user_id=row["user_id"], key_id=row["key_id"])
                    continue
                sealed = vault.seal(row["user_id"], fields)
                await tx.run(queries.seal_anew(), owner_id=row["user_id"], key_id=vault.newest, **sealed)
            return rows, altered

        rows, altered = await db.transact(batch)
        done += len(rows) - altered
        left += altered
        if len(rows) < _BATCH:
            return done, left
        after = rows[-1]["user_id"]


def _opened(vault: BankVault, row: Row) -> Details:
    fields = vault.unseal(row["user_id"], row["key_id"], {name: row[name] for name in queries.SEALED})
    return Details(fields, row["is_verified"], row["updated_at"])
