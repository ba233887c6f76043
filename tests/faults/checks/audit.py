"""The audit: its chain of hashes is whole."""

from cnt_grpc.moderation import audit
from tests.faults.whole import Whole


async def check(whole: Whole) -> None:
    """Walk the chain."""
    async with whole.system.db.snapshot() as tx:
        verdict = await audit.verify(tx)
    assert verdict.broken_at is None, f"the chain breaks at {verdict.broken_at} of {verdict.rows} rows"
