"""Books what a provider says of a payment: whatever came before, the books end as the provider's present state."""

from datetime import timedelta
from typing import Any, Final

import structlog

from cnt_grpc import auth, notification
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.payment import currencies, ledger, provider
from cnt_grpc.payment.ledger import Leg
from cnt_grpc.payment.provider import Seen
from cnt_grpc.payment.queries import discounts, packages, payments
from cnt_grpc.payment.rules import rewards

_log = structlog.get_logger("cnt.payment")

_OPEN: Final = ("created", "pending", "failed", "canceled")


async def settle(tx: Tx, payment_id: int, seen: Seen) -> Row:
    """Book what the provider says; the payment as it is then. Nothing is booked twice, and nothing that is not ours."""
    payment = await tx.one(payments.payment(locked=True), payment_id=payment_id)
    assert payment is not None  # payments are never deleted
    new: dict[str, Any] = {
        name: payment[name]
        for name in (
            *("provider_ref", "status", "refunded_minor", "disputed_minor", "reversed_minor", "reversed_share"),
            *("fee_minor", "movements", "failure", "alert", "paid_at"),
        )
    }
    new["checked_at"] = clock.now()
    new["provider_ref"] = payment["provider_ref"] or seen.ref
    if problem := _foreign(payment, seen):
        await _alert(tx, payment, new, problem)
    else:
        await _book(tx, payment, new, seen)
    row = await tx.one(payments.set_settled(), payment_id=payment_id, **new)
    assert row is not None
    return row


def _foreign(payment: Row, seen: Seen) -> str:
    """Why what the provider says cannot be about this payment; empty when it can."""
    if payment["provider_ref"] and seen.ref and payment["provider_ref"] != seen.ref:
        return "another payment"
    if seen.status != provider.SUCCEEDED:
        return ""
    if seen.payment_id not in {0, payment["id"]} or seen.user_id not in {0, payment["user_id"]}:
        return "another owner"
    if seen.currency != payment["currency"]:
        return "another currency"
    if seen.amount_minor != payment["amount_minor"]:
        return "another amount"
    return ""


async def _alert(tx: Tx, payment: Row, new: dict[str, Any], problem: str) -> None:
    """Credit nothing, and tell those who can look into it; once for each problem."""
    if payment["alert"] == problem:
        return
    new["alert"] = problem
    _log.error("a payment is not what was asked for", payment_id=payment["id"], problem=problem)
    admins = await auth.people_with_role(tx, auth.Role.ADMIN)
    words = f"Payment {payment['id']} was not credited: the provider speaks of {problem}"
    notice = notification.SecurityAlert(event=words, time=clock.now().isoformat(timespec="minutes"), address="")
    await notification.tell(tx, admins, notice)


async def _book(tx: Tx, payment: Row, new: dict[str, Any], seen: Seen) -> None:
    new["failure"] = seen.failure
    new["alert"] = ""
    if payment["status"] in _OPEN:
        new["status"] = seen.status
        if seen.status == provider.SUCCEEDED:
            new["paid_at"] = clock.now()
            await _credit(tx, payment)
        elif seen.status in {provider.FAILED, provider.CANCELED} and payment["status"] in {"created", "pending"}:
            await tx.run(discounts.release_uses(), payment_id=payment["id"])
    if new["status"] != provider.SUCCEEDED:
        return
    new["refunded_minor"], new["disputed_minor"] = seen.refunded_minor, seen.disputed_minor
    wanted = min(payment["amount_minor"], seen.refunded_minor + seen.disputed_minor)
    if wanted != payment["reversed_minor"]:
        new["movements"] += 1
        share = await _reverse(tx, payment, wanted, number=new["movements"])
        new["reversed_minor"], new["reversed_share"] = wanted, share
    if seen.fee_minor != payment["fee_minor"]:
        new["movements"] += 1
        more = seen.fee_minor - payment["fee_minor"]
        cause = f"payment:{payment['id']}:fee:{new['movements']}"
        currency = payment["currency"]
        legs = [Leg(ledger.other(payment["provider"], currency), more), Leg(ledger.other("fees", currency), -more)]
        await ledger.move(tx, cause, legs)
        new["fee_minor"] = seen.fee_minor


async def _credit(tx: Tx, payment: Row) -> None:
    """Book the payment itself, and what was paid for."""
    amount, currency = payment["amount_minor"], payment["currency"]
    legs = [Leg(ledger.other(payment["provider"], currency), -amount)]
    match payment["purpose"]:
        case "coins":
            purchase = await _purchase(tx, payment)
            wallet = ledger.wallet(payment["user_id"])
            legs += [Leg(ledger.other("sales", currency), amount), *await ledger.give(tx, wallet, purchase["coins"])]
            legs += [Leg(ledger.other("issued", ledger.COIN), -purchase["coins"])]
        case "donation":
            donation = await _donation(tx, payment)
            commission = donation["commission_minor"]
            earnings = ledger.earnings(donation["recipient_id"], currency)
            legs += [Leg(ledger.other("commission", currency), commission)]
            legs += await ledger.give(tx, earnings, amount - commission)
        case _:
            legs += [Leg(ledger.other("sales", currency), amount)]
    await ledger.move(tx, f"payment:{payment['id']}", legs)
    if payment["purpose"] == "coins":
        package = await tx.one(packages.package(), package_id=purchase["package_id"])
        assert package is not None  # packages are withdrawn, never deleted
        await rewards.make(tx, payment, package)
    if payment["purpose"] == "donation":
        await _thank(tx, payment, donation)


async def _thank(tx: Tx, payment: Row, donation: Row) -> None:
    name = "" if donation["is_anonymous"] else await tx.value(payments.name_of(), user_id=payment["user_id"])
    notice = notification.Donation(
        user_id=0 if donation["is_anonymous"] else payment["user_id"],
        name=name or "Someone",
        donation_id=donation["id"],
        amount=currencies.words(payment["amount_minor"], payment["currency"]),
    )
    await notification.tell(tx, [donation["recipient_id"]], notice)


async def _reverse(tx: Tx, payment: Row, wanted: int, *, number: int) -> int:
    """Have so much of the payment reversed in all, more or less than before; the share that is reversed then.

    The share is what the payer or the recipient got for it, coins or earnings, in proportion: all of it when all of the
    money went back. A share that was spent becomes a debt; one that comes back pays debts first.
    """
    total, currency = payment["amount_minor"], payment["currency"]
    more = wanted - payment["reversed_minor"]
    legs = [Leg(ledger.other(payment["provider"], currency), more)]
    share = 0
    match payment["purpose"]:
        case "coins":
            purchase = await _purchase(tx, payment)
            share = purchase["coins"] * wanted // total
            back = share - payment["reversed_share"]
            legs += [Leg(ledger.other("sales", currency), -more), Leg(ledger.other("issued", ledger.COIN), back)]
            legs += await _moved_back(tx, ledger.wallet(payment["user_id"]), back)
        case "donation":
            donation = await _donation(tx, payment)
            share = (total - donation["commission_minor"]) * wanted // total
            back = share - payment["reversed_share"]
            legs += [Leg(ledger.other("commission", currency), back - more)]
            legs += await _moved_back(tx, ledger.earnings(donation["recipient_id"], currency), back)
        case _:
            legs += [Leg(ledger.other("sales", currency), -more)]
    await ledger.move(tx, f"payment:{payment['id']}:reversed:{number}", legs)
    return share


async def _moved_back(tx: Tx, account: ledger.Account, back: int) -> list[Leg]:
    return await ledger.take(tx, account, back) if back > 0 else await ledger.give(tx, account, -back)


async def _purchase(tx: Tx, payment: Row) -> Row:
    row = await tx.one(payments.purchase(), payment_id=payment["id"])
    assert row is not None
    return row


async def _donation(tx: Tx, payment: Row) -> Row:
    row = await tx.one(payments.donation_of(), payment_id=payment["id"])
    assert row is not None
    return row


GIVEN_UP: Final = timedelta(days=30)
"""After which nobody asks a provider again about a payment that waits."""
