"""Jobs: within a minute all that is due is done, and nothing has failed that nobody wished to fail."""

import asyncio
import time

from tests.faults.whole import Whole

SECONDS = 60.0
"""How soon a job goes on whose worker was killed."""


async def check(whole: Whole) -> None:
    """Wait for what is due."""
    deadline = time.monotonic() + SECONDS
    while True:
        async with whole.system.db.transaction() as tx:
            open_ = await tx.raw(
                "SELECT kind, state, attempts FROM jobs j WHERE state IN ('queued', 'running') AND NOT EXISTS"
                " (SELECT FROM pgqueuer.pgqueuer q WHERE q.dedupe_key = j.id::text AND q.execute_after > now())"
            )
            failed = await tx.raw("SELECT kind, error FROM jobs WHERE state = 'failed'")
        if not open_:
            break
        assert time.monotonic() < deadline, f"jobs that do not end: {[dict(row) for row in open_][:5]}"
        await asyncio.sleep(0.1)
    assert not failed, f"jobs that failed: {[dict(row) for row in failed][:5]}"
