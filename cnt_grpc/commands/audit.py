"""`cnt-grpc audit …`: whether the record of what was done by virtue of a role is whole."""

from cnt_grpc import app, moderation
from cnt_grpc.settings import Settings


async def verify(settings: Settings) -> bool:
    """Walk the chain and print what was found; whether it is whole."""
    async with app.opened(settings) as system, system.db.snapshot() as tx:
        verdict = await moderation.verify(tx)
    if verdict.broken_at is None:
        print(f"{verdict.rows} acts, and nothing was changed")
        return True
    print(f"{verdict.rows} acts are right; row {verdict.broken_at} of audit_log was changed, removed or added")
    return False
