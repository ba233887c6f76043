"""What is kept of a defect, so that whoever is told its id finds where it happened: frames and kinds, never values."""

import asyncio
import contextlib
import traceback
from typing import Final

import asyncpg
from sqlalchemy import Executable, bindparam, delete, insert, select

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx, statement
from cnt_grpc.kit.db.tables import MOMENT, error_records
from cnt_grpc.kit.errors import AppError

SECONDS: Final = 2.0
"""How long the answer to a broken call may wait for its defect to be written."""
_LONGEST: Final = 20_000
"""Characters of a stack."""


async def keep(db: Database, error_id: str, method: str, error: BaseException) -> None:
    """Write a defect down. Whatever keeps us from that is left to the log, which has the defect too."""
    stack = _stack(error)[-_LONGEST:]

    async def write(tx: Tx) -> None:
        given = {"error_id": error_id, "method": method, "kind": type(error).__name__, "stack": stack}
        await tx.run(_add(), at=clock.now(), **given)

    with contextlib.suppress(AppError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with asyncio.timeout(SECONDS):
            await db.transact(write)


async def find(tx: Tx, error_id: str) -> Row | None:
    """The newest defect of this id; clients may choose ids, so that there can be several."""
    return await tx.one(_newest(), error_id=error_id)


def _stack(error: BaseException) -> str:
    """Where it was raised, and what by: the texts of exceptions may hold what people sent, and are left out."""
    told: list[str] = []
    each: BaseException | None = error
    while each is not None:
        told.append("".join(traceback.format_tb(each.__traceback__)) + f"{type(each).__module__}.{type(each).__name__}")
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n\nwhich came of:\n\n".join(told)


@statement
def _add() -> Executable:
    names = ("error_id", "method", "kind", "stack")
    return insert(error_records).values({each: bindparam(each) for each in names} | {"at": bindparam("at")})


@statement
def _newest() -> Executable:
    found = select(error_records).where(error_records.c.error_id == bindparam("error_id"))
    return found.order_by(error_records.c.id.desc()).limit(1)


@statement
def purge(limit: int) -> Executable:
    """Drop what is older than `before`."""
    old = select(error_records.c.id).where(error_records.c.at < bindparam("before", type_=MOMENT)).limit(limit)
    return delete(error_records).where(error_records.c.id.in_(old))
