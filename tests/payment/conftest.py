"""What tests of the payment room have in common."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from cnt_grpc.kit import clock
from cnt_grpc.payment.jobs import PaymentJobs
from cnt_grpc.payment.queries.commission import insert_rule
from cnt_grpc.payment.rules import commission
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.stripe import StripeStandIn, Thing
from tests.harness.world import World


@dataclass(frozen=True)
class Webhooks:
    """Stripe's events on their way to us."""

    world: World
    api: Api
    stripe: StripeStandIn

    async def bring(self, events: Iterable[Thing]) -> None:
        """Bring these events, each signed, and wait until they have had their effect."""
        for event in events:
            await self.bring_one(event)
        await settled(self.world)

    async def bring_one(self, event: Thing) -> None:
        """Bring one event."""
        body = json.dumps(event).encode()
        signed = self.api.with_(stripe_signature=self.stripe.signature(body))
        await signed.payment.ReceiveStripeEvent(body={"data": body})

    async def bring_all_about(self, thing: str) -> None:
        """Bring all events about one thing, in the order in which they happened."""
        await self.bring(self.stripe.about(thing))


_USUAL: dict[str, Any] = {
    "kind": "percentage",
    "basis_points": 2000,
    "fixed_minor": 0,
    "fixed_coins": 0,
    "is_active": True,
    "minor_per_thousand_coins": 1000,
    "coin_currency": "USD",
}


@pytest.fixture(autouse=True)
async def usual_commission(request: pytest.FixtureRequest) -> None:
    """A fifth: other tests of the same database change the rule, and may have left theirs."""
    if "world" not in request.fixturenames:
        return
    world: World = request.getfixturevalue("world")
    async with world.db.transaction() as tx:
        rule = await commission.in_force(tx)
        if any(rule[name] != value for name, value in _USUAL.items()):
            await tx.one(insert_rule(), since=clock.now(), **_USUAL)


@pytest.fixture
def webhooks(world: World, api: Api, stripe: StripeStandIn) -> Webhooks:
    """Stripe's events on their way to us."""
    return Webhooks(world, api, stripe)


@pytest.fixture
def payment_jobs(world: World) -> PaymentJobs:
    """What the worker does."""
    return PaymentJobs(world.system.stripe, world.system.paypal)
