"""What people may do with the devices that get their push messages."""

import hashlib

from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Contention, NotFound
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.notification.queries import devices as queries
from cnt_grpc.pb.cnt.notification.v1.reason import Reason

MOST = 20
"""Devices of one person: more are old installations, and each costs a message for every notification."""
_PURPOSE = "device_token"


async def register(tx: Tx, caller: Caller, token: str, platform: str) -> Row:
    """Have this device get the caller's push messages, and nobody else's."""
    token_hash = _hash(token)
    await tx.run(queries.take_away(), user_id=caller.user_id, token_hash=token_hash)
    row = await tx.one(
        queries.register(),
        user_id=caller.user_id,
        token_hash=token_hash,
        token=seal.seal(_PURPOSE, token.encode(), token_hash),
        platform=platform,
        now=clock.now(),
    )
    if row is None:
        raise Contention("two people register one device at once")
    await tx.run(queries.keep_newest(MOST), user_id=caller.user_id)
    return row


async def page_of(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's devices, and the next page's token."""
    rows = await tx.all(queries.devices(page.limit, first=page.is_first), user_id=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def forget(tx: Tx, caller: Caller, device_id: int) -> None:
    """Send nothing more to this device of the caller's."""
    if await tx.value(queries.forget_by_id(), user_id=caller.user_id, device_id=device_id) is None:
        raise NotFound(Reason.DEVICE_NOT_FOUND)


async def forget_token(tx: Tx, caller: Caller, token: str) -> None:
    """Send nothing more to the device of the caller's with this token."""
    if await tx.value(queries.forget_by_token(), user_id=caller.user_id, token_hash=_hash(token)) is None:
        raise NotFound(Reason.DEVICE_NOT_FOUND)


def opened(sealed: bytes, token_hash: bytes) -> str | None:
    """A token as it was registered; None when it was sealed with another SECRET_KEY."""
    token = seal.unseal(_PURPOSE, sealed, token_hash)
    return None if token is None else token.decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
