"""Bills of Stripe that were paid: each is one payment, known by the bill's name before its own shows."""

from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.payment import provider, tasks
from cnt_grpc.payment.provider import Seen
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules import paying
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.payment.stripe_billing import Bill


async def begin(tx: Tx, bill: Bill, user_id: int, purpose: str) -> Row | None:
    """The payment of a bill; None when nothing was to pay, and when there is one already."""
    if not bill.amount_minor:
        return None
    known = await tx.one(queries.payment_of_bill(), bill=bill.id, ref=bill.ref)
    if known is None:
        return await paying.begin(
            tx,
            user_id=user_id,
            purpose=purpose,
            provider="stripe",
            request_id=None,
            amount_minor=bill.amount_minor,
            currency=bill.currency,
            checkout_ref=bill.id,
        )
    if bill.ref and known["provider_ref"] != bill.ref:
        await tx.run(queries.set_ref(), payment_id=known["id"], provider_ref=bill.ref)
        await tasks.sync_later(tx, known["id"])
    return None


async def book(tx: Tx, payment: Row, bill: Bill) -> None:
    """Book the payment of a bill, and have Stripe asked how it stands.

    It may have gone back before anybody heard of the bill: what tells of that found no payment.
    """
    paid = Seen(ref=bill.ref, status=provider.SUCCEEDED, amount_minor=bill.amount_minor, currency=bill.currency)
    await settle(tx, payment["id"], paid)
    if bill.ref:
        await tasks.sync_later(tx, payment["id"])
