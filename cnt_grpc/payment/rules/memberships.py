"""Subscriptions: begun on a page of Stripe, followed by asking Stripe, and turned into entitlements."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Conflict, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment.queries import memberships as queries
from cnt_grpc.payment.rules import bills, customers, paying
from cnt_grpc.payment.stripe_api import Refused
from cnt_grpc.payment.stripe_billing import Membership, Offer, StripeBilling
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

GRACE: Final = timedelta(days=3)
"""How long what a subscription opens stays open after a payment has failed."""
_LATE: Final = timedelta(hours=6)
"""How long a renewal may take: Stripe closes a bill an hour after it is due, and its event may come late."""

_OPEN: Final = ("trialing", "active", "past_due")
_STATUS: Final = {"trialing": "trialing", "active": "active", "past_due": "past_due", "incomplete": "pending"}


async def begin(db: Database, billing: StripeBilling, caller: Caller, plan_id: int, under: UUID) -> tuple[str, str]:
    """Begin to subscribe: Stripe's name of the page, and its address. Raises NotFound, Conflict, Precondition."""
    billing.stripe.require()

    async def intend(tx: Tx) -> int:
        known = await tx.one(queries.begun_by(), owner_id=caller.user_id, request_id=under)
        if known is not None:
            paying.check_same(known, plan_id=plan_id)
            if known["status"] == "ended" or paying.is_late(known):
                raise Precondition(Reason.PAYMENT_OVER, "what this request_id began is over: ask under a new one")
            return int(known["id"])
        if await tx.one(queries.own_open(), owner_id=caller.user_id):
            raise Conflict(Reason.SUBSCRIPTION_EXISTS)
        if await tx.one(queries.offered_plan(), plan_id=plan_id) is None:
            raise NotFound(Reason.PLAN_NOT_FOUND)
        now = clock.now()
        made: int = await tx.value(
            queries.insert_subscription(), user_id=caller.user_id, plan_id=plan_id, request_id=under, created_at=now
        )
        return made

    subscription_id = await db.transact(intend)
    await _close_others(db, billing, caller, subscription_id)
    customer = await customers.known(db, billing, caller.user_id, f"{caller.user_id}:{under}")
    async with db.reading() as tx:
        plan = await tx.one(queries.offered_plan(), plan_id=plan_id)
    if plan is None:
        raise NotFound(Reason.PLAN_NOT_FOUND)
    offer = Offer(
        what=plan["name"],
        amount_minor=plan["amount_minor"],
        currency=plan["currency"],
        interval=plan["interval"],
        ours={"subscription_id": str(subscription_id)},
        back="subscription",
        trial_days=plan["trial_days"],
    )
    page, url = await billing.page(customer, offer, f"subscription:{caller.user_id}:{under}")
    if await db.transact(lambda tx: _note_page(tx, caller, subscription_id, page)):
        # Its owner left, or began another one, while the page was made.
        await end(db, billing, subscription_id)
        raise Precondition(Reason.PAYMENT_OVER, "another subscription was begun meanwhile")
    return page, url


async def _note_page(tx: Tx, caller: Caller, subscription_id: int, page: str) -> bool:
    """Whether nobody may pay on this page after all.

    A later one closes those before it, and may not have seen this one, which was not committed: so it looks itself.
    """
    status = await tx.value(queries.set_page(), subscription_id=subscription_id, checkout_ref=page)
    later = await tx.value(queries.own_later(), owner_id=caller.user_id, subscription_id=subscription_id)
    return status == "ended" or later is not None


async def _close_others(db: Database, billing: StripeBilling, caller: Caller, subscription_id: int) -> None:
    """Close the pages on which the caller began to subscribe before: two that are paid would be two to pay for.

    Raises Conflict when one of them is paid by now.
    """
    async with db.reading() as tx:
        others = await tx.all(queries.own_pending(), owner_id=caller.user_id, subscription_id=subscription_id)
    for other in others:
        known = await _closed(db, billing, other["id"])
        if known["status"] in _OPEN:
            raise Conflict(Reason.SUBSCRIPTION_EXISTS)
        await end(db, billing, other["id"])


async def current(tx: Tx, caller: Caller) -> Row | None:
    """The caller's latest subscription that is not over."""
    return await tx.one(queries.own_open(), owner_id=caller.user_id)


async def verify(db: Database, billing: StripeBilling, caller: Caller, page: str) -> Row:
    """Ask Stripe how a subscription stands that the caller began. Raises NotFound."""
    billing.stripe.require()
    async with db.reading() as tx:
        known = await tx.one(queries.own_of_page(), owner_id=caller.user_id, ref=page)
    if known is None:
        raise NotFound(Reason.SUBSCRIPTION_NOT_FOUND)
    await sync(db, billing, known["id"])
    return await _shown(db, known["id"])


async def cancel(db: Database, billing: StripeBilling, caller: Caller, under: UUID) -> Row:
    """End the caller's subscription when what was paid is over. Raises NotFound."""
    async with db.reading() as tx:
        known = await current(tx, caller)
    if known is None or known["provider_ref"] is None:
        raise NotFound(Reason.SUBSCRIPTION_NOT_FOUND)
    try:
        await billing.cancel(known["provider_ref"], f"cancel:{caller.user_id}:{under}")
    except Refused:
        await sync(db, billing, known["id"])
        found = await _shown(db, known["id"])
        if found["status"] != "ended":
            raise
        # It is over already: on Stripe's own page, and nobody told us.
        return found
    await sync(db, billing, known["id"])
    return await _shown(db, known["id"])


async def end(db: Database, billing: StripeBilling, subscription_id: int) -> None:
    """Have Stripe charge nothing more for a subscription, and close what it opened; for one who has left."""
    known = await _closed(db, billing, subscription_id)
    if known["provider_ref"] is None:
        await db.transact(lambda tx: _note(tx, known, "ended", None))
        return
    await billing.end(known["provider_ref"])
    await sync(db, billing, subscription_id)


async def _closed(db: Database, billing: StripeBilling, subscription_id: int) -> Row:
    """A subscription whose page nobody pays any more; it may have been paid before."""
    known = await _shown(db, subscription_id)
    if known["provider_ref"] is None and known["checkout_ref"] is not None:
        # Closed first: a page that stays open could still be paid.
        await billing.close(known["checkout_ref"])
        await sync(db, billing, subscription_id)
        known = await _shown(db, subscription_id)
    return known


async def portal(db: Database, billing: StripeBilling, caller: Caller) -> str:
    """A page with the caller's cards and bills. Raises NotFound."""
    billing.stripe.require()
    async with db.reading() as tx:
        customer = await tx.value(queries.customer_of(), owner_id=caller.user_id)
    if customer is None:
        raise NotFound(Reason.SUBSCRIPTION_NOT_FOUND)
    return await billing.portal(customer)


async def sync(db: Database, billing: StripeBilling, subscription_id: int) -> None:
    """Have Stripe say how a subscription stands, and open and close what follows from it."""
    while not await _synced(db, billing, await _shown(db, subscription_id)):
        # Somebody else has booked meanwhile what may be newer: Stripe is asked again.
        pass


async def _synced(db: Database, billing: StripeBilling, known: Row) -> bool:
    ref = known["provider_ref"]
    if ref is None:
        if known["checkout_ref"] is None:
            return True
        ref, is_over = await billing.begun(known["checkout_ref"])
        if ref is None and is_over:
            await db.transact(lambda tx: _note(tx, known, "ended", None))
            return True
    membership = await billing.read(ref) if ref else None
    if membership is None:
        await db.transact(lambda tx: tx.run(queries.set_checked(), subscription_id=known["id"], checked_at=clock.now()))
        return True
    found = membership
    return await db.transact(lambda tx: _settle(tx, known, found))


async def _settle(tx: Tx, known: Row, found: Membership) -> bool:
    """False when what was found may be older than what is booked."""
    if await tx.value(queries.lock_subscription(), subscription_id=known["id"]) != known["checked_at"]:
        return False
    status = _STATUS.get(found.status, "ended")
    await _note(tx, known, status, found)
    source = f"subscription:{known['id']}"
    ends_at = {
        "trialing": found.period_end,
        "active": found.period_end,
        "past_due": found.period_start + GRACE,
    }.get(status)
    if ends_at is None:
        await auth.revoke_entitlements(tx, source=source)
    else:
        if status != "past_due" and not found.cancel_at_period_end:
            ends_at += _LATE
        for key in known["plan_entitlements"]:
            await auth.grant_entitlement(tx, known["user_id"], key, source=source, ends_at=ends_at)
    for bill in found.bills:
        payment = await bills.begin(tx, bill, known["user_id"], "subscription")
        if payment is not None:
            await bills.book(tx, payment, bill)
    return True


async def _note(tx: Tx, known: Row, status: str, found: Membership | None) -> None:
    await tx.run(
        queries.set_standing(),
        subscription_id=known["id"],
        provider_ref=found.ref if found else known["provider_ref"],
        status=status,
        period_end=found.period_end if found else known["period_end"],
        cancel_at_period_end=found.cancel_at_period_end if found else False,
        checked_at=clock.now(),
    )


async def _shown(db: Database, subscription_id: int) -> Row:
    async with db.reading() as tx:
        row = await tx.one(queries.subscription(), subscription_id=subscription_id)
    assert row is not None  # subscriptions are never deleted
    return row
