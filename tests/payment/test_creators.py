"""Creators' accounts at Stripe and payouts, end to end: asked for, sent, refused, blocked."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Precondition, Unavailable
from cnt_grpc.payment import ledger
from cnt_grpc.payment.ledger import Leg
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.rules import sending
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2, payout_pb2
from tests.contract.effects import settled
from tests.harness.api import Api, ApiError
from tests.harness.paypal import PayPalStandIn
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import books, makers
from tests.payment.conftest import Webhooks


def request_id() -> str:
    return str(uuid.uuid4())


async def creator(world: World, earned: int = 5000, currency: str = "USD") -> tuple[Person, int]:
    """A creator with earnings, and an account to which money can go."""
    who = await world.user(roles={"creator"}, fresh=True)
    account_id = await makers.account(world, who.id)
    async with world.db.transaction() as tx:
        await makers.earned(tx, who.id, earned, currency)
    return who, account_id


async def test_an_account_is_made_and_becomes_active(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann = await world.user(roles={"creator"})
    payment = api.as_(ann).payment
    assert not (await payment.GetConnectStatus()).status.has_account
    made = (await payment.CreateConnectAccount(country="DE", request_id=request_id())).payment_account
    assert not made.is_active
    again = payment.CreateConnectAccount(country="DE", request_id=request_id())
    await again.fails(StatusCode.ALREADY_EXISTS, "PAYMENT_ACCOUNT_EXISTS")
    assert made.account_id in (await payment.CreateOnboardingLink()).url
    await payment.GetDashboardLink().fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED")
    assert not (await api.payment.GetUserConnectStatus(user_id=ann.id)).payouts_enabled
    stripe.onboard(made.account_id)
    await webhooks.bring([stripe.events[-1]])
    assert (await api.payment.GetUserConnectStatus(user_id=ann.id)).payouts_enabled
    status = (await payment.GetConnectStatus()).status
    assert (status.has_account, status.details_submitted, status.payouts_enabled) == (True, True, True)
    assert (await payment.GetDashboardLink()).url
    [account] = (await payment.ListPaymentAccounts()).payment_accounts
    assert account.is_active
    await payment.DeletePaymentAccount(payment_account_id=account.payment_account_id)
    assert not (await payment.ListPaymentAccounts()).payment_accounts


async def test_earnings_are_paid_out(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, account_id = await creator(world)
    payment = api.as_(ann).payment
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    same = request_id()
    [one, two] = [(await payment.RequestPayout(**wanted, request_id=same)).payout for _ in range(2)]
    assert one == two
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 2000
    await settled(world)
    [payout] = (await payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_PAID
    short = payment.RequestPayout(**wanted, request_id=request_id())
    await short.fails(StatusCode.FAILED_PRECONDITION, "INSUFFICIENT_EARNINGS")
    assert await books.wrong(world.db) == {}


async def test_what_stripe_refuses_comes_back(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, account_id = await creator(world)
    payment = api.as_(ann).payment
    [account] = (await payment.ListPaymentAccounts()).payment_accounts
    stripe.things[account.account_id]["payouts_enabled"] = False
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    await payment.RequestPayout(**wanted, request_id=request_id())
    await settled(world)
    [payout] = (await payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_FAILED
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 5000
    assert await books.wrong(world.db) == {}


async def test_coins_are_paid_out_at_what_they_are_worth(world: World, api: Api) -> None:
    ann, account_id = await creator(world, 1001, "COIN")
    payment = api.as_(ann).payment
    [earned] = (await payment.GetCreatorPayout()).earnings
    assert (earned.currency, earned.available, earned.worth_minor, earned.worth_currency) == ("COIN", 1001, 1001, "USD")
    wanted: dict[str, Any] = {"amount": 1000, "currency": "COIN", "payment_account_id": account_id}
    payout = (await payment.RequestPayout(**wanted, request_id=request_id())).payout
    assert (payout.amount_minor, payout.currency, payout.coins) == (1000, "USD", 1000)
    await settled(world)
    assert await books.balance(world.db, ann.id, "earnings") == 1
    assert await books.wrong(world.db) == {}


async def test_a_debt_blocks_payouts(world: World, api: Api) -> None:
    ann, account_id = await creator(world)
    async with world.db.transaction() as tx:
        legs = [Leg(ledger.debt(ann.id, "COIN"), -5), Leg(ledger.other("issued", "COIN"), 5)]
        await ledger.move(tx, makers.word(), legs)
    wanted: dict[str, Any] = {"amount": 10, "currency": "USD", "payment_account_id": account_id}
    asking = api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())
    await asking.fails(StatusCode.FAILED_PRECONDITION, "PAYOUT_BLOCKED_BY_DEBT")


async def at_paypal(world: World, api: Api, address: str = "") -> tuple[Person, int, str]:
    """A creator with earnings and an account at PayPal, and its address."""
    who = await world.user(roles={"creator"}, fresh=True)
    address = address or f"{makers.word()}@Example.org"
    wanted: dict[str, Any] = {"provider": donation_pb2.PAYMENT_METHOD_PAYPAL, "account_id": address}
    made = (await api.as_(who).payment.CreatePaymentAccount(**wanted)).payment_account
    assert (made.is_active, made.account_id) == (True, address.lower())
    again = api.as_(who).payment.CreatePaymentAccount(**wanted)
    await again.fails(StatusCode.ALREADY_EXISTS, "PAYMENT_ACCOUNT_EXISTS")
    async with world.db.transaction() as tx:
        await makers.earned(tx, who.id, 5000)
    return who, made.payment_account_id, made.account_id


def batch_to(paypal: PayPalStandIn, receiver: str) -> str:
    """PayPal's name of the only payout to somebody."""
    [found] = [name for name, each in paypal.payouts.items() if each["items"][0]["payout_item"]["receiver"] == receiver]
    return found


@pytest.mark.parametrize(
    ("says", "status", "left"),
    [
        (["SUCCESS"], payout_pb2.PAYOUT_STATUS_PAID, 2000),
        (["UNCLAIMED", "SUCCESS"], payout_pb2.PAYOUT_STATUS_PAID, 2000),
        (["UNCLAIMED", "RETURNED"], payout_pb2.PAYOUT_STATUS_FAILED, 5000),
    ],
)
async def test_earnings_are_paid_out_with_paypal(  # noqa: PLR0917
    world: World, api: Api, paypal: PayPalStandIn, says: list[str], status: int, left: int
) -> None:
    ann, account_id, address = await at_paypal(world, api)
    payment = api.as_(ann).payment
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    payout_id = (await payment.RequestPayout(**wanted, request_id=request_id())).payout.payout_id
    await settled(world)
    batch = batch_to(paypal, address)
    assert paypal.payouts[batch]["items"][0]["payout_item"]["amount"] == {"currency": "USD", "value": "30.00"}
    for word in says:
        [payout] = (await payment.ListPayouts()).payouts
        assert payout.status == payout_pb2.PAYOUT_STATUS_REQUESTED
        paypal.decide(batch, word)
        await send(world, payout_id)
    [payout] = (await payment.ListPayouts()).payouts
    assert payout.status == status
    await send(world, payout_id)
    assert batch_to(paypal, address) == batch
    assert await books.balance(world.db, ann.id, "earnings", "USD") == left
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize("tells_which", [True, False])
async def test_a_payout_whose_answer_is_lost_goes_once(
    world: World, api: Api, paypal: PayPalStandIn, *, tells_which: bool
) -> None:
    """PayPal refuses a name that it knows: to take that for a refusal gives earnings back that it pays."""
    ann, account_id, address = await at_paypal(world, api)
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    paypal.loses_answers, paypal.tells_which = True, tells_which
    try:
        payout_id = (await api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())).payout.payout_id
        await settled(world)
        batch = batch_to(paypal, address)
        if not tells_which:
            with pytest.raises(Unavailable):
                await send(world, payout_id)
    finally:
        paypal.loses_answers, paypal.tells_which = False, True
        world.system.paypal.party._failures = 0
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_REQUESTED
    await send(world, payout_id)
    paypal.decide(batch, "SUCCESS")
    await send(world, payout_id)
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_PAID
    assert batch_to(paypal, address) == batch
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 2000
    assert await books.wrong(world.db) == {}


async def test_a_transfer_whose_key_stripe_has_forgotten_goes_once(
    world: World, api: Api, stripe: StripeStandIn
) -> None:
    ann, account_id = await creator(world)
    [account] = (await api.as_(ann).payment.ListPaymentAccounts()).payment_accounts
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    stripe.loses = "/v1/transfers"
    try:
        payout_id = (await api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())).payout.payout_id
        await settled(world)
        # A day later the same key would be a new transfer.
        clock.move(timedelta(hours=21))
        stripe.forget(f"payout:{payout_id}:")
        world.system.stripe.party._failures = 0
        await send(world, payout_id)
    finally:
        stripe.loses = ""
        clock.reset()
        world.system.stripe.party._failures = 0
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_PAID
    sent = [each for each in stripe.things.values() if each.get("destination") == account.account_id]
    assert len(sent) == 1
    assert await books.wrong(world.db) == {}


async def test_a_payout_asked_for_while_stripe_is_away_goes_once(world: World, api: Api, stripe: StripeStandIn) -> None:
    """The call does not wait for Stripe: under the same id it is one payout, which is sent when Stripe is back."""
    ann, account_id = await creator(world)
    [account] = (await api.as_(ann).payment.ListPaymentAccounts()).payment_accounts
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    wanted["request_id"] = request_id()
    stripe.is_away = True
    try:
        payouts = [(await api.as_(ann).payment.RequestPayout(**wanted)).payout for _ in range(2)]
        await settled(world)
    finally:
        stripe.is_away = False
        world.system.stripe.party._failures = 0
    again = (await api.as_(ann).payment.RequestPayout(**wanted)).payout
    assert {each.payout_id for each in payouts} == {again.payout_id}
    for _ in range(2):
        await send(world, again.payout_id)
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_PAID
    assert len([each for each in stripe.things.values() if each.get("destination") == account.account_id]) == 1
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 2000


async def test_what_paypal_no_longer_knows_does_not_come_back(world: World, api: Api, paypal: PayPalStandIn) -> None:
    """Only an answer to the sending itself says that nothing was sent."""
    ann, account_id, address = await at_paypal(world, api)
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    payout_id = (await api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())).payout.payout_id
    await settled(world)
    kept = paypal.payouts.pop(batch_to(paypal, address))
    with pytest.raises(Precondition):
        await send(world, payout_id)
    paypal.payouts[kept["batch_header"]["payout_batch_id"]] = kept
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_REQUESTED
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 2000


async def send(world: World, payout_id: int) -> None:
    """Ask what became of a payout, as the hourly reconciler does."""
    system = world.system
    await sending.send(world.db, StripeAccounts(system.stripe), PayPalPayouts(system.paypal), payout_id)


async def test_what_paypal_refuses_comes_back(world: World, api: Api, paypal: PayPalStandIn) -> None:
    ann, account_id, _ = await at_paypal(world, api, f"nobody-{makers.word().lower()}@example.org")
    wanted: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account_id}
    await api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())
    await settled(world)
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_FAILED
    assert await books.balance(world.db, ann.id, "earnings", "USD") == 5000


async def test_accounts_that_are_none_of_the_callers(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann, bob = [await world.user(roles={"creator"}, fresh=True) for _ in range(2)]
    made = (await api.as_(ann).payment.CreateConnectAccount(request_id=request_id())).payment_account
    at_stripe: dict[str, Any] = {"provider": donation_pb2.PAYMENT_METHOD_STRIPE}
    for account_id in (made.account_id, "acct_unknown", "../balance"):
        asking = api.as_(bob).payment.CreatePaymentAccount(**at_stripe, account_id=account_id)
        await asking.fails(StatusCode.NOT_FOUND, "PAYMENT_ACCOUNT_NOT_FOUND")
    for account_id in ("bob", "@", "bob@localhost", "a b@example.org", "SHORT"):
        asking = api.as_(bob).payment.CreatePaymentAccount(provider="PAYMENT_METHOD_PAYPAL", account_id=account_id)
        await asking.fails(StatusCode.INVALID_ARGUMENT, "PAYMENT_ACCOUNT_INVALID")
    # Put aside and taken up again it is the same one.
    stripe.onboard(made.account_id)
    await api.as_(ann).payment.DeletePaymentAccount(payment_account_id=made.payment_account_id)
    again = await api.as_(ann).payment.CreatePaymentAccount(**at_stripe, account_id=made.account_id)
    assert (again.payment_account.account_id, again.payment_account.is_active) == (made.account_id, True)


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"currency": "XXX"}, StatusCode.INVALID_ARGUMENT, "CURRENCY_UNSUPPORTED"),
        ({"amount": 0}, StatusCode.INVALID_ARGUMENT, "INVALID"),
        ({"payment_account_id": 2**62}, StatusCode.NOT_FOUND, "PAYMENT_ACCOUNT_NOT_FOUND"),
    ],
)
async def test_payouts_that_are_none(
    world: World, api: Api, change: dict[str, Any], code: StatusCode, reason: str
) -> None:
    ann, account_id = await creator(world)
    wanted: dict[str, Any] = {"amount": 10, "currency": "USD", "payment_account_id": account_id}
    await api.as_(ann).payment.RequestPayout(**wanted | change, request_id=request_id()).fails(code, reason)


async def test_many_payouts_at_once_take_what_is_there(world: World, api: Api) -> None:
    ann, account_id = await creator(world, 1000)
    ended = []

    async def ask() -> None:
        wanted: dict[str, Any] = {"amount": 300, "currency": "USD", "payment_account_id": account_id}
        try:
            await api.as_(ann).payment.RequestPayout(**wanted, request_id=request_id())
        except ApiError as error:
            ended.append(error.reason)
        else:
            ended.append("OK")

    await asyncio.gather(*(ask() for _ in range(12)))
    assert (ended.count("OK"), ended.count("INSUFFICIENT_EARNINGS")) == (3, 9)
    await settled(world)
    assert await books.wrong(world.db) == {}
