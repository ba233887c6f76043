"""Puts coins, offers and gifts straight into the tables, as the rules would leave them: a millisecond each."""

import secrets
import uuid
from typing import Any

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import ledger
from cnt_grpc.payment.ledger import Leg
from cnt_grpc.payment.provider import Begun, Seen
from cnt_grpc.payment.queries import creators, discounts, gifts, memberships, packages, payments
from cnt_grpc.payment.queries.donations import visible_donation
from cnt_grpc.payment.rules import donations, paying, recurring
from cnt_grpc.payment.rules.memberships import begin, sync
from cnt_grpc.payment.rules.paying import Providers
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.payment.stripe_billing import StripeBilling
from tests.harness.world import World


def word() -> str:
    """A name that nothing else has."""
    return f"W{secrets.token_hex(6)}".upper()


async def coins(tx: Tx, user_id: int, amount: int) -> None:
    """So many coins more in a wallet."""
    legs = [Leg(ledger.other("issued", ledger.COIN), -amount), Leg(ledger.wallet(user_id), amount)]
    await ledger.move(tx, f"test:{word()}", legs)


async def earned(tx: Tx, user_id: int, amount: int, currency: str = "USD") -> None:
    """So much more that a creator has earned."""
    legs = [Leg(ledger.other("stripe", currency), -amount), Leg(ledger.earnings(user_id, currency), amount)]
    await ledger.move(tx, f"test:{word()}", legs)


async def gift(tx: Tx, *, price: int = 10, position: int = 9000) -> int:
    """A gift; its id."""
    row = await tx.one(gifts.insert_gift(), name=word(), icon="🌹", price_coins=price, position=position)
    assert row is not None
    return int(row["id"])


async def package(tx: Tx, **given: Any) -> Row:
    """A package of coins."""
    values: dict[str, Any] = {
        "name": word(),
        "coins": 100,
        "bonus_coins": 0,
        "amount_minor": 1000,
        "currency": "USD",
        "position": 9000,
        "reward_percent": 0,
        "reward_days": 30,
    }
    row = await tx.one(packages.insert_package(), **values | given)
    assert row is not None
    return row


async def code(tx: Tx, **given: Any) -> Row:
    """A discount code: ten percent for everyone, without limits."""
    values: dict[str, Any] = {
        "code": word(),
        "kind": "percent",
        "value": 10,
        "currency": "",
        "min_amount_minor": 0,
        "max_uses": 0,
        "max_uses_per_person": 0,
        "starts_at": None,
        "ends_at": None,
        "package_id": None,
        "owner_id": None,
        "stackable": False,
        "earned_by": None,
    }
    row = await tx.one(discounts.insert_code(), **values | given)
    assert row is not None
    return row


async def moved(tx: Tx, cause: str, legs: list[tuple[tuple[str, int], int]]) -> None:
    """A movement of coins, by kinds and owners of its accounts."""
    await ledger.move(
        tx, cause, [Leg(ledger.Account(kind, owner, ledger.COIN), amount) for (kind, owner), amount in legs]
    )


async def used(tx: Tx, code_id: int, user_id: int, payment_id: int) -> None:
    """One use of a code."""
    await tx.run(discounts.count_use(), discount_code_id=code_id)
    await tx.run(
        discounts.insert_use(), code_id=code_id, user_id=user_id, payment_id=payment_id, created_at=clock.now()
    )


async def donation(
    world: World, giver: int, recipient: int, *, amount: int = 2500, currency: str = "USD", paid: bool = False
) -> Row:
    """A donation that the provider knows; paid there and here, if asked."""
    intent = await world.stripe.make_intent(amount, "eur" if currency == "USD" and amount < 50 else currency.lower())
    world.stripe.things[intent]["currency"] = currency.lower()
    under = uuid.uuid4()
    gift = donations.Gift(
        recipient_id=recipient, amount_minor=amount, currency=currency, message="Thank you.", is_anonymous=False
    )
    async with world.db.transaction() as tx:
        payment, row = await donations.intend(tx, Caller(giver), gift, "stripe", under)
    world.stripe.things[intent]["metadata"] = {"payment_id": str(payment["id"]), "user_id": str(giver)}
    await paying.note_begun(world.db, payment["id"], Begun(ref=intent))
    if paid:
        world.stripe.pay(intent)
        await paying.sync(world.db, Providers({"stripe": world.system.stripe}), payment["id"])
    async with world.db.transaction() as tx:
        found = await tx.one(visible_donation(), caller_id=giver, donation_id=row["id"])
    assert found is not None
    return found


async def many_donations(world: World, giver: int, recipient: int, number: int) -> None:
    """So many paid donations of one moment, straight into the tables."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            gift = donations.Gift(
                recipient_id=recipient, amount_minor=100, currency="USD", message="", is_anonymous=False
            )
            payment, _row = await donations.intend(tx, Caller(giver), gift, "stripe", uuid.uuid4())
            seen = Seen(ref=f"pi_{word()}", status="succeeded", amount_minor=100, currency="USD")
            await settle(tx, payment["id"], seen)


async def purchases(world: World, buyer: int, number: int) -> None:
    """So many purchases that wait to be paid."""
    async with world.db.transaction() as tx:
        sold = await package(tx)
        for _ in range(number):
            payment = await paying.begin(
                tx,
                user_id=buyer,
                purpose="coins",
                provider="stripe",
                request_id=uuid.uuid4(),
                amount_minor=1000,
                currency="USD",
            )
            await tx.run(
                payments.insert_purchase(),
                payment_id=payment["id"],
                package_id=sold["id"],
                package_name=sold["name"],
                coins=100,
                full_amount_minor=1000,
            )


async def account(world: World, user_id: int, *, is_active: bool = True) -> int:
    """Somebody's account at Stripe, the one that they have or another; its id."""
    async with world.db.transaction() as tx:
        known = await tx.one(creators.own_account_with(), owner_id=user_id, provider="stripe")
    if known is not None:
        return int(known["id"])
    at_stripe = await world.stripe.make_account(is_active=is_active)
    async with world.db.transaction() as tx:
        row = await tx.one(
            creators.insert_account(),
            user_id=user_id,
            provider="stripe",
            account_id=at_stripe,
            is_active=is_active,
            details_submitted=is_active,
            created_at=clock.now(),
        )
    assert row is not None
    return int(row["id"])


async def plan(tx: Tx, **given: Any) -> int:
    """A plan; its id."""
    values: dict[str, Any] = {
        "name": word(),
        "description": "",
        "amount_minor": 499,
        "currency": "USD",
        "interval": "month",
        "trial_days": 0,
        "entitlements": ["premium"],
        "position": 9000,
    }
    row = await tx.one(memberships.insert_plan(), **values | given)
    assert row is not None
    return int(row["id"])


async def subscription(world: World, user_id: int, **given: Any) -> tuple[int, str, str]:
    """A subscription that is paid at Stripe and known here: its id, its page, and Stripe's name of it."""
    async with world.db.transaction() as tx:
        plan_id = await plan(tx, **given)
    billing = StripeBilling(world.system.stripe)
    page, _ = await begin(world.db, billing, Caller(user_id), plan_id, uuid.uuid4())
    ref = world.stripe.pay(page)
    async with world.db.reading() as tx:
        subscription_id: int = await tx.value(memberships.subscription_of_ref(), ref=page)
    await sync(world.db, billing, subscription_id)
    return subscription_id, page, ref


async def order(world: World, giver: int, recipient: int) -> str:
    """A donation with PayPal that its giver has approved; PayPal's name of the order."""
    gift = donations.Gift(recipient_id=recipient, amount_minor=2500, currency="EUR", message="", is_anonymous=False)
    async with world.db.transaction() as tx:
        payment, _row = await donations.intend(tx, Caller(giver), gift, "paypal", uuid.uuid4())
    order_id = world.paypal.make_order("25.00", "EUR", f"{payment['id']}:{giver}")
    await paying.note_begun(world.db, payment["id"], Begun(ref=order_id))
    world.paypal.approve(order_id)
    return order_id


async def recurring_donation(world: World, giver: int, recipient: int, *, has_page: bool = True) -> int:
    """A recurring donation whose page waits to be paid, or not made yet; its id."""
    gift = donations.Gift(recipient_id=recipient, amount_minor=2500, currency="USD", message="", is_anonymous=False)
    if has_page:
        billing = StripeBilling(world.system.stripe)
        made, _ = await recurring.begin(world.db, billing, Caller(giver), gift, interval="week", under=uuid.uuid4())
        return made
    async with world.db.transaction() as tx:
        row = await recurring._intend(tx, Caller(giver), gift, "week", uuid.uuid4())
    return int(row["id"])
