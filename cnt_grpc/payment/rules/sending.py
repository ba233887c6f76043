"""Sends payouts by their accounts' providers: once each, and back into the earnings when a provider refuses."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.payment import ledger, stripe_api
from cnt_grpc.payment import paypal as paypal_api
from cnt_grpc.payment.ledger import Leg
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.queries import creators as queries
from cnt_grpc.payment.queries import privacy
from cnt_grpc.payment.rules.payouts import legs
from cnt_grpc.payment.stripe_accounts import StripeAccounts

_KEPT: Final = timedelta(hours=20)
"""How long Stripe certainly still knows the key of a transfer; it keeps them for a day."""


async def send(db: Database, stripe: StripeAccounts, paypal: PayPalPayouts, payout_id: int) -> None:
    """Send a payout that waits, or ask what became of it; what is refused goes back. Again does nothing more."""
    async with db.reading() as tx:
        payout = await tx.one(queries.payout(), payout_id=payout_id)
        if payout is None or payout["status"] != "requested":
            return
        account = await tx.one(queries.account(), payment_account_id=payout["payment_account_id"])
    assert account is not None  # accounts are never deleted
    if account["provider"] == "paypal":
        await _by_paypal(db, paypal, account["account_id"], payout)
    else:
        await _by_stripe(db, stripe, account["account_id"], payout)


async def _by_stripe(db: Database, stripe: StripeAccounts, account_id: str, payout: Row) -> None:
    key, ref = _key(payout), None
    if clock.now() - payout["created_at"] > _KEPT:
        # An answer that was lost, and a Stripe that has forgotten the key since: it would send the money again.
        ref = await stripe.sent(key)
    if ref is None:
        amount, currency = payout["amount_minor"], payout["currency"]
        try:
            ref = await stripe.transfer(account_id, amount, currency, payout["id"], key)
        except stripe_api.Refused as refused:
            await _refused(db, payout, refused)
            return
    sent = ref
    await db.transact(lambda tx: _paid(tx, payout, "stripe", sent))


async def _by_paypal(db: Database, paypal: PayPalPayouts, account_id: str, payout: Row) -> None:
    """PayPal says later whether it arrived: the reconciler comes back until then."""
    ref = payout["provider_ref"]
    if ref is None:
        try:
            ref = await paypal.send(account_id, payout["amount_minor"], payout["currency"], _key(payout))
        except paypal_api.Refused as refused:
            await _refused(db, payout, refused)
            return
        await db.transact(lambda tx: tx.run(queries.set_payout_ref(), payout_id=payout["id"], provider_ref=ref))
    found = await paypal.read(ref)
    if found.is_paid:
        await db.transact(lambda tx: _paid(tx, payout, "paypal", ref))
    elif found.failure:
        await db.transact(lambda tx: _fail(tx, payout, found.failure))


async def _refused(db: Database, payout: Row, refused: stripe_api.Refused | paypal_api.Refused) -> None:
    """Nothing was sent. Only the answer to the sending itself says so: when asked later, money may be on its way."""
    failure = refused.metadata["provider_code"] or str(refused.reason)
    await db.transact(lambda tx: _fail(tx, payout, failure))


def _key(payout: Row) -> str:
    """What a provider knows a payout by: for ever, while a database that was restored gives the same numbers again."""
    return f"payout:{payout['id']}:{payout['created_at']:%Y%m%d%H%M%S%f}"


async def _paid(tx: Tx, payout: Row, provider: str, ref: str) -> None:
    await tx.one(queries.lock_account(), payment_account_id=payout["payment_account_id"])
    done = await tx.one(queries.set_payout(), payout_id=payout["id"], status="paid", provider_ref=ref, failure="")
    if done is not None:
        amount, currency = payout["amount_minor"], payout["currency"]
        sent = [Leg(ledger.other("payouts", currency), -amount), Leg(ledger.other(provider, currency), amount)]
        await ledger.move(tx, f"payout:{payout['id']}:paid", sent)
        await tx.run(privacy.forget_account(), payment_account_id=payout["payment_account_id"])


async def _fail(tx: Tx, payout: Row, failure: str) -> None:
    await tx.one(queries.lock_account(), payment_account_id=payout["payment_account_id"])
    done = await tx.one(
        queries.set_payout(), payout_id=payout["id"], status="failed", provider_ref=None, failure=failure
    )
    if done is not None:
        back = [Leg(leg.account, -leg.amount) for leg in legs(payout)]
        await ledger.move(tx, f"payout:{payout['id']}:failed", back)
        await tx.run(privacy.forget_account(), payment_account_id=payout["payment_account_id"])
