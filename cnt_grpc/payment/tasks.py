"""The kinds of jobs that the payment room has done in the background."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import inbox, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.payment.v1.jobs_pb2 import (
    EndBilling,
    HandlePaypalEvent,
    HandleStripeEvent,
    ReconcilePayments,
    SendPayout,
    SyncPayment,
    SyncRecurringDonation,
    SyncSubscription,
)

HANDLE_STRIPE: Final = Job("payment.handle_stripe", HandleStripeEvent, attempts=12, timeout=timedelta(minutes=1))
"""Do what an event of Stripe calls for. Provider and network may be away for an hour; the reconciler comes after."""
HANDLE_PAYPAL: Final = Job("payment.handle_paypal", HandlePaypalEvent, attempts=12, timeout=timedelta(minutes=1))
"""Likewise of PayPal."""
SYNC: Final = Job("payment.sync", SyncPayment, attempts=5, timeout=timedelta(minutes=1), limit=4)
"""Have a payment's provider say where it stands."""
SYNC_SUBSCRIPTION: Final = Job(
    "payment.sync_subscription", SyncSubscription, attempts=5, timeout=timedelta(minutes=1), limit=4
)
"""Have Stripe say how a subscription stands."""
SYNC_RECURRING: Final = Job(
    "payment.sync_recurring", SyncRecurringDonation, attempts=5, timeout=timedelta(minutes=1), limit=4
)
"""Have Stripe say how a recurring donation stands."""
END_BILLING: Final = Job("payment.end_billing", EndBilling, attempts=20, timeout=timedelta(minutes=1), limit=4)
"""Have Stripe charge somebody nothing more who has left; for days, if Stripe is away that long."""
SEND: Final = Job("payment.send_payout", SendPayout, attempts=10, timeout=timedelta(minutes=1), limit=4)
"""Send a payout."""
RECONCILE: Final = Job("payment.reconcile", ReconcilePayments, attempts=3, timeout=timedelta(minutes=30), limit=1)
"""Find and repair what no event told."""


async def keep_event(tx: Tx, event_id: str, body: bytes) -> bool:
    """Keep an event of Stripe whose origin is certain, and have it followed; False when it is there."""
    return await inbox.receive(
        tx,
        "stripe",
        event_id,
        body=body,
        job=HANDLE_STRIPE,
        payload=lambda inbox_id: HandleStripeEvent(inbox_id=inbox_id),
    )


async def sync_later(tx: Tx, payment_id: int) -> None:
    """Have a payment's provider asked soon."""
    await jobs.enqueue(tx, SYNC, SyncPayment(payment_id=payment_id), dedupe=f"payment:{payment_id}")


async def sync_subscription_later(tx: Tx, subscription_id: int) -> None:
    """Have Stripe asked soon how a subscription stands."""
    payload = SyncSubscription(subscription_id=subscription_id)
    await jobs.enqueue(tx, SYNC_SUBSCRIPTION, payload, dedupe=f"subscription:{subscription_id}")


async def sync_recurring_later(tx: Tx, recurring_donation_id: int) -> None:
    """Have Stripe asked soon how a recurring donation stands."""
    payload = SyncRecurringDonation(recurring_donation_id=recurring_donation_id)
    await jobs.enqueue(tx, SYNC_RECURRING, payload, dedupe=f"recurring:{recurring_donation_id}")


async def end_billing_later(tx: Tx, *, subscription_id: int = 0, recurring_donation_id: int = 0) -> None:
    """Have Stripe charge nothing more for one of these when this transaction is committed."""
    payload = EndBilling(subscription_id=subscription_id, recurring_donation_id=recurring_donation_id)
    await jobs.enqueue(tx, END_BILLING, payload, dedupe=f"end:{subscription_id}:{recurring_donation_id}")


async def send_later(tx: Tx, payout_id: int) -> None:
    """Have a payout sent when this transaction is committed."""
    await jobs.enqueue(tx, SEND, SendPayout(payout_id=payout_id), dedupe=f"payout:{payout_id}")


async def keep_paypal_event(tx: Tx, event_id: str, body: bytes, payment_id: int) -> bool:
    """Keep an event of PayPal whose origin is certain, and have it followed; False when it is there."""
    return await inbox.receive(
        tx,
        "paypal",
        event_id,
        body=body,
        job=HANDLE_PAYPAL,
        payload=lambda inbox_id: HandlePaypalEvent(inbox_id=inbox_id, payment_id=payment_id),
    )
