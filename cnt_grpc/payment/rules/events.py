"""Events of providers: checked and kept at once, and what each of them calls for, done by a job."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Statement, Tx
from cnt_grpc.payment import tasks
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.payment.paypal_events import PayPalEvents
from cnt_grpc.payment.queries import creators
from cnt_grpc.payment.queries import memberships as memberships_queries
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.queries import recurring as recurring_queries
from cnt_grpc.payment.rules import memberships, paying, payouts, recurring
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.rules.settling import GIVEN_UP
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from cnt_grpc.payment.stripe_api import Event, Stripe
from cnt_grpc.payment.stripe_billing import StripeBilling

_log = structlog.get_logger("cnt.payment")

_OF_PAYMENTS: Final = ("payment_intent.", "charge.", "checkout.session.", "refund.")
LOOK_BACK: Final = timedelta(days=3)
"""How far back the reconciler asks for events; it runs hourly, and may itself have been away for a weekend."""
_OF_MEMBERSHIPS: Final = ("invoice.", "customer.subscription.", "checkout.session.")
_DIGITS: Final = 18
"""Of an id, which is below 2^63."""
_DAY: Final = timedelta(days=1)
"""How often Stripe is asked about a subscription of which nothing is heard."""
_PATIENCE: Final = timedelta(minutes=10)
"""After which a payment that waits is asked about."""
_BATCH: Final = 200


async def receive_from_stripe(tx: Tx, stripe: Stripe, body: bytes, signature: str) -> None:
    """Keep an event of Stripe, once. Raises Invalid when Stripe did not sign it."""
    event = stripe.event(body, signature)
    await tasks.keep_event(tx, event.id, body)


async def receive_from_paypal(db: Database, paypal: PayPal, body: bytes, headers: Mapping[str, str]) -> None:
    """Keep an event of PayPal, once. Raises Invalid when PayPal did not sign it."""
    event_id, payment_id = await PayPalEvents(paypal).signed(body, headers)
    await db.transact(lambda tx: tasks.keep_paypal_event(tx, event_id, body, payment_id))


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows events to what they are about, and has the provider say how that stands."""

    stripe: Stripe
    paypal: PayPal
    providers: Providers

    async def follow(self, db: Database, event: Event) -> None:
        """Do what an event calls for. What it says itself is not believed: it may be old, and others came since."""
        if event.type == "account.updated":
            await self._account(db, event.object)
            return
        if event.account:
            _log.error("an event of another account", event_id=event.id, type=event.type)
            return
        if event.type.startswith(_OF_MEMBERSHIPS):
            await self._billed(db, event.object)
        if event.type.startswith(_OF_PAYMENTS):
            await self._payment(db, event.object)

    async def _account(self, db: Database, thing: Any) -> None:  # noqa: ANN401  (JSON)
        """A creator's account changed; those of strangers are no concern of ours."""
        async with db.reading() as tx:
            known = await tx.value(
                creators.account_of_ref(), provider=self.stripe.name, account_id=str(thing.get("id"))
            )
        if known is not None:
            await payouts.standing(db, StripeAccounts(self.stripe), known)

    async def _billed(self, db: Database, thing: Any) -> None:  # noqa: ANN401  (JSON)
        """What Stripe charges again and again: a subscription, or a recurring donation."""
        billing = StripeBilling(self.stripe)
        parent = (thing.get("parent") or {}).get("subscription_details") or {}
        for ref in (thing.get("id"), thing.get("subscription"), parent.get("subscription")):
            if not isinstance(ref, str):
                continue
            async with db.reading() as tx:
                member = await tx.value(memberships_queries.subscription_of_ref(), ref=ref)
                giving = await tx.value(recurring_queries.recurring_of_ref(), ref=ref)
            if member is not None:
                await memberships.sync(db, billing, member)
                return
            if giving is not None:
                await recurring.sync(db, billing, giving)
                return
        # Its page may be finished while we have not heard of it: Stripe knows our id.
        given = {**(parent.get("metadata") or {}), **(thing.get("metadata") or {})}
        if number := _id(given.get("subscription_id")):
            async with db.reading() as tx:
                known = await tx.one(memberships_queries.subscription(), subscription_id=number)
            if known is not None:
                await memberships.sync(db, billing, number)
        if number := _id(given.get("recurring_donation_id")):
            async with db.reading() as tx:
                known = await tx.one(recurring_queries.recurring(), recurring_donation_id=number)
            if known is not None:
                await recurring.sync(db, billing, number)

    async def _payment(self, db: Database, thing: Any) -> None:  # noqa: ANN401  (JSON)
        async with db.reading() as tx:
            for ref in (thing.get("id"), thing.get("payment_intent")):
                if not isinstance(ref, str):
                    continue
                payment = await tx.one(queries.payment_of_ref(), provider=self.stripe.name, ref=ref)
                if payment is not None:
                    break
            else:
                payment = await self._by_metadata(tx, thing)
        if payment is not None:
            await paying.sync(db, self.providers, payment["id"])

    async def _by_metadata(self, tx: Tx, thing: Any) -> Any:  # noqa: ANN401  (JSON in, a row out)
        """A payment whose page is paid, but whose intent we have not heard of: Stripe knows our id."""
        number = _id((thing.get("metadata") or {}).get("payment_id"))
        return await tx.one(queries.payment(locked=False), payment_id=number) if number else None

    async def reconcile(self, db: Database) -> None:
        """Fetch the events that never came, and ask about payments that wait."""
        if self.stripe.secret_key:
            since = int((clock.now() - LOOK_BACK).timestamp())
            async for event_id, body in self.stripe.events(since=since):
                async with db.transaction() as tx:
                    await tasks.keep_event(tx, event_id, body)
        if self.paypal.client_id:
            async for event_id, body, payment_id in PayPalEvents(self.paypal).since(clock.now() - LOOK_BACK):
                async with db.transaction() as tx:
                    await tasks.keep_paypal_event(tx, event_id, body, payment_id)
        now = clock.now()
        async with db.reading() as tx:
            waiting = await tx.all(queries.open_payments(_BATCH), before=now - _PATIENCE, after=now - GIVEN_UP)
        for row in waiting:
            async with db.transaction() as tx:
                await tasks.sync_later(tx, row["id"])
        async with db.reading() as tx:
            quiet = await tx.all(memberships_queries.unchecked(_BATCH), before=now - _DAY)
            unasked = await tx.all(recurring_queries.unchecked(_BATCH), before=now - _DAY)
        for row in quiet:
            async with db.transaction() as tx:
                await tasks.sync_subscription_later(tx, row["id"])
        for row in unasked:
            async with db.transaction() as tx:
                await tasks.sync_recurring_later(tx, row["id"])
        async for payout_id in _every(db, creators.open_payouts(_BATCH)):
            async with db.transaction() as tx:
                await tasks.send_later(tx, payout_id)
        async for payment_id in _every(db, queries.never_begun(_BATCH), before=now - paying.GIVEN_BACK):
            async with db.transaction() as tx:
                await paying.give_up(tx, payment_id)


async def _every(db: Database, statement: Statement, **wanted: object) -> AsyncIterator[int]:
    """The ids of all rows that a statement gives in pages by id: one that stays is not in the way of the others."""
    after = 0
    while True:
        async with db.reading() as tx:
            rows = await tx.all(statement, after=after, **wanted)
        for row in rows:
            yield row["id"]
        if len(rows) < _BATCH:
            return
        after = rows[-1]["id"]


def _id(given: object) -> int:
    """An id of ours as a provider tells it again; 0 for anything else."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
