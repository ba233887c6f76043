"""What the auth room need not remember any longer."""

from datetime import timedelta

from cnt_grpc.auth.queries import forgetting as queries
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Tx

SESSIONS_KEPT = timedelta(days=30)
"""After they expired: a person who asks what happened to their account finds them until then."""

COUNTS_KEPT = timedelta(days=1)
"""No limit on tries looks further back than a day."""


async def forget_old(tx: Tx) -> int:
    """Drop a bounded number of rows that are past their time; how many that were, 0 when none is left."""
    now = clock.now()
    return (
        await queries.delete_tokens(tx, expired_before=now)
        + await queries.delete_sessions(tx, expired_before=now - SESSIONS_KEPT)
        + await queries.delete_codes(tx, made_before=now - COUNTS_KEPT)
        + await queries.delete_sign_in_codes(tx, expired_before=now)
        + await queries.delete_counts(tx, tried_before=now - COUNTS_KEPT)
    )
