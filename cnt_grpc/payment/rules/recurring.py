"""Recurring donations: begun on a page of Stripe, followed by asking Stripe, and booked as a donation each time."""

from typing import Final
from uuid import UUID

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies
from cnt_grpc.payment.queries import donations as donation_queries
from cnt_grpc.payment.queries import recurring as queries
from cnt_grpc.payment.rules import bills, commission, customers, paying
from cnt_grpc.payment.rules.donations import Gift
from cnt_grpc.payment.stripe_billing import Bill, Membership, Offer, StripeBilling
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_STATUS: Final = {"active": "active", "past_due": "past_due", "incomplete": "pending"}


async def begin(
    db: Database, billing: StripeBilling, caller: Caller, gift: Gift, *, interval: str, under: UUID
) -> tuple[int, str]:
    """Begin to give again and again: its id, and where the first is paid. Raises NotFound, Precondition."""
    billing.stripe.require()
    row = await db.transact(lambda tx: _intend(tx, caller, gift, interval, under))
    customer = await customers.known(db, billing, caller.user_id, f"{caller.user_id}:{under}")
    offer = Offer(
        what="Donation",
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        interval=row["interval"],
        ours={"recurring_donation_id": str(row["id"])},
        back="donations/recurring",
    )
    try:
        page, url = await billing.page(customer, offer, f"recurring:{caller.user_id}:{under}")
    except Precondition:
        await db.transact(lambda tx: _note(tx, row, "ended", None))
        raise
    status = await db.transact(
        lambda tx: tx.value(queries.set_page(), recurring_donation_id=row["id"], checkout_ref=page)
    )
    if status == "ended":
        # Its giver ended it, or left, while the page was made.
        await end(db, billing, row["id"])
        raise Precondition(Reason.RECURRING_DONATION_ENDED)
    return row["id"], url


async def _intend(tx: Tx, caller: Caller, gift: Gift, interval: str, under: UUID) -> Row:
    """The intent, or the one that the same call left behind."""
    known = await tx.one(queries.begun_by(), giver_id=caller.user_id, request_id=under)
    if known is not None:
        amount = {"amount_minor": gift.amount_minor, "currency": gift.currency, "interval": interval}
        about = {"message": gift.message, "is_anonymous": gift.is_anonymous}
        paying.check_same(known, recipient_id=gift.recipient_id, **amount, **about)
        if known["status"] == "ended" or paying.is_late(known):
            raise Precondition(Reason.RECURRING_DONATION_ENDED)
        return known
    if gift.recipient_id == caller.user_id:
        raise Precondition(Reason.GIFT_TO_ONESELF, "nobody gives to themselves")
    currencies.check(gift.currency)
    await auth.visible_person(tx, caller.user_id, gift.recipient_id)
    row = await tx.one(
        queries.insert_recurring(),
        giver_id=caller.user_id,
        recipient_id=gift.recipient_id,
        request_id=under,
        amount_minor=gift.amount_minor,
        currency=gift.currency,
        interval=interval,
        message=gift.message,
        is_anonymous=gift.is_anonymous,
        created_at=clock.now(),
    )
    assert row is not None
    return row


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of what the caller gives or gave again and again."""
    rows = await tx.all(
        queries.recurring_page(page.limit, after=not page.is_first), giver_id=caller.user_id, **page.params
    )
    return page.cut(rows, key=lambda row: (row["id"],))


async def end_own(db: Database, billing: StripeBilling, caller: Caller, recurring_donation_id: int) -> None:
    """Charge the caller nothing more for it. Raises NotFound."""
    billing.stripe.require()
    async with db.reading() as tx:
        row = await tx.one(
            queries.own_recurring(), giver_id=caller.user_id, recurring_donation_id=recurring_donation_id
        )
    if row is None:
        raise NotFound(Reason.RECURRING_DONATION_NOT_FOUND)
    await end(db, billing, recurring_donation_id)


async def end(db: Database, billing: StripeBilling, recurring_donation_id: int) -> None:
    """Have Stripe charge nothing more for it, and book what it has charged. Again does nothing more."""
    row = await _found(db, recurring_donation_id)
    if row["provider_ref"] is None and row["checkout_ref"] is not None:
        # Closed first: a page that stays open could still be paid.
        await billing.close(row["checkout_ref"])
        await sync(db, billing, recurring_donation_id)
        row = await _found(db, recurring_donation_id)
    if row["provider_ref"] is None:
        await db.transact(lambda tx: _note(tx, row, "ended", None))
        return
    await billing.end(row["provider_ref"])
    await sync(db, billing, recurring_donation_id)


async def sync(db: Database, billing: StripeBilling, recurring_donation_id: int) -> None:
    """Have Stripe say how it stands, and book each time that was paid; one for whom it is no more ends it."""
    while not await _synced(db, billing, await _found(db, recurring_donation_id)):
        # Somebody else has booked meanwhile what may be newer: Stripe is asked again.
        pass


async def _synced(db: Database, billing: StripeBilling, row: Row) -> bool:
    ref = row["provider_ref"]
    if ref is None:
        if row["checkout_ref"] is None:
            return True
        ref, is_over = await billing.begun(row["checkout_ref"])
        if ref is None and is_over:
            await db.transact(lambda tx: _note(tx, row, "ended", None))
            return True
    membership = await billing.read(ref) if ref else None
    if membership is None:
        await db.transact(
            lambda tx: tx.run(queries.set_checked(), recurring_donation_id=row["id"], checked_at=clock.now())
        )
        return True
    found = membership
    status = await db.transact(lambda tx: _settle(tx, row, found))
    if status is None:
        return False
    if status != "ended" and not await _may_go_on(db, row):
        await billing.end(found.ref)
        await db.transact(lambda tx: _note(tx, row, "ended", found))
    return True


async def _may_go_on(db: Database, row: Row) -> bool:
    """Whether the two may still meet, and both are there."""
    async with db.reading() as tx:
        try:
            await auth.visible_person(tx, row["giver_id"], row["recipient_id"])
            await auth.visible_person(tx, row["recipient_id"], row["giver_id"])
        except NotFound:
            return False
    return True


async def _settle(tx: Tx, row: Row, found: Membership) -> str | None:
    """How it stands then; None when what was found may be older than what is booked."""
    if await tx.value(queries.lock_recurring(), recurring_donation_id=row["id"]) != row["checked_at"]:
        return None
    status = _STATUS.get(found.status, "ended")
    await _note(tx, row, status, found)
    for bill in reversed(found.bills):
        await _book(tx, row, bill)
    return status


async def _note(tx: Tx, row: Row, status: str, found: Membership | None) -> None:
    await tx.run(
        queries.set_standing(),
        recurring_donation_id=row["id"],
        provider_ref=found.ref if found else row["provider_ref"],
        status=status,
        next_at=found.period_end if found and status != "ended" else None,
        checked_at=clock.now(),
    )


async def _book(tx: Tx, row: Row, bill: Bill) -> None:
    """A bill that was paid is a donation of its own, by the commission in force now; once."""
    payment = await bills.begin(tx, bill, row["giver_id"], "donation")
    if payment is None:
        return
    await tx.one(
        donation_queries.insert_donation(),
        payment_id=payment["id"],
        giver_id=row["giver_id"],
        recipient_id=row["recipient_id"],
        commission_minor=commission.of_money(await commission.in_force(tx), bill.amount_minor),
        message=row["message"],
        is_anonymous=row["is_anonymous"],
        recurring_donation_id=row["id"],
    )
    await bills.book(tx, payment, bill)


async def _found(db: Database, recurring_donation_id: int) -> Row:
    async with db.reading() as tx:
        row = await tx.one(queries.recurring(), recurring_donation_id=recurring_donation_id)
    assert row is not None  # they are never deleted
    return row
