"""People as Stripe knows them, once they pay for something again and again."""

from cnt_grpc.kit.db import Database
from cnt_grpc.payment.queries import memberships as queries
from cnt_grpc.payment.stripe_billing import StripeBilling


async def known(db: Database, billing: StripeBilling, user_id: int, key: str) -> str:
    """Stripe's name of a person; Stripe makes one where it has none yet, the same for each try under a key."""
    async with db.reading() as tx:
        ref: str | None = await tx.value(queries.customer_of(), owner_id=user_id)
    if ref is None:
        made = await billing.customer(user_id, f"customer:{key}")
        # Of two calls at once the first one's is kept.
        ref = str(await db.transact(lambda tx: tx.value(queries.note_customer(), owner_id=user_id, customer_ref=made)))
    return ref
