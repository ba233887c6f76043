"""One request id, one effect: for another thing it is refused, later than a day too, and a code is used once by one."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment.rules import memberships, paying, purchases
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.stripe_billing import StripeBilling
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2
from tests.harness.api import Api, ApiError
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import books, makers

REUSED = (StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


def request_id() -> str:
    return str(uuid.uuid4())


async def test_a_code_that_each_may_use_once_is_used_once_by_ten_calls_at_once(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        package, code = await makers.package(tx), await makers.code(tx, max_uses_per_person=1)
    ended = []

    async def buy() -> None:
        wanted: dict[str, Any] = {"package_id": package["id"], "discount_codes": [code["code"]]}
        try:
            await api.as_(ann).wallet.PurchaseCoins(**wanted, request_id=request_id())
        except ApiError as error:
            ended.append(error.reason)
        else:
            ended.append("OK")

    await asyncio.gather(*(buy() for _ in range(10)))
    assert (ended.count("OK"), ended.count("DISCOUNT_CODE_USED")) == (1, 9)


async def test_the_id_of_a_purchase_is_none_of_a_donations(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        package, plan_id = await makers.package(tx), await makers.plan(tx)
    same = request_id()
    donation: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 1000, "currency": "USD", "request_id": same}
    bought = await api.as_(ann).wallet.PurchaseCoins(package_id=package["id"], request_id=same)
    await api.as_(ann).payment.CreatePaymentIntent(**donation).fails(*REUSED)
    # These are other tables; what Stripe is asked to make are three things, each under a key of its own.
    giving = await api.as_(ann).payment.CreateRecurringDonation(**donation, interval=1)
    member = await api.as_(ann).subscription.CheckoutSubscription(plan_id=plan_id, request_id=same)
    assert len({bought.checkout_url, giving.checkout_url, member.checkout_url}) == 3


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("PurchaseCoins", "package_id"),
        ("PurchaseCoins", "discount_codes"),
        ("CreatePaymentIntent", "amount_minor"),
        ("CreatePaymentIntent", "currency"),
        ("CreatePaymentIntent", "recipient_id"),
        ("CreatePaymentIntent", "message"),
        ("CreateRecurringDonation", "amount_minor"),
        ("CreateRecurringDonation", "interval"),
        ("CheckoutSubscription", "plan_id"),
    ],
)
async def test_after_a_failure_the_same_id_is_for_the_same_thing(
    world: World, api: Api, stripe: StripeStandIn, method: str, change: str
) -> None:
    ann, bob, cal = await world.users(3)
    async with world.db.transaction() as tx:
        packages = [(await makers.package(tx))["id"] for _ in range(2)]
        plans = [await makers.plan(tx) for _ in range(2)]
        code = (await makers.code(tx))["code"]
    donation: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 2500, "currency": "USD", "message": "a"}
    wanted: dict[str, Any] = {
        "PurchaseCoins": {"package_id": packages[0], "discount_codes": []},
        "CreatePaymentIntent": donation,
        "CreateRecurringDonation": donation | {"interval": 1},
        "CheckoutSubscription": {"plan_id": plans[0]},
    }[method] | {"request_id": request_id()}
    other = {
        "package_id": packages[1],
        "discount_codes": [code],
        "amount_minor": 2600,
        "currency": "EUR",
        "recipient_id": cal.id,
        "message": "b",
        "interval": 2,
        "plan_id": plans[1],
    }[change]
    service = {"PurchaseCoins": "wallet", "CheckoutSubscription": "subscription"}.get(method, "payment")
    call = getattr(getattr(api.as_(ann), service), method)
    stripe.is_away = True
    try:
        await call(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    finally:
        stripe.is_away = False
        world.system.stripe.party._failures = 0
    await call(**wanted | {change: other}).fails(*REUSED)


_MADE = {
    "PurchaseCoins": "checkout.session",
    "CreatePaymentIntent": "payment_intent",
    "RefundPayment": "refund",
    "CheckoutSubscription": "checkout.session",
    "CreateRecurringDonation": "checkout.session",
    "CreateConnectAccount": "account",
}
"""What Stripe makes for a call."""
_AT_THE_PROVIDER = (*_MADE, "CaptureDonation", "CancelSubscription")
"""Calls that ask a provider for something that must not happen twice."""


async def prepared(world: World, method: str) -> tuple[Person, dict[str, Any]]:
    """Somebody, and what they ask for."""
    ann, bob = await world.users(2)
    who, wanted = ann, dict[str, Any](request_id=request_id())
    donation: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 2500, "currency": "USD"}
    async with world.db.transaction() as tx:
        package_id, plan_id = (await makers.package(tx))["id"], await makers.plan(tx)
    match method:
        case "RefundPayment":
            who = await world.user(roles={"admin"}, fresh=True)
            paid = await makers.donation(world, ann.id, bob.id, paid=True)
            wanted |= {"payment_id": paid["payment_id"], "amount_minor": 100, "reason": "Asked for it"}
        case "CreateConnectAccount":
            who = await world.user(roles={"creator"})
        case "CancelSubscription":
            await makers.subscription(world, ann.id)
        case "CaptureDonation":
            wanted |= {"order_id": await makers.order(world, ann.id, bob.id)}
        case _:
            wanted |= {
                "PurchaseCoins": {"package_id": package_id},
                "CreatePaymentIntent": donation,
                "CreateRecurringDonation": donation | {"interval": 1},
                "CheckoutSubscription": {"plan_id": plan_id},
            }[method]
    return who, wanted


@pytest.mark.parametrize("method", _AT_THE_PROVIDER)
async def test_after_a_failure_the_same_id_goes_on(world: World, api: Api, stripe: StripeStandIn, method: str) -> None:
    """The provider is away, the call fails; under the same id it then has its one effect, and the same answer twice."""
    who, wanted = await prepared(world, method)
    of_subscriptions = dict.fromkeys(("CheckoutSubscription", "CancelSubscription"), "subscription")
    service = {"PurchaseCoins": "wallet", **of_subscriptions}.get(method, "payment")
    call = getattr(getattr(api.as_(who), service), method)
    stripe.is_away, world.paypal.refuses_with = True, 503
    try:
        for _ in range(2):
            await call(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    finally:
        stripe.is_away, world.paypal.refuses_with = False, 0
        world.system.stripe.party._failures = world.system.paypal.party._failures = 0
    at = len(stripe.things)
    first, again = [await call(**wanted) for _ in range(2)]
    assert first == again
    if method == "CaptureDonation":
        [unit] = world.paypal.orders[wanted["order_id"]]["purchase_units"]
        assert len(unit["payments"]["captures"]) == 1
        assert first.donation.status == donation_pb2.PAYMENT_STATUS_SUCCEEDED
    elif method == "CancelSubscription":
        assert first.subscription.cancel_at_period_end
    else:
        made = [each["object"] for each in list(stripe.things.values())[at:]]
        assert made.count(_MADE[method]) == 1
    assert await books.wrong(world.db) == {}


async def test_what_began_long_ago_is_begun_under_another_id(world: World, stripe: StripeStandIn) -> None:
    """Stripe has forgotten our keys by then, and would begin a second payment that nobody here knows."""
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        package, plan_id = await makers.package(tx), await makers.plan(tx)
    ours, under = world.system.stripe, uuid.uuid4()
    wanted: dict[str, Any] = {"package_id": package["id"], "codes": [], "under": under}
    _, _, url = await purchases.buy(world.db, ours, Caller(ann.id), **wanted)
    assert (await purchases.buy(world.db, ours, Caller(ann.id), **wanted))[2] == url
    await memberships.begin(world.db, StripeBilling(ours), Caller(bob.id), plan_id, under)
    clock.move(timedelta(hours=21))
    at = len(stripe.things)
    with pytest.raises(Precondition) as refused:
        await purchases.buy(world.db, ours, Caller(ann.id), **wanted)
    assert refused.value.reason == "PAYMENT_OVER"
    with pytest.raises(Precondition):
        await memberships.begin(world.db, StripeBilling(ours), Caller(bob.id), plan_id, under)
    assert len(stripe.things) == at


async def test_a_refund_is_not_sent_again(world: World, stripe: StripeStandIn) -> None:
    """However late its call comes again: Stripe knows our key for a day, and would return the money twice."""
    ann, bob, admin = await world.users(3)
    paid = await makers.donation(world, ann.id, bob.id, paid=True)
    wanted: dict[str, Any] = {"payment_id": paid["payment_id"], "amount_minor": 100, "reason": "Asked for it"}
    under, providers = uuid.uuid4(), Providers({"stripe": world.system.stripe})
    for _ in range(2):
        await paying.refund(world.db, providers, Caller(admin.id), **wanted, under=under)
        stripe.forget("refund:")
    made = [each for each in stripe.things.values() if each.get("payment_intent") == paid["provider_ref"]]
    assert [each["object"] for each in made].count("refund") == 1
