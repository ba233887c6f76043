"""Events of providers: checked and kept at once, and what each of them calls for, done by a job."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.payment import tasks
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules import paying
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.rules.settling import GIVEN_UP
from cnt_grpc.payment.stripe_api import Event, Stripe

_log = structlog.get_logger("cnt.payment")

_OF_PAYMENTS: Final = ("payment_intent.", "charge.", "checkout.session.", "refund.")
LOOK_BACK: Final = timedelta(days=3)
"""How far back the reconciler asks for events; it runs hourly, and may itself have been away for a weekend."""
_PATIENCE: Final = timedelta(minutes=10)
"""After which a payment that waits is asked about."""
_BATCH: Final = 200


async def receive_from_stripe(tx: Tx, stripe: Stripe, body: bytes, signature: str) -> None:
    """Keep an event of Stripe, once. Raises Invalid when Stripe did not sign it."""
    event = stripe.event(body, signature)
    await tasks.keep_event(tx, event.id, body)


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows events to what they are about, and has the provider say how that stands."""

    stripe: Stripe
    providers: Providers

    async def follow(self, db: Database, event: Event) -> None:
        """Do what an event calls for. What it says itself is not believed: it may be old, and others came since."""
        if event.account:
            _log.error("an event of another account", event_id=event.id, type=event.type)
            return
        if event.type.startswith(_OF_PAYMENTS):
            await self._payment(db, event.object)

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
        given = str((thing.get("metadata") or {}).get("payment_id", ""))
        if not (given.isascii() and given.isdigit() and len(given) <= 18):  # noqa: PLR2004  (below 2^63)
            return None
        return await tx.one(queries.payment(locked=False), payment_id=int(given))

    async def reconcile(self, db: Database) -> None:
        """Fetch the events that never came, and ask about payments that wait."""
        if self.stripe.secret_key:
            since = int((clock.now() - LOOK_BACK).timestamp())
            async for event_id, body in self.stripe.events(since=since):
                async with db.transaction() as tx:
                    await tasks.keep_event(tx, event_id, body)
        now = clock.now()
        async with db.reading() as tx:
            waiting = await tx.all(queries.open_payments(_BATCH), before=now - _PATIENCE, after=now - GIVEN_UP)
        for row in waiting:
            payment_id: int = row["id"]
            async with db.transaction() as tx:
                await tasks.sync_later(tx, payment_id)
