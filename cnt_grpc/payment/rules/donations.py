"""Donations: begun by their giver, counted when the provider says so, and shown to both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cnt_grpc import auth
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies, provider
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.payment.provider import Begun, Order, Seen
from cnt_grpc.payment.queries import donations as queries
from cnt_grpc.payment.queries import payments as payment_queries
from cnt_grpc.payment.rules import commission, paying
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.payment.stripe_api import Stripe
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

Begin = Callable[[Order], Awaitable[Begun]]
"""How a provider begins a payment."""

MOST_OF_A_YEAR: Final = 5000
"""Donations that a year's statement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What somebody wants to give."""

    recipient_id: int
    amount_minor: int
    currency: str
    message: str
    is_anonymous: bool


async def intend(tx: Tx, caller: Caller, gift: Gift, method: str, under: UUID | None) -> tuple[Row, Row]:
    """The intent to give, or the one that the same call left behind: payment and donation. Raises NotFound."""
    amount = {"amount_minor": gift.amount_minor, "currency": gift.currency}
    wanted = {"purpose": "donation", "provider": method, **amount}
    payment = await paying.begun_before(tx, caller.user_id, under, **wanted) if under else None
    is_new = payment is None
    if payment is None:
        if gift.recipient_id == caller.user_id:
            raise Precondition(Reason.GIFT_TO_ONESELF, "nobody gives to themselves")
        currencies.check(gift.currency)
        await auth.visible_person(tx, caller.user_id, gift.recipient_id)
        rule = await commission.in_force(tx)
        payment = await paying.begin(
            tx,
            user_id=caller.user_id,
            purpose="donation",
            provider=method,
            request_id=under,
            amount_minor=gift.amount_minor,
            currency=gift.currency,
        )
        await tx.one(
            queries.insert_donation(),
            payment_id=payment["id"],
            giver_id=caller.user_id,
            recipient_id=gift.recipient_id,
            commission_minor=commission.of_money(rule, gift.amount_minor),
            message=gift.message,
            is_anonymous=gift.is_anonymous,
            recurring_donation_id=None,
        )
    donation = await tx.one(payment_queries.donation_of(), payment_id=payment["id"])
    assert donation is not None
    if not is_new:
        about = {"message": gift.message, "is_anonymous": gift.is_anonymous}
        paying.check_same(donation, recipient_id=gift.recipient_id, **about)
    return payment, donation


async def by_card(db: Database, stripe: Stripe, caller: Caller, gift: Gift, under: UUID) -> tuple[int, Begun]:
    """Begin a donation that the giver's app confirms: its id, and what the app needs. Raises NotFound, Precondition."""
    stripe.require()
    payment, donation = await db.transact(lambda tx: intend(tx, caller, gift, stripe.name, under))
    begun = await begin_or_give_up(db, stripe.intent, paying.order(payment, "Donation"))
    await paying.note_begun(db, payment["id"], begun)
    return donation["id"], begun


async def by_paypal(db: Database, paypal: PayPal, caller: Caller, gift: Gift, under: UUID) -> tuple[int, Begun]:
    """Begin a donation that the giver approves on PayPal's page. Raises NotFound, Precondition."""
    paypal.require()
    payment, donation = await db.transact(lambda tx: intend(tx, caller, gift, paypal.name, under))
    begun = await begin_or_give_up(db, paypal.page, paying.order(payment, "Donation"))
    await paying.note_begun(db, payment["id"], begun)
    return donation["id"], begun


async def capture(
    db: Database, providers: paying.Providers, paypal: PayPal, caller: Caller, *, order_id: str, under: UUID
) -> Row:
    """Take the money of an order that the caller has approved, and book it. Raises NotFound, Precondition."""
    async with db.reading() as tx:
        found = await tx.one(
            queries.own_donation_of_ref(), caller_id=caller.user_id, provider=paypal.name, ref=order_id
        )
    if found is None:
        raise NotFound(Reason.DONATION_NOT_FOUND)
    if found["status"] != provider.SUCCEEDED:
        await paypal.capture(order_id, f"capture:{caller.user_id}:{under}")
    return await confirm(db, providers, caller, paypal.name, order_id)


async def begin_or_give_up(db: Database, begin: Begin, order: Order) -> Begun:
    """Have the provider begin it; what it refuses is given up."""
    try:
        return await begin(order)
    except Precondition:
        refused = Seen(ref=None, status=provider.CANCELED)
        await db.transact(lambda tx: settle(tx, order.payment_id, refused))
        raise


async def confirm(db: Database, providers: paying.Providers, caller: Caller, method: str, ref: str) -> Row:
    """Ask the provider where the caller's donation stands, and book it. Raises NotFound."""
    async with db.reading() as tx:
        found = await tx.one(queries.own_donation_of_ref(), caller_id=caller.user_id, provider=method, ref=ref)
    if found is None:
        raise NotFound(Reason.DONATION_NOT_FOUND)
    await paying.sync(db, providers, found["payment_id"])
    async with db.reading() as tx:
        return await shown(tx, caller, found["id"])


async def shown(tx: Tx, caller: Caller, donation_id: int) -> Row:
    """A donation that the caller may see. Raises NotFound."""
    row = await tx.one(queries.visible_donation(), caller_id=caller.user_id, donation_id=donation_id)
    if row is None:
        raise NotFound(Reason.DONATION_NOT_FOUND)
    return row


async def given(tx: Tx, caller: Caller, donation_id: int) -> Row:
    """A donation that the caller gave and that is paid. Raises NotFound, Precondition."""
    row = await shown(tx, caller, donation_id)
    if row["giver_id"] != caller.user_id:
        raise NotFound(Reason.DONATION_NOT_FOUND)
    if row["status"] != "succeeded":
        raise Precondition(Reason.DONATION_NOT_PAID, "the donation is not paid")
    return row


async def given_in(tx: Tx, caller: Caller, year: int) -> list[Row]:
    """What the caller gave in a year, oldest first; all of it. Raises Precondition when that is too much."""
    rows = await tx.all(queries.giving_of_year(MOST_OF_A_YEAR + 1), caller_id=caller.user_id, year=year)
    if len(rows) > MOST_OF_A_YEAR:
        raise Precondition(Reason.GIVING_STATEMENT_TOO_LONG, most=MOST_OF_A_YEAR)
    return rows


async def listed(tx: Tx, caller: Caller, page: Page, whose: str) -> tuple[list[Row], str]:
    """A page of donations that the caller `sent` or `received`, or of `all`."""
    mine = {} if whose == "all" else {"caller_id": caller.user_id}
    rows = await tx.all(queries.donations_page(page.limit, whose=whose, after=not page.is_first), **mine, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))


async def obstacle(tx: Tx, caller: Caller, user_id: int) -> str:
    """Why donations do not reach this person; "" when they do. Raises NotFound."""
    await auth.visible_person(tx, caller.user_id, user_id)
    return "oneself" if user_id == caller.user_id else ""


async def name_of(tx: Tx, caller: Caller) -> str:
    """The caller's name."""
    name: str = await tx.value(payment_queries.name_of(), user_id=caller.user_id)
    return name
