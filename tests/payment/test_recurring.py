"""Recurring donations: begun, given each week by the commission of that time, ended by whoever may, and never twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.payment.privacy import erase_person
from cnt_grpc.payment.rules import recurring
from cnt_grpc.payment.stripe_billing import Membership, StripeBilling
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2, recurring_donation_pb2
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import books, makers
from tests.payment.conftest import Webhooks


def request_id() -> str:
    return str(uuid.uuid4())


async def begun(world: World, api: Api, **change: Any) -> tuple[Person, Person, int, str]:
    """One that has begun: giver, recipient, its id, and Stripe's name of its page."""
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {
        "recipient_id": bob.id,
        "amount_minor": 2500,
        "currency": "USD",
        "interval": recurring_donation_pb2.GIVING_INTERVAL_WEEKLY,
        "message": "Every Sunday.",
        "request_id": request_id(),
    }
    first, again = [await api.as_(ann).payment.CreateRecurringDonation(**wanted | change) for _ in range(2)]
    assert first == again
    return ann, bob, first.recurring_donation_id, first.checkout_url.rpartition("/")[2]


async def only(api: Api, who: Person) -> Any:
    """The one that this person gives."""
    [found] = (await api.as_(who).payment.ListRecurringDonations()).recurring_donations
    return found


async def sent(api: Api, who: Person) -> list[donation_pb2.Donation]:
    """What this person gave so far, newest first."""
    return list((await api.as_(who).payment.ListSentDonations()).donations)


async def sync(world: World, recurring_donation_id: int) -> None:
    """Ask Stripe, as an event or the reconciler would."""
    await recurring.sync(world.db, StripeBilling(world.system.stripe), recurring_donation_id)


async def test_each_week_is_a_donation(world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks) -> None:
    ann, bob, recurring_donation_id, page = await begun(world, api)
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_PENDING
    assert await sent(api, ann) == []
    at = len(stripe.events)
    ref = stripe.pay(page)
    for _ in range(3):
        await webhooks.bring(stripe.events[at:])
    mine = await only(api, ann)
    assert mine.status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ACTIVE
    assert abs(mine.next_at.ToDatetime(clock.now().tzinfo) - clock.now() - timedelta(days=7)) < timedelta(minutes=5)
    assert (mine.recipient_id, mine.amount_minor, mine.message) == (bob.id, 2500, "Every Sunday.")
    stripe.renew(ref)
    # The invoice's event alone, as if the others were lost.
    await webhooks.bring([next(each for each in reversed(stripe.events) if each["type"] == "invoice.paid")])
    given = await sent(api, ann)
    assert [(each.amount_minor, each.status) for each in given] == [(2500, donation_pb2.PAYMENT_STATUS_SUCCEEDED)] * 2
    assert {each.recurring_donation_id for each in given} == {recurring_donation_id}
    got = (await api.as_(bob).payment.ListReceivedDonations()).donations
    assert [each.recurring_donation_id for each in got] == [0, 0]
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 4000
    assert (await api.as_(ann).payment.GetDonationReceipt(donation_id=given[0].donation_id)).document.data
    assert await books.wrong(world.db) == {}


async def test_a_refund_that_is_heard_of_before_its_bill_is_booked(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    _, bob, recurring_donation_id, page = await begun(world, api)
    ref = stripe.pay(page)
    intent = str(stripe.latest_bill(ref)["_intent"])
    stripe.refund(intent, 2500)
    await webhooks.bring([stripe.events[-1]])
    await sync(world, recurring_donation_id)
    await settled(world)
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 0
    assert await books.wrong(world.db) == {}


async def test_a_bill_whose_payment_shows_later_is_one_donation(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob, recurring_donation_id, page = await begun(world, api)
    bill = stripe.latest_bill(stripe.pay(page))
    shown, bill["payments"] = bill["payments"], {"data": []}
    await sync(world, recurring_donation_id)
    bill["payments"] = shown
    await sync(world, recurring_donation_id)
    [given] = await sent(api, ann)
    assert given.status == donation_pb2.PAYMENT_STATUS_SUCCEEDED
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 2000


async def test_what_stripe_said_before_is_not_booked_over_what_it_says_now(
    world: World, api: Api, stripe: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _, recurring_donation_id, page = await begun(world, api)
    ref = stripe.pay(page)
    reading, is_first = StripeBilling.read, True

    async def slow(self: StripeBilling, name: str) -> Membership | None:
        nonlocal is_first
        found = await reading(self, name)
        if name == ref and is_first:
            is_first = False
            stripe.things[ref]["status"] = "canceled"
            await recurring.sync(world.db, self, recurring_donation_id)
        return found

    monkeypatch.setattr(StripeBilling, "read", slow)
    await sync(world, recurring_donation_id)
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED


async def test_a_card_that_fails_gives_nothing(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob, recurring_donation_id, page = await begun(world, api)
    ref = stripe.pay(page)
    stripe.fail(ref)
    await sync(world, recurring_donation_id)
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_PAST_DUE
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 2000


async def test_ended_nothing_more_is_charged(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob, recurring_donation_id, page = await begun(world, api)
    ref = stripe.pay(page)
    ending: dict[str, Any] = {"recurring_donation_id": recurring_donation_id}
    missing = (StatusCode.NOT_FOUND, "RECURRING_DONATION_NOT_FOUND")
    await api.as_(bob).payment.DeleteRecurringDonation(**ending).fails(*missing)
    for _ in range(2):
        await api.as_(ann).payment.DeleteRecurringDonation(**ending, request_id=request_id())
    assert stripe.things[ref]["status"] == "canceled"
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED
    # What was charged before stays given, though nobody had heard of it.
    assert len(await sent(api, ann)) == 1


async def test_ended_before_it_is_paid_its_page_is_closed(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, _, recurring_donation_id, page = await begun(world, api)
    await api.as_(ann).payment.DeleteRecurringDonation(recurring_donation_id=recurring_donation_id)
    assert stripe.things[page]["status"] == "expired"
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED


async def test_it_goes_on_after_stripe_was_away(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {
        "recipient_id": bob.id, "amount_minor": 2500, "currency": "USD", "interval": 2, "request_id": request_id(),
    }  # fmt: skip
    stripe.is_away = True
    await api.as_(ann).payment.CreateRecurringDonation(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    stripe.is_away = False
    world.system.stripe.party._failures = 0
    assert (await api.as_(ann).payment.CreateRecurringDonation(**wanted)).checkout_url
    assert (await only(api, ann)).interval == recurring_donation_pb2.GIVING_INTERVAL_MONTHLY


async def test_what_is_ended_while_it_begins_stays_ended(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {
        "recipient_id": bob.id, "amount_minor": 2500, "currency": "USD", "interval": 1, "request_id": request_id(),
    }  # fmt: skip
    stripe.is_away = True
    await api.as_(ann).payment.CreateRecurringDonation(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    stripe.is_away = False
    world.system.stripe.party._failures = 0
    found = await only(api, ann)
    await api.as_(ann).payment.DeleteRecurringDonation(recurring_donation_id=found.recurring_donation_id)
    again = api.as_(ann).payment.CreateRecurringDonation(**wanted)
    await again.fails(StatusCode.FAILED_PRECONDITION, "RECURRING_DONATION_ENDED")


async def test_people_who_block_each_other_give_no_more(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob, recurring_donation_id, page = await begun(world, api)
    ref = stripe.pay(page)
    await sync(world, recurring_donation_id)
    await api.as_(bob).user.BlockUser(user_id=ann.id)
    await sync(world, recurring_donation_id)
    assert stripe.things[ref]["status"] == "canceled"
    assert (await only(api, ann)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED


async def test_who_leaves_is_charged_no_more(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob, _, page = await begun(world, api)
    ref = stripe.pay(page)
    _, _, of_ann = await makers.subscription(world, ann.id)
    cal, _, _, other_page = await begun(world, api, recipient_id=ann.id)
    to_ann = stripe.pay(other_page)
    _, _, of_bob = await makers.subscription(world, bob.id)
    async with world.db.transaction() as tx:
        await erase_person(tx, ann.id)
    await settled(world)
    assert {stripe.things[each]["status"] for each in (ref, of_ann, to_ann)} == {"canceled"}
    assert stripe.things[of_bob]["status"] == "active"
    assert (await only(api, cal)).status == recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED


async def test_what_is_no_recurring_donation(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 2500, "currency": "USD", "interval": 1}
    for change, code, reason in (
        ({"recipient_id": ann.id}, StatusCode.FAILED_PRECONDITION, "GIFT_TO_ONESELF"),
        ({"recipient_id": 2**62}, StatusCode.NOT_FOUND, "USER_NOT_FOUND"),
        ({"currency": "XXX"}, StatusCode.INVALID_ARGUMENT, "CURRENCY_UNSUPPORTED"),
        ({"amount_minor": 0}, StatusCode.INVALID_ARGUMENT, "INVALID"),
        ({"interval": 3}, StatusCode.INVALID_ARGUMENT, "INVALID"),
    ):
        asking = api.as_(ann).payment.CreateRecurringDonation(**wanted | change, request_id=request_id())
        await asking.fails(code, reason)
