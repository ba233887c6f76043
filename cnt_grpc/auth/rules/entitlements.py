"""Entitlements, given and taken by the rooms where something is paid or earned; every room may ask for them."""

from datetime import datetime

from cnt_grpc.auth.queries import entitlements as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx


async def grant_entitlement(tx: Tx, user_id: int, key: str, *, source: str, ends_at: datetime | None = None) -> None:
    """Let someone open what `key` names (`premium`, `podcast:12`) until `ends_at`, or until `source` is revoked.

    Once for each source (`subscription:7`): the same again moves the end, so that a renewal extends.
    """
    await queries.upsert_entitlement(tx, user_id, key, source, now=clock.now(), ends_at=ends_at)


async def revoke_entitlements(tx: Tx, *, source: str) -> int:
    """Take everything that follows from `source`; how many entitlements that were."""
    return await queries.delete_entitlements(tx, source)


async def is_entitled(tx: Tx, user_id: int, key: str) -> bool:
    """Whether someone may open what `key` names now."""
    return await queries.has_entitlement(tx, user_id, key, clock.now())


async def entitlements_of(tx: Tx, user_id: int) -> list[str]:
    """All that someone may open now, by keys in the order of the alphabet."""
    return await queries.open_keys(tx, user_id, clock.now())
