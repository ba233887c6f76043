"""The kinds of jobs that the payment room has done in the background."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import inbox, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.jobs import Job
from cnt_grpc.pb.cnt.payment.v1.jobs_pb2 import (
    HandlePaypalEvent,
    HandleStripeEvent,
    ReconcilePayments,
    SendPayout,
    SyncPayment,
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
