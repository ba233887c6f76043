"""A finished purchase makes one reward code, as its package says."""

import secrets
from datetime import timedelta

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.payment.queries import discounts as queries

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what looks alike."""


async def make(tx: Tx, payment: Row, package: Row) -> None:
    """Make the buyer's code, if the package rewards."""
    if not package["reward_percent"]:
        return
    now = clock.now()
    await tx.one(
        queries.insert_code(),
        code="R" + "".join(secrets.choice(_ALPHABET) for _ in range(11)),
        kind="percent",
        value=package["reward_percent"],
        currency="",
        min_amount_minor=0,
        max_uses=1,
        max_uses_per_person=1,
        starts_at=now,
        ends_at=now + timedelta(days=min(package["reward_days"], 3650)),
        package_id=None,
        owner_id=payment["user_id"],
        stackable=False,
        earned_by=payment["id"],
    )
