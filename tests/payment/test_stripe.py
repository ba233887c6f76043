"""Money by Stripe, against a stand-in that keeps state and signs events: bought, given, returned, disputed, lost."""

import asyncio
import inspect
import itertools
import json
import uuid
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import jobs, outside
from cnt_grpc.kit.errors import Conflict, Unavailable
from cnt_grpc.payment import tasks
from cnt_grpc.payment.stripe_api import Stripe
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2
from cnt_grpc.pb.cnt.payment.v1.jobs_pb2 import ReconcilePayments
from tests.contract.effects import settled
from tests.harness.api import Api, ApiError
from tests.harness.stripe import DISPUTE_FEE, FEE, StripeStandIn
from tests.harness.world import Person, World
from tests.payment import books, makers
from tests.payment.conftest import Webhooks


def request_id() -> str:
    return str(uuid.uuid4())


async def bought(world: World, api: Api, who: Person, codes: tuple[str, ...] = (), **package: Any) -> tuple[Any, str]:
    """A purchase that has begun, and Stripe's name of its page."""
    async with world.db.transaction() as tx:
        row = await makers.package(tx, **package)
    wanted: dict[str, Any] = {"package_id": row["id"], "discount_codes": codes, "request_id": request_id()}
    reply = await api.as_(who).wallet.PurchaseCoins(**wanted)
    return reply.purchase, reply.checkout_url.rpartition("/")[2]


async def payment_row(world: World, payment_id: int) -> dict[str, Any]:
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT * FROM payments WHERE id = $1", payment_id)
    return dict(row)


async def test_coins_come_when_stripe_says_that_they_are_paid(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        code = await makers.code(tx, value=25, max_uses=1)
    purchase, page = await bought(
        world, api, ann, (code["code"],), coins=100, bonus_coins=10, amount_minor=1000, reward_percent=15
    )
    assert (purchase.full_amount_minor, purchase.amount_minor, purchase.coins) == (1000, 750, 110)
    assert stripe.things[page]["amount_total"] == 750
    assert await books.balance(world.db, ann.id) == 0
    intent = stripe.pay(page)
    assert await books.balance(world.db, ann.id) == 0
    for _ in range(3):
        await webhooks.bring_all_about(intent)
    assert await books.balance(world.db, ann.id) == 110
    [listed] = (await api.as_(ann).wallet.ListPurchases()).purchases
    assert listed.status == donation_pb2.PAYMENT_STATUS_SUCCEEDED
    row = await payment_row(world, purchase.payment_id)
    assert (row["fee_minor"], row["provider_ref"]) == (FEE, intent)
    [reward] = (await api.as_(ann).wallet.ListMyDiscountCodes()).discount_codes
    assert (reward.value, reward.is_reward, reward.max_uses) == (15, True, 1)
    assert (await api.as_(ann).wallet.GetLatestReward()).discount_code == reward
    assert await books.wrong(world.db) == {}


async def test_the_same_purchase_twice_is_one(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        package = await makers.package(tx)
    same: dict[str, Any] = {"package_id": package["id"], "request_id": request_id()}
    replies = await asyncio.gather(*(api.as_(ann).wallet.PurchaseCoins(**same)._one() for _ in range(10)))
    assert len({reply.checkout_url for reply in replies}) == 1
    assert len((await api.as_(ann).wallet.ListPurchases()).purchases) == 1


async def test_a_purchase_goes_on_after_stripe_was_away(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        package, code = await makers.package(tx), await makers.code(tx, max_uses=1)
    wanted: dict[str, Any] = {"package_id": package["id"], "request_id": request_id(), "discount_codes": [code["code"]]}
    stripe.is_away = True
    await api.as_(ann).wallet.PurchaseCoins(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    stripe.is_away = False
    world.system.stripe.party._failures = 0
    reply = await api.as_(ann).wallet.PurchaseCoins(**wanted)
    assert reply.checkout_url
    assert len((await api.as_(ann).wallet.ListPurchases()).purchases) == 1


async def test_what_is_not_asked_while_stripe_is_left_alone_leaves_nothing_behind() -> None:
    api = Stripe("sk_test_x", "", "", "http://127.0.0.1:9", "")
    for _ in range(outside.FAILURES):
        api.party.failed()
    asking = asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await api.ask(asking)
    assert inspect.getcoroutinestate(asking) == inspect.CORO_CLOSED


async def test_what_costs_nothing_is_there_at_once(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        code = await makers.code(tx, value=100, max_uses_per_person=1)
    purchase, page = await bought(world, api, ann, (code["code"],))
    assert (purchase.amount_minor, purchase.status, page) == (0, donation_pb2.PAYMENT_STATUS_SUCCEEDED, "")
    assert await books.balance(world.db, ann.id) == 100
    assert not [key for _, _, key in stripe.asked if f":{ann.id}:" in key]
    assert await books.wrong(world.db) == {}


async def test_of_a_hundred_who_use_the_last_of_a_code_one_does(world: World, api: Api) -> None:
    people = [await world.user() for _ in range(100)]
    async with world.db.transaction() as tx:
        package, code = await makers.package(tx), await makers.code(tx, max_uses=1)
    ended = []

    async def buy(who: Person) -> None:
        wanted: dict[str, Any] = {"package_id": package["id"], "discount_codes": [code["code"]]}
        try:
            await api.as_(who).wallet.PurchaseCoins(**wanted, request_id=request_id())
        except ApiError as error:
            ended.append(error.reason)
        else:
            ended.append("OK")

    await asyncio.gather(*(buy(who) for who in people))
    assert (ended.count("OK"), ended.count("DISCOUNT_CODE_USED_UP")) == (1, 99)


async def test_a_page_that_nobody_pays_gives_its_code_back(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        code = await makers.code(tx, max_uses=1)
    purchase, page = await bought(world, api, ann, (code["code"],))
    with pytest.raises(ApiError, match="DISCOUNT_CODE_USED_UP"):
        await bought(world, api, bob, (code["code"],))
    stripe.expire(page)
    await webhooks.bring_all_about(page)
    assert (await payment_row(world, purchase.payment_id))["status"] == "canceled"
    await bought(world, api, bob, (code["code"],))


async def donated(world: World, api: Api, amount: int = 2500) -> tuple[Person, Person, Any]:
    """A donation that has begun: giver, recipient, reply."""
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": amount, "currency": "USD"}
    reply = await api.as_(ann).payment.CreatePaymentIntent(**wanted, request_id=request_id())
    return ann, bob, reply


async def test_a_donation_is_earned_without_the_commission(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann, bob, begun = await donated(world, api)
    assert begun.client_secret.startswith(begun.payment_intent_id)
    same: dict[str, Any] = {"payment_intent_id": begun.payment_intent_id}
    waits = (await api.as_(ann).payment.ConfirmDonation(**same, request_id=request_id())).donation
    assert waits.status == donation_pb2.PAYMENT_STATUS_PENDING
    stripe.pay(begun.payment_intent_id)
    paid = (await api.as_(ann).payment.ConfirmDonation(**same, request_id=request_id())).donation
    assert (paid.status, paid.earned_minor) == (donation_pb2.PAYMENT_STATUS_SUCCEEDED, 2000)
    await webhooks.bring_all_about(begun.payment_intent_id)
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 2000
    [got] = (await api.as_(bob).payment.ListReceivedDonations()).donations
    assert (got.giver_id, got.amount_minor) == (ann.id, 2500)
    await (
        api.as_(bob)
        .payment.GetDonationReceipt(donation_id=begun.donation_id)
        .fails(StatusCode.NOT_FOUND, "DONATION_NOT_FOUND")
    )
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize("kind", ["AuthenticationError", "IdempotencyError"])
async def test_what_is_wrong_between_stripe_and_us_is_no_defect(world: World, kind: str) -> None:
    import stripe as sdk  # noqa: PLC0415

    async def refused() -> None:
        raise getattr(sdk, kind)("no", http_status=401 if kind == "AuthenticationError" else 400)

    try:
        with pytest.raises(Unavailable if kind == "AuthenticationError" else Conflict):
            await world.system.stripe.ask(refused())
    finally:
        world.system.stripe.party._failures = 0


async def test_what_stripe_refuses_is_told(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 7, "currency": "USD", "request_id": request_id()}
    for _ in range(2):
        await (
            api.as_(ann)
            .payment.CreatePaymentIntent(**wanted)
            .fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED", provider_code="amount_too_small")
        )
    [kept] = (await api.as_(ann).payment.ListSentDonations()).donations
    assert kept.status == donation_pb2.PAYMENT_STATUS_CANCELED


async def test_all_orders_and_a_hundred_repeats_end_alike(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    """Created, succeeded, refunded in part, disputed, and the dispute closed: each order on a purchase of its own."""
    ends = set()
    of_charge = ("succeeded", "refunded", "dispute.created", "dispute.closed")
    kinds = ("payment_intent.succeeded", *(f"charge.{kind}" for kind in of_charge))
    for number, order in enumerate(itertools.permutations(range(5))):
        ann = await world.user()
        purchase, page = await bought(world, api, ann, coins=100, amount_minor=1000)
        intent, dispute, done = stripe.pay(page), "", 1
        for at in order:
            # Each event comes as soon as it can in this order: what is still to happen has not happened when it is
            # followed, unless a later one came before it.
            while done < max(1, at):
                if done % 3 == number % 3:
                    await settled(world)
                done += 1
                match done:
                    case 2:
                        stripe.refund(intent, 300)
                    case 3:
                        dispute = stripe.dispute(intent, 400)
                    case _:
                        stripe.close_dispute(dispute, "lost")
            every = stripe.about(intent) + (stripe.about(dispute) if dispute else [])
            await webhooks.bring_one(next(each for each in every if each["type"] == kinds[at]))
        await settled(world)
        if number == 0:
            five = [next(each for each in every if each["type"] == kind) for kind in kinds]
            await webhooks.bring(five * 20)
        row = await payment_row(world, purchase.payment_id)
        names = ("status", "refunded_minor", "disputed_minor", "reversed_minor", "reversed_share", "fee_minor")
        ends.add((*(row[name] for name in names), await books.balance(world.db, ann.id)))
    assert ends == {("succeeded", 300, 400, 700, 70, FEE + DISPUTE_FEE, 30)}
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize(("outcome", "left"), [("won", 100), ("lost", 0)])
async def test_a_dispute(  # noqa: PLR0917
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks, outcome: str, left: int
) -> None:
    ann = await world.user()
    purchase, page = await bought(world, api, ann, coins=100, amount_minor=1000)
    intent = stripe.pay(page)
    await webhooks.bring_all_about(intent)
    dispute = stripe.dispute(intent)
    await webhooks.bring_all_about(dispute)
    assert await books.balance(world.db, ann.id) == 0
    stripe.close_dispute(dispute, outcome)
    await webhooks.bring_all_about(dispute)
    assert await books.balance(world.db, ann.id) == left
    fees = FEE if outcome == "won" else FEE + DISPUTE_FEE
    assert (await payment_row(world, purchase.payment_id))["fee_minor"] == fees
    sql = "SELECT sum(amount) AS kept FROM ledger_entries AS entry JOIN ledger_accounts AS account"
    sql += " ON account.id = account_id WHERE kind = 'fees' AND cause LIKE 'payment:' || $1 || ':fee:%'"
    async with world.db.transaction() as tx:
        [row] = await tx.raw(sql, str(purchase.payment_id))
    assert row["kept"] == -fees
    assert await books.wrong(world.db) == {}


async def test_coins_that_were_spent_and_refunded_are_owed(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann, bob = await world.users(2)
    admin = await world.user(roles={"admin"}, fresh=True)
    purchase, page = await bought(world, api, ann, coins=100, amount_minor=1000)
    await webhooks.bring_all_about(stripe.pay(page))
    async with world.db.transaction() as tx:
        gift_id = await makers.gift(tx, price=80)
    await api.as_(ann).wallet.SendGift(gift_id=gift_id, recipient_id=bob.id, request_id=request_id())
    wanted: dict[str, Any] = {"payment_id": purchase.payment_id, "reason": "Asked for it", "request_id": request_id()}
    for _ in range(2):
        assert (await api.as_(admin).payment.RefundPayment(**wanted)).refunded_minor == 1000
    wallet = await api.as_(ann).wallet.GetWallet()
    assert (wallet.balance_coins, wallet.debt_coins) == (0, 80)
    [listed] = (await api.as_(ann).wallet.ListPurchases()).purchases
    assert listed.status == donation_pb2.PAYMENT_STATUS_REFUNDED
    again = api.as_(admin).payment.RefundPayment(**wanted | {"request_id": request_id()})
    await again.fails(StatusCode.FAILED_PRECONDITION, "PAYMENT_NOT_REFUNDABLE")
    _, page = await bought(world, api, ann, coins=100, amount_minor=1000)
    await webhooks.bring_all_about(stripe.pay(page))
    wallet = await api.as_(ann).wallet.GetWallet()
    assert (wallet.balance_coins, wallet.debt_coins) == (20, 0)
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize("change", [{"amount_received": 1}, {"currency": "eur"}, {"metadata": {"payment_id": "1"}}])
async def test_what_is_not_what_was_asked_for_credits_nothing(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks, change: dict[str, Any]
) -> None:
    ann, admin = await world.user(), await world.user(roles={"admin"})
    purchase, page = await bought(world, api, ann)
    intent = stripe.pay(page)
    stripe.things[intent] |= change
    await webhooks.bring_all_about(intent)
    row = await payment_row(world, purchase.payment_id)
    assert (row["status"], row["alert"] != "") == ("pending", True)
    assert await books.balance(world.db, ann.id) == 0
    notices = (await api.as_(admin).notification.ListNotifications()).notifications
    assert any(f"Payment {purchase.payment_id} " in notice.message for notice in notices)


async def test_events_of_another_account_are_not_followed(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    ann = await world.user()
    _, page = await bought(world, api, ann)
    intent = stripe.pay(page)
    await webhooks.bring(event | {"account": "acct_other"} for event in stripe.about(intent))
    assert await books.balance(world.db, ann.id) == 0


@pytest.mark.parametrize("how", ["forged", "altered", "old", "early", "none", "garbage", "no_time"])
async def test_events_that_stripe_did_not_sign_now_are_refused(
    world: World, api: Api, stripe: StripeStandIn, how: str
) -> None:
    event_id = f"evt_{makers.word()}"
    body = json.dumps({"id": event_id, "type": "ping", "data": {"object": {}}}).encode()
    now = int(stripe.signature(body).partition(",")[0][2:])
    signature = {
        "forged": stripe.signature(body, secret="whsec_guessed"),
        "altered": stripe.signature(body + b" "),
        "old": stripe.signature(body, at=now - 330),
        "early": stripe.signature(body, at=now + 330),
        "none": "",
        "garbage": "t=1,v1=zz,x",
        "no_time": stripe.signature(body).partition(",")[2],
    }[how]
    refused = api.with_(stripe_signature=signature).payment.ReceiveStripeEvent(body={"data": body})
    await refused.fails(StatusCode.INVALID_ARGUMENT, "WEBHOOK_SIGNATURE_INVALID")
    async with world.db.transaction() as tx:
        assert await tx.raw("SELECT 1 FROM inbox WHERE external_id = $1", event_id) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 1, "type": "x", "data": {"object": {}}}', b'{"id": "x"}'])
async def test_signed_bodies_that_are_no_event(api: Api, stripe: StripeStandIn, body: bytes) -> None:
    signed = api.with_(stripe_signature=stripe.signature(body))
    await signed.payment.ReceiveStripeEvent(body={"data": body}).fails(StatusCode.INVALID_ARGUMENT, "MALFORMED")


async def test_lost_events_are_repaired_by_the_reconciler(world: World, api: Api, stripe: StripeStandIn) -> None:
    ann = await world.user()
    purchase, page = await bought(world, api, ann)
    intent = stripe.pay(page)
    stripe.refund(intent, 250)
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, tasks.RECONCILE, ReconcilePayments())
    await settled(world)
    row = await payment_row(world, purchase.payment_id)
    assert (row["status"], row["reversed_minor"]) == ("succeeded", 250)
    assert await books.balance(world.db, ann.id) == 75
    assert await books.wrong(world.db) == {}


async def test_a_discounted_purchase_that_is_refunded_takes_all_of_its_coins(
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks
) -> None:
    """Bonus coins too; the code stays used, and what cost nothing has nothing to return."""
    ann, admin = await world.user(), await world.user(roles={"admin"}, fresh=True)
    async with world.db.transaction() as tx:
        half = await makers.code(tx, value=50, max_uses=1)
        free = await makers.code(tx, value=100)
    purchase, page = await bought(world, api, ann, (half["code"],), coins=100, bonus_coins=20, amount_minor=1000)
    await webhooks.bring_all_about(stripe.pay(page))
    assert await books.balance(world.db, ann.id) == 120
    refund: dict[str, Any] = {"payment_id": purchase.payment_id, "reason": "Asked for it"}
    part = await api.as_(admin).payment.RefundPayment(**refund, amount_minor=250, request_id=request_id())
    assert (part.refunded_minor, await books.balance(world.db, ann.id)) == (250, 60)
    whole = await api.as_(admin).payment.RefundPayment(**refund, request_id=request_id())
    assert (whole.refunded_minor, await books.balance(world.db, ann.id)) == (500, 0)
    with pytest.raises(ApiError, match="DISCOUNT_CODE_USED_UP"):
        await bought(world, api, ann, (half["code"],))
    gift, _ = await bought(world, api, ann, (free["code"],))
    again = api.as_(admin).payment.RefundPayment(
        payment_id=gift.payment_id, reason="Asked for it", request_id=request_id()
    )
    await again.fails(StatusCode.FAILED_PRECONDITION, "PAYMENT_NOT_REFUNDABLE")
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize(("currency", "amount", "earned"), [("JPY", 2501, 2001), ("KWD", 2500, 2000), ("USD", 99, 80)])
async def test_amounts_are_in_each_currencys_minor_unit(  # noqa: PLR0917
    world: World, api: Api, stripe: StripeStandIn, webhooks: Webhooks, currency: str, amount: int, earned: int
) -> None:
    """Stripe is told the same number as the giver; a commission of a fifth is rounded down."""
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": amount, "currency": currency}
    begun = await api.as_(ann).payment.CreatePaymentIntent(**wanted, request_id=request_id())
    intent = stripe.things[begun.payment_intent_id]
    assert (intent["amount"], intent["currency"]) == (amount, currency.lower())
    stripe.pay(begun.payment_intent_id)
    await webhooks.bring_all_about(begun.payment_intent_id)
    assert await books.balance(world.db, bob.id, "earnings", currency) == earned
    [got] = (await api.as_(bob).payment.ListReceivedDonations()).donations
    assert (got.amount_minor, got.currency, got.earned_minor) == (amount, currency, earned)
    assert await books.wrong(world.db) == {}
