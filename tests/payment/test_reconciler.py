"""What the hourly reconciler finds by asking, when every event was lost; and what it gives up."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock, jobs
from cnt_grpc.payment import tasks
from cnt_grpc.payment.queries import creators, payments
from cnt_grpc.payment.rules import events, paying
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.rules.settling import GIVEN_UP
from cnt_grpc.pb.cnt.payment.v1 import payout_pb2
from cnt_grpc.pb.cnt.payment.v1.jobs_pb2 import ReconcilePayments
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.paypal import PayPalStandIn
from tests.harness.stripe import StripeStandIn
from tests.harness.world import World
from tests.payment import books, makers

LATER = events.LOOK_BACK + timedelta(hours=1)
"""After which the events of now are not fetched any more."""


def request_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that other tests' rows, of which there are many, cost little."""
    monkeypatch.setattr(events, "_BATCH", 10)


async def reconciled(world: World, later: timedelta, *mine: int) -> None:
    """What happens every hour has happened once, so much later; the rows of these people come first."""
    async with world.db.transaction() as tx:
        for table, whose in (
            ("payments", "user_id"),
            ("subscriptions", "user_id"),
            ("recurring_donations", "giver_id"),
        ):
            await tx.raw(
                f"UPDATE {table} SET checked_at = $1 WHERE NOT {whose} = ANY($2::bigint[])"  # noqa: S608
                " AND status IN ('created', 'pending', 'trialing', 'active', 'past_due')",
                clock.now() + later,
                list(mine),
            )
    clock.move(later)
    try:
        async with world.db.transaction() as tx:
            await jobs.enqueue(tx, tasks.RECONCILE, ReconcilePayments())
        await settled(world)
    finally:
        clock.reset()


@pytest.mark.usefixtures("in_small_batches")
async def test_what_no_event_told_is_found_by_asking(world: World, api: Api, stripe: StripeStandIn) -> None:
    """Days later: a payment, the renewals of a subscription and of a recurring donation."""
    ann, bob = await world.users(2)
    begun = await makers.donation(world, ann.id, bob.id)
    stripe.pay(begun["provider_ref"])
    _, _, member = await makers.subscription(world, ann.id)
    await makers.recurring_donation(world, ann.id, bob.id)
    [page] = [
        each["id"] for each in stripe.things.values()
        if each["object"] == "checkout.session" and each["mode"] == "subscription" and each["status"] == "open"
        and each["customer"] == stripe.things[member]["customer"]
    ]  # fmt: skip
    stripe.pay(page)
    stripe.renew(member)
    await reconciled(world, LATER, ann.id)
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 4000
    async with world.db.transaction() as tx:
        paid = await tx.raw("SELECT purpose, status FROM payments WHERE user_id = $1 ORDER BY purpose", ann.id)
    assert [tuple(row) for row in paid] == [("donation", "succeeded")] * 2 + [("subscription", "succeeded")] * 2
    assert await books.wrong(world.db) == {}


@pytest.mark.usefixtures("in_small_batches")
async def test_a_payout_that_waits_is_asked_about(world: World, api: Api, paypal: PayPalStandIn) -> None:
    ann = await world.user(roles={"creator"}, fresh=True)
    wanted: dict[str, Any] = {"provider": "PAYMENT_METHOD_PAYPAL", "account_id": f"{makers.word()}@example.org"}
    account = (await api.as_(ann).payment.CreatePaymentAccount(**wanted)).payment_account
    async with world.db.transaction() as tx:
        await makers.earned(tx, ann.id, 5000)
    asking: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": account.payment_account_id}
    await api.as_(ann).payment.RequestPayout(**asking, request_id=request_id())
    await settled(world)
    for name, batch in paypal.payouts.items():
        if batch["items"][0]["payout_item"]["receiver"] == account.account_id:
            paypal.decide(name, "SUCCESS")
    await reconciled(world, timedelta(hours=1), ann.id)
    [payout] = (await api.as_(ann).payment.ListPayouts()).payouts
    assert payout.status == payout_pb2.PAYOUT_STATUS_PAID


@pytest.mark.usefixtures("in_small_batches")
async def test_a_purchase_of_which_stripe_was_never_told_gives_its_code_back(
    world: World, api: Api, stripe: StripeStandIn
) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        package, code = await makers.package(tx), await makers.code(tx, max_uses=1)
    wanted: dict[str, Any] = {"package_id": package["id"], "discount_codes": [code["code"]], "request_id": request_id()}
    stripe.is_away = True
    try:
        await api.as_(ann).wallet.PurchaseCoins(**wanted).fails(StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE")
    finally:
        stripe.is_away = False
        world.system.stripe.party._failures = 0
    others = api.as_(bob).wallet
    used_up = others.PurchaseCoins(**wanted | {"request_id": request_id()})
    await used_up.fails(StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_USED_UP")
    await reconciled(world, timedelta(hours=23), ann.id)
    still = others.PurchaseCoins(**wanted | {"request_id": request_id()})
    await still.fails(StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_USED_UP")
    await reconciled(world, timedelta(hours=25), ann.id)
    assert (await others.PurchaseCoins(**wanted | {"request_id": request_id()})).checkout_url
    await api.as_(ann).wallet.PurchaseCoins(**wanted).fails(StatusCode.FAILED_PRECONDITION, "PAYMENT_OVER")


async def test_what_nobody_knows_is_in_nobodys_way(world: World, stripe: StripeStandIn) -> None:
    """A payment without a name of the provider's is not asked about, and one that it does not know comes last."""
    ann, bob = await world.users(2)
    await makers.purchases(world, ann.id, 1)
    unknown = await makers.donation(world, ann.id, bob.id)
    del stripe.things[unknown["provider_ref"]]
    now = clock.now()
    between = {"before": now + timedelta(days=1), "after": now - GIVEN_UP}

    async def waiting() -> list[int]:
        sql = "SELECT id FROM payments WHERE user_id = $1"
        async with world.db.transaction() as tx:
            mine = {row["id"] for row in await tx.raw(sql, ann.id)}
            return [
                row["id"] for row in await tx.all(payments.open_payments(1_000_000), **between) if row["id"] in mine
            ]

    assert await waiting() == [unknown["payment_id"]]
    known = await makers.donation(world, ann.id, bob.id)
    await paying.sync(world.db, Providers({"stripe": world.system.stripe}), unknown["payment_id"])
    assert await waiting() == [known["payment_id"], unknown["payment_id"]]


async def test_payouts_that_wait_hide_none_behind_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await world.user(roles={"creator"})
    account_id = await makers.account(world, ann.id)
    mine = []
    async with world.db.transaction() as tx:
        for amount in (1, 2, 3):
            values = {"user_id": ann.id, "payment_account_id": account_id, "amount_minor": amount, "currency": "USD"}
            row = await tx.one(creators.insert_payout(), **values, coins=0, created_at=clock.now())
            assert row is not None
            mine.append(row["id"])
    monkeypatch.setattr(events, "_BATCH", 2)
    found = [each async for each in events._every(world.db, creators.open_payouts(2))]
    assert [each for each in found if each in mine] == mine
    async with world.db.transaction() as tx:
        await tx.raw("DELETE FROM payouts WHERE user_id = $1", ann.id)
