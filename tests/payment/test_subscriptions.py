"""A subscription's life, and what it opens: trial, renewal, failed card, end of what was paid, refund of a bill."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.payment.queries.memberships import customer_of
from cnt_grpc.payment.rules.memberships import sync
from cnt_grpc.payment.stripe_billing import Membership, StripeBilling
from cnt_grpc.pb.cnt.payment.v1 import subscription_pb2
from tests.contract.effects import settled
from tests.harness.api import Api, ApiError
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import books, makers
from tests.payment.conftest import Webhooks


def request_id() -> str:
    return str(uuid.uuid4())


async def is_member(world: World, who: Person) -> bool:
    async with world.db.reading() as tx:
        return await auth.is_entitled(tx, who.id, "premium")


async def begun(world: World, api: Api, who: Person, **plan: Any) -> str:
    """The page of a subscription that has begun."""
    async with world.db.transaction() as tx:
        plan_id = await makers.plan(tx, **plan)
    wanted: dict[str, Any] = {"plan_id": plan_id, "request_id": request_id()}
    first = await api.as_(who).subscription.CheckoutSubscription(**wanted)
    again = await api.as_(who).subscription.CheckoutSubscription(**wanted)
    assert first == again
    assert first.checkout_url
    return str(first.reference)


async def opened(api: Api, who: Person) -> list[str]:
    """What this person may open, as they are told."""
    return list((await api.as_(who).subscription.GetMySubscription()).entitlements)


async def test_a_trial_a_renewal_a_failed_card_and_the_end(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann = await world.user()
    page = await begun(world, api, ann, trial_days=7)
    assert not await is_member(world, ann)
    ref = stripe.pay(page)
    await webhooks.bring(stripe.about(page))
    mine = (await api.as_(ann).subscription.GetMySubscription()).subscription
    assert mine.status == subscription_pb2.SUBSCRIPTION_STATUS_TRIALING
    assert await is_member(world, ann)
    assert await opened(api, ann) == ["premium"]

    stripe.renew(ref)
    for _ in range(2):
        await webhooks.bring(event for event in stripe.events if event["type"] == "invoice.paid")
    mine = (await api.as_(ann).subscription.GetMySubscription()).subscription
    assert mine.status == subscription_pb2.SUBSCRIPTION_STATUS_ACTIVE
    async with world.db.transaction() as tx:
        paid = await tx.raw("SELECT amount_minor FROM payments WHERE user_id = $1", ann.id)
    assert [row["amount_minor"] for row in paid] == [499]
    clock.move(timedelta(days=29))
    assert await is_member(world, ann)
    clock.reset()

    stripe.fail(ref)
    await webhooks.bring([stripe.events[-1]])
    assert await is_member(world, ann)
    clock.move(timedelta(days=3, minutes=1))
    assert not await is_member(world, ann)
    clock.reset()

    stripe.renew(ref)
    await webhooks.bring([stripe.events[-1]])
    assert await is_member(world, ann)
    stripe.end(ref)
    await webhooks.bring([stripe.events[-1]])
    assert not await is_member(world, ann)
    assert not (await api.as_(ann).subscription.GetMySubscription()).HasField("subscription")
    assert await opened(api, ann) == []
    assert await books.wrong(world.db) == {}


async def test_canceled_it_lasts_as_long_as_it_is_paid(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    page = await begun(world, api, ann)
    stripe.pay(page)
    found = (await api.as_(ann).subscription.VerifySubscription(reference=page)).subscription
    assert found.status == subscription_pb2.SUBSCRIPTION_STATUS_ACTIVE
    canceled = (await api.as_(ann).subscription.CancelSubscription(request_id=request_id())).subscription
    assert canceled.cancel_at_period_end
    assert await is_member(world, ann)
    clock.move(timedelta(days=30, seconds=1))
    assert not await is_member(world, ann)


async def test_canceled_on_stripes_own_page_it_is_canceled_here_too(
    world: World, api: Api, stripe: StripeStandIn
) -> None:
    """Nobody has told us yet, and Stripe knows no subscription by that name any more."""
    ann = await world.user()
    _, _, ref = await makers.subscription(world, ann.id)
    stripe.things[ref]["status"] = "canceled"
    found = (await api.as_(ann).subscription.CancelSubscription(request_id=request_id())).subscription
    assert found.status == subscription_pb2.SUBSCRIPTION_STATUS_ENDED
    assert not await is_member(world, ann)


async def test_what_stripe_does_not_cancel_is_told(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    _, _, ref = await makers.subscription(world, ann.id)
    kept = stripe.things.pop(ref)
    refused = api.as_(ann).subscription.CancelSubscription(request_id=request_id())
    await refused.fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED", provider_code="resource_missing")
    stripe.things[ref] = kept
    assert await is_member(world, ann)


async def payments_of(world: World, who: Person) -> list[dict[str, Any]]:
    """What this person has paid, oldest first."""
    async with world.db.transaction() as tx:
        return [dict(row) for row in await tx.raw("SELECT * FROM payments WHERE user_id = $1 ORDER BY id", who.id)]


async def test_a_refund_that_is_heard_of_before_its_bill_is_booked(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    """Nobody knows yet what the event is about: the bill itself has to ask once it comes."""
    ann = await world.user()
    _, _, ref = await makers.subscription(world, ann.id)
    at = len(stripe.events)
    stripe.renew(ref)
    intent = str(stripe.latest_bill(ref)["_intent"])
    stripe.refund(intent, 100)
    stripe.dispute(intent, 200)
    events = stripe.events[at:]
    await webhooks.bring(reversed(events))
    *_, renewal = await payments_of(world, ann)
    assert (renewal["provider_ref"], renewal["reversed_minor"]) == (intent, 300)
    assert await books.wrong(world.db) == {}


async def test_a_bill_whose_payment_shows_later_is_one_payment(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    subscription_id, _, ref = await makers.subscription(world, ann.id)
    billing = StripeBilling(world.system.stripe)
    stripe.renew(ref)
    bill = stripe.latest_bill(ref)
    intent = str(bill["_intent"])
    stripe.refund(intent, 100)
    shown, bill["payments"] = bill["payments"], {"data": []}
    await sync(world.db, billing, subscription_id)
    await settled(world)
    assert [row["provider_ref"] is None for row in await payments_of(world, ann)] == [False, True]
    bill["payments"] = shown
    for _ in range(2):
        await sync(world.db, billing, subscription_id)
        await settled(world)
    _, renewal = await payments_of(world, ann)
    assert (renewal["provider_ref"], renewal["reversed_minor"]) == (intent, 100)
    assert await books.wrong(world.db) == {}


async def test_what_stripe_said_before_is_not_booked_over_what_it_says_now(
    world: World, api: Api, stripe: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One asks, and its answer is slow; meanwhile the subscription ends, and another one has booked that."""
    ann = await world.user()
    subscription_id, _, ref = await makers.subscription(world, ann.id)
    reading, is_first = StripeBilling.read, True

    async def slow(self: StripeBilling, name: str) -> Membership | None:
        nonlocal is_first
        found = await reading(self, name)
        if name == ref and is_first:
            is_first = False
            stripe.things[ref]["status"] = "canceled"
            await sync(world.db, self, subscription_id)
        return found

    monkeypatch.setattr(StripeBilling, "read", slow)
    await sync(world.db, StripeBilling(world.system.stripe), subscription_id)
    assert not (await api.as_(ann).subscription.GetMySubscription()).HasField("subscription")
    assert not await is_member(world, ann)


async def test_who_begins_anew_pays_once(world: World, api: Api, stripe: StripeStandIn) -> None:
    """The page that waits is closed; one that was paid meanwhile is the one that counts."""
    ann, bob = await world.users(2)
    first, second = await begun(world, api, ann), await begun(world, api, ann)
    assert (stripe.things[first]["status"], stripe.things[second]["status"]) == ("expired", "open")
    page = await begun(world, api, bob)
    stripe.pay(page)
    async with world.db.transaction() as tx:
        plan_id = await makers.plan(tx)
    twice = api.as_(bob).subscription.CheckoutSubscription(plan_id=plan_id, request_id=request_id())
    await twice.fails(StatusCode.ALREADY_EXISTS, "SUBSCRIPTION_EXISTS")
    assert await is_member(world, bob)


async def test_of_two_who_begin_at_once_one_page_stays_open(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        plans = [await makers.plan(tx) for _ in range(4)]
    at = len(stripe.things)
    ended = []

    async def begin(plan_id: int) -> None:
        try:
            await api.as_(ann).subscription.CheckoutSubscription(plan_id=plan_id, request_id=request_id())
        except ApiError as error:
            ended.append(error.reason)
        else:
            ended.append("OK")

    await asyncio.gather(*(begin(plan_id) for plan_id in plans))
    async with world.db.reading() as tx:
        customer = await tx.value(customer_of(), owner_id=ann.id)
    pages = [each for each in list(stripe.things.values())[at:] if each.get("customer") == customer]
    assert [each["status"] for each in pages].count("open") == 1
    assert ended.count("OK") >= 1
    assert set(ended) <= {"OK", "PAYMENT_OVER"}


async def test_events_in_any_order_end_alike(world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks) -> None:
    for backwards in (False, True):
        ann = await world.user()
        page = await begun(world, api, ann)
        at = len(stripe.events)
        stripe.renew(stripe.pay(page))
        events = stripe.events[at:]
        await webhooks.bring(reversed(events) if backwards else events)
        mine = (await api.as_(ann).subscription.GetMySubscription()).subscription
        assert mine.status == subscription_pb2.SUBSCRIPTION_STATUS_ACTIVE
        async with world.db.transaction() as tx:
            [paid] = await tx.raw("SELECT count(*) FROM payments WHERE user_id = $1", ann.id)
        assert paid["count"] == 2
    assert await books.wrong(world.db) == {}


async def test_nobody_subscribes_twice_or_verifies_what_is_another_persons(
    world: World, api: Api, stripe: StripeStandIn
) -> None:
    ann, bob = await world.users(2)
    _, page, _ = await makers.subscription(world, ann.id)
    async with world.db.transaction() as tx:
        plan_id = await makers.plan(tx)
    twice = api.as_(ann).subscription.CheckoutSubscription(plan_id=plan_id, request_id=request_id())
    await twice.fails(StatusCode.ALREADY_EXISTS, "SUBSCRIPTION_EXISTS")
    missing = (StatusCode.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND")
    await api.as_(bob).subscription.VerifySubscription(reference=page).fails(*missing)
    await api.as_(bob).subscription.CancelSubscription(request_id=request_id()).fails(*missing)
    await api.as_(bob).subscription.OpenPortal().fails(*missing)
    assert (await api.as_(ann).subscription.OpenPortal()).url
