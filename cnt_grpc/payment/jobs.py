"""Background doors of the payment room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnt_grpc.kit import inbox
from cnt_grpc.kit.jobs import Handler, Job, Run
from cnt_grpc.kit.jobs.worker import Periodic
from cnt_grpc.payment import tasks
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.rules import memberships, paying, recurring, sending
from cnt_grpc.payment.rules.events import Follower
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from cnt_grpc.payment.stripe_api import Stripe, read_event
from cnt_grpc.payment.stripe_billing import StripeBilling
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

PERIODIC: Sequence[Periodic] = (Periodic("23 * * * *", tasks.RECONCILE, ReconcilePayments()),)


@dataclass(frozen=True, slots=True)
class PaymentJobs:
    """What the worker does for this room."""

    stripe: Stripe
    paypal: PayPal

    @property
    def providers(self) -> Providers:
        """Who takes money for us."""
        return Providers({self.stripe.name: self.stripe, self.paypal.name: self.paypal})

    @property
    def follower(self) -> Follower:
        """What follows events."""
        return Follower(self.stripe, self.paypal, self.providers)

    @property
    def billing(self) -> StripeBilling:
        """What Stripe charges again and again."""
        return StripeBilling(self.stripe)

    @property
    def handlers(self) -> Mapping[Job[Any], Handler]:
        """Every job of the room."""
        return {
            tasks.HANDLE_STRIPE: self.handle_stripe,
            tasks.HANDLE_PAYPAL: self.handle_paypal,
            tasks.SYNC: self.sync,
            tasks.SYNC_SUBSCRIPTION: self.sync_subscription,
            tasks.SYNC_RECURRING: self.sync_recurring,
            tasks.END_BILLING: self.end_billing,
            tasks.SEND: self.send,
            tasks.RECONCILE: self.reconcile,
        }

    async def handle_stripe(self, payload: HandleStripeEvent, run: Run) -> None:
        """Do what an event of Stripe calls for."""
        async with run.db.reading() as tx:
            found = await inbox.read(tx, payload.inbox_id)
        if found is None:
            return
        await self.follower.follow(run.db, read_event(found[1]))
        async with run.finish() as tx:
            await inbox.handled(tx, payload.inbox_id)

    async def handle_paypal(self, payload: HandlePaypalEvent, run: Run) -> None:
        """Do what an event of PayPal calls for: ask about the payment that it names."""
        if payload.payment_id:
            await paying.sync(run.db, self.providers, payload.payment_id)
        async with run.finish() as tx:
            await inbox.handled(tx, payload.inbox_id)

    async def sync(self, payload: SyncPayment, run: Run) -> None:
        """Have a payment's provider say where it stands."""
        await paying.sync(run.db, self.providers, payload.payment_id)

    async def sync_subscription(self, payload: SyncSubscription, run: Run) -> None:
        """Have Stripe say how a subscription stands."""
        await memberships.sync(run.db, self.billing, payload.subscription_id)

    async def sync_recurring(self, payload: SyncRecurringDonation, run: Run) -> None:
        """Have Stripe say how a recurring donation stands."""
        await recurring.sync(run.db, self.billing, payload.recurring_donation_id)

    async def end_billing(self, payload: EndBilling, run: Run) -> None:
        """Have Stripe charge somebody nothing more who has left."""
        if not self.stripe.secret_key:
            return
        if payload.subscription_id:
            await memberships.end(run.db, self.billing, payload.subscription_id)
        if payload.recurring_donation_id:
            await recurring.end(run.db, self.billing, payload.recurring_donation_id)

    async def send(self, payload: SendPayout, run: Run) -> None:
        """Send a payout."""
        await sending.send(run.db, StripeAccounts(self.stripe), PayPalPayouts(self.paypal), payload.payout_id)

    async def reconcile(self, _: ReconcilePayments, run: Run) -> None:
        """Find and repair what no event told."""
        await self.follower.reconcile(run.db)
