"""Codes that end a redirect from Google: each is exchanged once."""

from datetime import datetime

from sqlalchemy import Executable, LargeBinary, bindparam, delete, insert

from cnt_grpc.auth.tables import sign_in_codes
from cnt_grpc.kit.db import Tx, statement
from cnt_grpc.kit.db.tables import MOMENT


async def insert_code(tx: Tx, code_hash: bytes, user_id: int, *, expires_at: datetime) -> None:
    """A new code."""
    await tx.run(_insert(), code_hash=code_hash, user_id=user_id, expires_at=expires_at)


async def take_code(tx: Tx, code_hash: bytes, now: datetime) -> int | None:
    """Whose code this is, which is used up by asking; None for no code, or one past its time."""
    user_id: int | None = await tx.value(_take(), code_hash=code_hash, now=now)
    return user_id


@statement
def _insert() -> Executable:
    return insert(sign_in_codes).values({name: bindparam(name) for name in ("code_hash", "user_id", "expires_at")})


@statement
def _take() -> Executable:
    return (
        delete(sign_in_codes)
        .where(
            sign_in_codes.c.code_hash == bindparam("code_hash", type_=LargeBinary()),
            sign_in_codes.c.expires_at > bindparam("now", type_=MOMENT),
        )
        .returning(sign_in_codes.c.user_id)
    )
